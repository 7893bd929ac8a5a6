// Bokeh's charts in the page's colours, and schemes and seeds that can be left out.

function inks() {
  const style = getComputedStyle(document.body), of = (name) => style.getPropertyValue(`--${name}`).trim();
  return { ink: of("ink"), soft: of("soft"), faint: of("faint"), paper: of("paper") };
}

function chartModels() {
  if (typeof Bokeh === "undefined") return [];
  return Bokeh.documents.flatMap((document) => [...document.all_models]);
}

const LOOKS = {
  Title: ({ ink }) => ({ text_color: ink }),
  Legend: ({ ink }) => ({ label_text_color: ink, title_text_color: ink, inactive_fill_alpha: 0.4 }),
  Grid: ({ faint }) => ({ grid_line_color: faint }),
  Span: ({ soft }) => ({ line_color: soft }),
  Axis: ({ ink, soft }) => ({
    axis_label_text_color: ink, major_label_text_color: ink, axis_line_color: soft,
    major_tick_line_color: soft, minor_tick_line_color: null,
  }),
};

function dressCharts() {
  const colours = inks();
  for (const model of chartModels()) {
    const kind = model.type.endsWith("Axis") ? "Axis" : model.type;
    if (LOOKS[kind]) model.setv(LOOKS[kind](colours));
    if (model.name === "zero") model.glyph.line_color = colours.soft;
  }
}

function startChips() {
  // A button for each scheme, and one for the seeds behind the intervals.
  for (const chips of document.querySelectorAll(".chips")) {
    for (const chip of chips.querySelectorAll("button")) chip.addEventListener("click", () => {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      leaveOut();
    });
  }
}

function leaveOut() {
  const chips = [...document.querySelectorAll(".chips button")];
  const off = new Set(chips.filter((chip) => chip.getAttribute("aria-pressed") === "false").map((chip) => chip.value));
  for (const model of chartModels()) {
    const tags = model.tags ?? [];
    if (!tags.length || !("visible" in model)) continue;
    const known = tags.some((tag) => chips.some((chip) => chip.value === tag));
    if (known) model.visible = !tags.some((tag) => off.has(tag));
  }
}

function startCharts() {
  startChips();
  document.addEventListener("edgewise:theme", dressCharts);
  const waiting = [...document.querySelectorAll(".chart")];
  if (!waiting.length) return;
  // They are drawn after this script: until then there is nothing to dress.
  const dressed = () => {
    const ready = Bokeh.documents.length && Bokeh.documents.every((document) => document.roots().length);
    if (!ready) return void setTimeout(dressed, 30);
    dressCharts();
    leaveOut();
    document.documentElement.dataset.charts = "drawn";
  };
  dressed();
}
