// The score of both schemes over the slots, to be scrubbed; and what it comes to in words.

const LINE_LEFT = 8, LINE_RIGHT = 8, LINE_TOP = 18, LINE_BOTTOM = 8;

const curves = new WeakMap(); // Of a canvas, what does not change with the slot.

function drawLine(canvas, sides, slot, colours, score) {
  const { clientWidth: width, clientHeight: height } = canvas, dense = Math.min(window.devicePixelRatio || 1, 2);
  const key = [width, height, dense, colours.ink, ...sides.map((side) => side.scheme)].join(" ");
  if (curves.get(canvas)?.key !== key) {
    const image = document.createElement("canvas");
    image.width = canvas.width = Math.round(width * dense);
    image.height = canvas.height = Math.round(height * dense);
    drawCurves(scaled(image, dense), sides, width, height, colours, score);
    curves.set(canvas, { key, image });
  }
  const context = scaled(canvas, dense), last = Math.max(sides[0].track.score.length - 1, 1);
  context.clearRect(0, 0, width, height);
  context.drawImage(curves.get(canvas).image, 0, 0, width, height);
  const x = LINE_LEFT + ((width - LINE_LEFT - LINE_RIGHT) * slot) / last;
  context.strokeStyle = colours.ink;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, LINE_TOP - 4);
  context.lineTo(x, height);
  context.stroke();
}

function scaled(canvas, dense) {
  const context = canvas.getContext("2d");
  context.setTransform(dense, 0, 0, dense, 0, 0);
  return context;
}

function drawCurves(context, sides, width, height, colours, score) {
  const all = sides.flatMap((side) => side.track.score).filter((value) => value !== null);
  const [low, high] = middleOf(all), last = Math.max(sides[0].track.score.length - 1, 1);
  const x = (t) => LINE_LEFT + ((width - LINE_LEFT - LINE_RIGHT) * t) / last;
  const y = (value) => {
    const share = Math.max(-0.08, Math.min(1.08, (value - low) / (high - low || 1)));
    return height - LINE_BOTTOM - (height - LINE_TOP - LINE_BOTTOM) * share;
  };
  const inks = [colours.accent, colours.ink];
  sides.forEach((side, i) => {
    curve(context, side.track.score, x, y, inks[i], 1, 0.3);
    curve(context, side.track.running, x, y, inks[i], 2.2, 1, i === 1 ? [6, 4] : []);
  });
  context.setLineDash([]);
  context.globalAlpha = 1;
  context.font = "11px system-ui, sans-serif";
  context.fillStyle = colours.soft;
  const unit = score.unit === "1" ? "" : ` [${score.unit}]`;
  context.fillText(`${score.title}${unit}: thin, of the slot; thick, mean so far (right scheme dashed)`, LINE_LEFT, 11);
}

function curve(context, values, x, y, colour, width, alpha, dash = []) {
  context.setLineDash(dash);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.globalAlpha = alpha;
  context.beginPath();
  values.forEach((value, t) => { if (value !== null) context.lineTo(x(t), y(value)); });
  context.stroke();
}

function middleOf(values) {
  // From the first to the last of a hundred: an outlier may reach outside.
  const sorted = [...values].sort((a, b) => a - b), at = (share) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return [at(0.01), at(0.99)];
}

function sideWords({ tasks, away, met, delay, energy }, track, slot, score) {
  if (tasks === 0) return "no task in this slot";
  const words = [
    `${score.title} ${shownNumber(track.score[slot])}`, `mean so far ${shownNumber(track.running[slot])}`,
    `mean delay ${withUnit(delay, "s")}`, `${away} of ${tasks} offload`,
  ];
  if (met < tasks) words.push(`${tasks - met} not served in time`);
  if (energy > 0) words.push(`${withUnit(energy, "J")} each`);
  return words.join(" · ");
}

function verdictWords(sides, slot, score) {
  const [left, right] = sides.map((side) => side.track.running[slot]);
  if (left === null || right === null) return "";
  const gained = score.better === "lower" ? left - right : right - left;
  const best = gained === 0 ? "neither is ahead" : `${sides[gained > 0 ? 1 : 0].scheme} is ahead by ${shownNumber(Math.abs(gained))}`;
  return `Up to slot ${slot + 1}, ${best}${score.unit === "1" ? "" : ` ${score.unit}`} in ${score.title}. One seed: the table says what all of them do.`;
}
