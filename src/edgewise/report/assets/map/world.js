// What was recorded, unpacked: typed arrays by scheme and column, and what they mean.
// report/play/pack.py says how they were packed.

const INFINITE = 255, LARGEST = 254, LINEAR = 255, PLACE_STEPS = 65535;

async function inflated(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

function logTable([low, high]) {
  // The number behind each of the 256 bytes.
  const table = new Float64Array(256), span = Math.log(high / low);
  for (let code = 1; code <= LARGEST; code++) {
    table[code] = low * Math.exp((span * (code - 1)) / (LARGEST - 1));
  }
  table[INFINITE] = Infinity;
  return table;
}

class Track {
  // One scheme's columns. Every column is [devices, slots], or [servers, slots].
  constructor(world, columns) {
    this.world = world;
    this.columns = columns;
    this.score = null;
    this.running = null;
  }

  at(name, member, slot) {
    return this.columns[name][member * this.world.slots + slot];
  }

  time(name, device, slot) {
    return this.world.tables.time[this.at(name, device, slot)];
  }

  amount(name, member, slot) {
    return this.world.tables[name][this.at(name, member, slot)];
  }

  server(device, slot) { return this.at("server", device, slot) - 2; } // -1: on the device.
  site(device, slot) { return this.at("site", device, slot) - 1; }
  channel(device, slot) { return this.at("channel", device, slot) - 1; }
  share(device, slot) { return this.at("share", device, slot) / LINEAR; }
  active(device, slot) { return this.at("work", device, slot) > 0; }
  met(device, slot) { return this.at("met", device, slot) > 0; }

  place(device, slot, out) {
    const { facts } = this.world;
    if (facts.devices_xy) {
      [out.x, out.y] = facts.devices_xy[device];
      return out;
    }
    const [low, span] = facts.frame;
    out.x = low[0] + (span[0] * this.at("x", device, slot)) / PLACE_STEPS;
    out.y = low[1] + (span[1] * this.at("y", device, slot)) / PLACE_STEPS;
    return out;
  }

  phases(device, slot) {
    // Where a task's time goes [s]: at home, and away one after another.
    const up = this.time("up_s", device, slot), forward = this.time("forward_s", device, slot);
    const server = this.time("server_s", device, slot), local = this.time("local_s", device, slot);
    const away = up + forward + server;
    return { local, up, forward, server, away, delay: Math.max(local, away) };
  }

  rate(device, slot) {
    // What went over the air in a second; requests come by the second as they are.
    if (!this.world.isBits) return this.share(device, slot) * this.amount("work", device, slot);
    const up = this.time("up_s", device, slot);
    return up > 0 ? (this.share(device, slot) * this.amount("work", device, slot)) / up : 0;
  }

  summary(slot) {
    // Of one slot: over the devices that have a task.
    let tasks = 0, away = 0, met = 0, delay = 0, energy = 0;
    for (let d = 0; d < this.world.devices; d++) {
      if (!this.active(d, slot)) continue;
      tasks += 1;
      away += this.server(d, slot) >= 0;
      met += this.met(d, slot);
      delay += this.phases(d, slot).delay;
      energy += this.amount("energy_j", d, slot);
    }
    return { tasks, away, met, delay: delay / tasks, energy: energy / tasks };
  }
}

class World {
  constructor(facts, streams) {
    this.facts = facts;
    this.streams = streams;
    this.slots = facts.slots;
    this.devices = facts.devices.count;
    this.isBits = facts.work === "bit";
    this.tables = {};
    for (const [name, ends] of Object.entries(facts.scales)) this.tables[name] = logTable(ends);
    this.read = new Map();
  }

  track(scheme) {
    // A promise; what has been unpacked once stays.
    if (!this.read.has(scheme)) this.read.set(scheme, this.unpacked(scheme));
    return this.read.get(scheme);
  }

  async unpacked(scheme) {
    const { first, columns, scores } = this.facts;
    const shared = scheme === first ? {} : (await this.track(first)).columns;
    const buffer = await inflated(this.streams(scheme)), own = {};
    let offset = 0;
    for (const [name, kind, length] of columns[scheme]) {
      const Kind = kind === "u2" ? Uint16Array : Uint8Array;
      own[name] = new Kind(buffer, offset, length);
      offset += own[name].byteLength;
    }
    const track = new Track(this, { ...shared, ...own });
    track.score = scores[scheme];
    track.running = runningMean(track.score);
    return track;
  }

  name(device) {
    const { names, word } = this.facts.devices;
    return names.length ? names[device] : `${word} ${device + 1}`;
  }
}

function runningMean(values) {
  let sum = 0, count = 0;
  return values.map((value) => {
    if (value !== null) { sum += value; count += 1; }
    return count ? sum / count : null;
  });
}

const PREFIXES = [[1e9, "G"], [1e6, "M"], [1e3, "k"], [1, ""], [1e-3, "m"], [1e-6, "µ"], [1e-9, "n"]];

function shownNumber(value, digits = 3) {
  if (value === null || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-3)) return value.toExponential(2).replace("-", "−");
  return String(Number(value.toPrecision(digits))).replace("-", "−");
}

function withUnit(value, unit) {
  // In the prefix that leaves one to three digits before the point.
  if (!Number.isFinite(value)) return "–";
  if (unit === "" || unit === "1") return shownNumber(value);
  if (unit.length > 5) return `${shownNumber(value)} ${unit}`; // A word takes no prefix.
  if (value === 0) return `0 ${unit}`;
  const [size, prefix] = PREFIXES.find(([least]) => Math.abs(value) >= least * 0.9995) ?? PREFIXES.at(-1);
  return `${shownNumber(value / size)} ${prefix}${unit}`;
}
