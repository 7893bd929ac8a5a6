// What becomes of the followed device's task, from arrival to result, under both schemes.

const PHASES = [
  ["up", "to the site"], ["forward", "on to the server"], ["server", "at the server"],
];

function element(tag, text = "", kind = "") {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function bar(parts, longest) {
  // One after another, as wide as they take long.
  const line = element("div", "", "lane");
  for (const [kind, said, seconds] of parts) {
    if (!(seconds > 0)) continue;
    const part = element("span", "", `phase ${kind}`);
    part.style.width = `${Math.max((100 * Math.min(seconds, longest)) / longest, 0.4)}%`;
    part.title = `${said}: ${withUnit(seconds, "s")}`;
    line.append(part);
  }
  return line;
}

function taskLine(world, track, device, slot, name, longest) {
  const row = element("div", "", "way"), head = element("p", "", "said");
  const phases = track.phases(device, slot), server = track.server(device, slot);
  head.append(element("strong", name), ` ${taskWords(world, track, device, slot, phases, server)}`);
  const lanes = element("div", "", "lanes");
  if (phases.away > 0) lanes.append(bar(PHASES.map(([kind, said]) => [kind, said, phases[kind]]), longest));
  if (phases.local > 0) lanes.append(bar([["local", `on the ${world.facts.devices.word}`, phases.local]], longest));
  const deadline = track.time("deadline_s", device, slot);
  if (track.active(device, slot) && deadline <= longest) {
    const mark = element("i", "", "deadline");
    mark.style.left = `${(100 * deadline) / longest}%`;
    mark.title = `deadline: ${withUnit(deadline, "s")}`;
    lanes.append(mark);
  }
  row.append(head, lanes);
  return row;
}

function taskWords(world, track, device, slot, phases, server) {
  const { facts } = world, site = track.site(device, slot), channel = track.channel(device, slot);
  if (!track.active(device, slot)) return "no task in this slot";
  const where = [];
  const share = track.share(device, slot), part = share > 0 && share < 0.999 ? `${Math.round(100 * share)}% ` : "";
  if (site >= 0) {
    const named = facts.servers[server] ?? "no server", by = facts.sites[site];
    where.push(`${part}to ${named}${facts.sites.length > 1 && by !== named ? ` through ${by}` : ""}`);
    if (channel >= 0 && world.isBits) where.push(`on ${facts.channels[channel]}`);
    where.push(`at ${withUnit(track.rate(device, slot), world.isBits ? "bit/s" : facts.work)}`);
    for (const [kind, said] of PHASES) if (phases[kind] > 0) where.push(`${withUnit(phases[kind], "s")} ${said}`);
  } else where.push(facts.devices.word === "stream" ? "served by the cloud" : `stays on the ${facts.devices.word}`);
  const energy = track.amount("energy_j", device, slot), deadline = track.time("deadline_s", device, slot);
  const ends = [`done after ${withUnit(phases.delay, "s")}`];
  if (Number.isFinite(deadline)) ends.push(`deadline ${withUnit(deadline, "s")}`);
  if (energy > 0) ends.push(withUnit(energy, "J"));
  if (!track.met(device, slot)) ends.push("✕ not served in time");
  return `${where.join(", ")}; ${ends.join(", ")}`;
}

function showTask(panel, world, sides, device, slot) {
  panel.hidden = device === null;
  if (device === null) return;
  const tracks = sides.map((side) => side.track), taken = [];
  for (const track of tracks) {
    const deadline = track.time("deadline_s", device, slot);
    taken.push(track.phases(device, slot).delay);
    if (Number.isFinite(deadline)) taken.push(deadline);
  }
  const longest = Math.max(...taken.filter(Number.isFinite), 1e-9) * 1.02;
  const work = tracks[0].amount("work", device, slot);
  const title = element("h4", `${world.name(device)} in slot ${slot + 1}: ${work > 0 ? withUnit(work, world.facts.work) : "no task"}`);
  panel.replaceChildren(
    title, ...sides.map((side) => taskLine(world, side.track, device, slot, side.scheme, longest)),
  );
}
