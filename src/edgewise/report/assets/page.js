// What every page does: the theme, tables that can be filtered, schemes that can be left out.

const DARK = matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  return (document.documentElement.dataset.theme ?? (DARK.matches ? "dark" : "light")) === "dark";
}

function themeChanged() {
  document.dispatchEvent(new Event("edgewise:theme"));
}

function startTheme() {
  const button = document.querySelector("[data-part=theme]");
  const tell = () => { button.textContent = isDark() ? "Light" : "Dark"; };
  button.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    tell();
    themeChanged();
  });
  DARK.addEventListener("change", () => { tell(); themeChanged(); });
  tell();
}

function startFilters() {
  // Buttons that show the cards of one verdict, and a field that searches them all.
  for (const panel of document.querySelectorAll("[data-filter]")) {
    const search = panel.querySelector("input"), buttons = [...panel.querySelectorAll("button")];
    const cards = [...document.querySelectorAll(panel.dataset.filter)], told = panel.querySelector("output");
    const apply = () => {
      const chosen = buttons.filter((button) => button.getAttribute("aria-pressed") === "true").map((b) => b.value);
      const words = search.value.toLowerCase();
      let shown = 0;
      for (const card of cards) {
        const kept = (!chosen.length || chosen.includes(card.dataset.verdict)) && card.textContent.toLowerCase().includes(words);
        card.hidden = !kept;
        shown += kept;
      }
      told.textContent = `${shown} of ${cards.length}`;
    };
    for (const button of buttons) button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
      apply();
    });
    search.addEventListener("input", apply);
    panel.addEventListener("edgewise:apply", apply);
    apply();
  }
}

function toggles() {
  return [...document.querySelectorAll("[data-filter] button, .chips button")];
}

function remembered() {
  // Where the reader is, for a page that is about to be loaded again.
  return {
    y: scrollY,
    theme: document.documentElement.dataset.theme,
    off: toggles().map((each) => [each.value, each.getAttribute("aria-pressed")]),
    typed: [...document.querySelectorAll("input[type=search]")].map((each) => each.value),
    open: [...document.querySelectorAll("details")].map((each) => [each.id, each.open]),
    players: players.map((player) => player.state),
  };
}

async function restore(before) {
  if (before.theme) document.documentElement.dataset.theme = before.theme;
  const pressed = new Map(before.off), open = new Map(before.open);
  for (const each of toggles()) if (pressed.has(each.value)) each.setAttribute("aria-pressed", pressed.get(each.value));
  document.querySelectorAll("input[type=search]").forEach((each, i) => { each.value = before.typed[i] ?? ""; });
  for (const each of document.querySelectorAll("details")) if (open.has(each.id)) each.open = open.get(each.id);
  for (const panel of document.querySelectorAll("[data-filter]")) panel.dispatchEvent(new Event("edgewise:apply"));
  await Promise.all(players.map((player, i) => before.players[i] && player.restore(before.players[i])));
  scrollTo(0, before.y);
  themeChanged();
}
