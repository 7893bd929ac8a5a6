// Of a page that is served while runs go on: it loads itself again when there is more to see, and
// the reader stays where they were.

const BEFORE = "edgewise:before", EVERY_MS = 2000;

async function look(seen) {
  try {
    const answer = await fetch("version", { cache: "no-store" });
    const { version, told } = await answer.json();
    document.querySelector("[data-part=live]").textContent = told;
    if (version !== seen) {
      sessionStorage.setItem(BEFORE, JSON.stringify(remembered()));
      location.reload();
      return;
    }
  } catch {
    document.querySelector("[data-part=live]").textContent = "edgewise watch has ended; this is what it saw last.";
  }
  setTimeout(() => look(seen), EVERY_MS);
}

document.addEventListener("DOMContentLoaded", async () => {
  const before = sessionStorage.getItem(BEFORE);
  sessionStorage.removeItem(BEFORE);
  if (before !== null) await restore(JSON.parse(before));
  look(document.querySelector("[data-part=live]").dataset.version);
});
