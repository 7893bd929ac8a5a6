// One scheme's network on a canvas: devices, sites, servers with their queues, and links.

const CHANNEL_COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a6fd1", "#7f7f7f"];
const LOAD_COLOURS = ["#31688e", "#5b8f84", "#a0a65c", "#dba93a", "#e4741f"]; // From idle to busy.
const DEVICE = 4.5, SMALL = 3.2, CROWD = 60, BAR_WIDTH = 8, BAR_HEIGHT = 38, LABEL = 15;
const MANY = 30; // Servers: from there on they are drawn small, and without numbers.

function loadColour(share) {
  return LOAD_COLOURS[Math.min(LOAD_COLOURS.length - 1, Math.floor(share * LOAD_COLOURS.length))];
}

class NetworkMap {
  constructor(canvas, world) {
    this.canvas = canvas;
    this.world = world;
    this.context = canvas.getContext("2d");
    this.here = { x: 0, y: 0 };
    this.bounds = this.boundsOf();
    this.radius = world.devices > CROWD ? SMALL : DEVICE;
    const many = world.facts.servers.length > MANY;
    this.step = many ? 11 : 22;
    this.barWidth = many ? 4 : BAR_WIDTH;
    this.mast = many ? 0.5 : 1;
    this.named = !many;
    this.beside = this.places();
    this.apart = leastRise(world.facts.server_xy);
    this.largestLoad = world.facts.full_load ?? world.facts.scales.load[1];
    const { work, time } = world.facts.scales;
    this.usualRate = Math.sqrt((work[0] * work[1]) / (world.isBits ? time[0] * time[1] : 1));
    this.colours = {};
  }

  boundsOf() {
    // The rectangle that holds everything, in metres.
    const { site_xy, server_xy, devices_xy, frame } = this.world.facts;
    const moving = frame ? [frame[0], [frame[0][0] + frame[1][0], frame[0][1] + frame[1][1]]] : [];
    const points = [...site_xy, ...server_xy, ...(devices_xy ?? moving)];
    const xs = points.map((point) => point[0]), ys = points.map((point) => point[1]);
    const low = [Math.min(...xs), Math.min(...ys)], high = [Math.max(...xs), Math.max(...ys)];
    return { low, span: [Math.max(high[0] - low[0], 1), Math.max(high[1] - low[1], 1)] };
  }

  fit() {
    // As many pixels as there are on the screen; the same scale in both directions.
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const dense = Math.min(window.devicePixelRatio || 1, 2);
    if (this.canvas.width !== Math.round(width * dense) || this.canvas.height !== Math.round(height * dense)) {
      this.canvas.width = Math.round(width * dense);
      this.canvas.height = Math.round(height * dense);
    }
    this.context.setTransform(dense, 0, 0, dense, 0, 0);
    this.width = width;
    this.height = height;
    const { span } = this.bounds;
    const padding = Math.min(46, width / 12);
    this.scale = Math.min((width - 2 * padding) / span[0], (height - 2 * padding) / span[1]);
    this.left = (width - this.scale * span[0]) / 2;
    this.bottom = height - (height - this.scale * span[1]) / 2;
    this.barHeight = Math.max(Math.min(BAR_HEIGHT, this.scale * this.apart - LABEL), 10);
  }

  theme() {
    const style = getComputedStyle(this.canvas);
    for (const name of ["ink", "soft", "faint", "paper", "accent", "bad"]) {
      this.colours[name] = style.getPropertyValue(`--${name}`).trim();
    }
  }

  x(metres) { return this.left + this.scale * (metres - this.bounds.low[0]); }
  y(metres) { return this.bottom - this.scale * (metres - this.bounds.low[1]); }

  draw(track, slot, within, how) {
    // `within` is how far the slot has gone, 0 to 1; `how`: colour, followed, packets.
    const { context, world } = this;
    this.fit();
    context.clearRect(0, 0, this.width, this.height);
    this.scaleBar();
    this.fibres();
    for (let d = 0; d < world.devices; d++) this.link(track, d, slot, how);
    this.sites();
    if (how.packets) for (let d = 0; d < world.devices; d++) this.packet(track, d, slot, within);
    for (let d = 0; d < world.devices; d++) this.device(track, d, slot, how.followed === d);
    for (let m = 0; m < world.facts.servers.length; m++) this.server(track, m, slot, within);
  }

  scaleBar() {
    const { context, colours } = this, wanted = (0.22 * this.width) / this.scale;
    const decade = 10 ** Math.floor(Math.log10(wanted));
    const metres = [5, 2, 1].map((step) => step * decade).find((length) => length <= wanted) ?? decade;
    const [x, y, length] = [14, this.height - 14, metres * this.scale];
    context.strokeStyle = colours.soft;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x, y - 4); context.lineTo(x, y); context.lineTo(x + length, y); context.lineTo(x + length, y - 4);
    context.stroke();
    context.fillStyle = colours.soft;
    context.font = "11px system-ui, sans-serif";
    context.textAlign = "left";
    context.fillText(metres >= 1000 ? `${metres / 1000} km` : `${shownNumber(metres)} m`, x + 5, y - 5);
  }

  fibres() {
    // From every server that stands alone to the nearest site.
    const { context, colours } = this, { site_xy, server_xy } = this.world.facts;
    context.strokeStyle = colours.faint;
    context.lineWidth = 1.5;
    context.setLineDash([3, 4]);
    context.beginPath();
    for (const [x, y] of server_xy) {
      const [sx, sy] = nearest(site_xy, x, y);
      context.moveTo(this.x(sx), this.y(sy));
      context.lineTo(this.x(x), this.y(y));
    }
    context.stroke();
    context.setLineDash([]);
  }

  link(track, d, slot, how) {
    const site = track.site(d, slot);
    if (site < 0 || !track.active(d, slot)) return;
    const { context, world } = this, place = track.place(d, slot, this.here);
    const [sx, sy] = world.facts.site_xy[site], followed = how.followed === d;
    context.globalAlpha = how.followed === null || followed ? 0.75 : 0.2;
    context.strokeStyle = this.linkColour(track, d, slot, how.colour);
    context.lineWidth = this.linkWidth(track, d, slot) + (followed ? 1.5 : 0);
    context.beginPath();
    context.moveTo(this.x(place.x), this.y(place.y));
    context.lineTo(this.x(sx), this.y(sy));
    context.stroke();
    context.globalAlpha = 1;
  }

  linkColour(track, d, slot, colour) {
    const server = track.server(d, slot), channel = track.channel(d, slot);
    if (colour === "load") return server < 0 ? this.colours.soft : loadColour(this.loadShare(track, server, slot));
    if (colour === "channel" && channel >= 0) return CHANNEL_COLOURS[channel % CHANNEL_COLOURS.length];
    return server < 0 ? this.colours.soft : CHANNEL_COLOURS[server % CHANNEL_COLOURS.length];
  }

  linkWidth(track, d, slot) {
    // Ten times the rate, one and a half pixels more; one pixel at a tenth of a usual rate.
    const decades = Math.log10(Math.max((10 * track.rate(d, slot)) / this.usualRate, 1));
    return Math.min(1 + 1.5 * decades, 6);
  }

  sites() {
    const { context, colours } = this;
    for (const [x, y] of this.world.facts.site_xy) {
      const [px, py] = [this.x(x), this.y(y)];
      context.fillStyle = colours.paper;
      context.strokeStyle = colours.ink;
      context.lineWidth = 1.5;
      context.beginPath();
      const size = this.mast;
      context.moveTo(px, py - 9 * size); context.lineTo(px + 8 * size, py + 6 * size); context.lineTo(px - 8 * size, py + 6 * size);
      context.closePath();
      context.fill();
      context.stroke();
    }
  }

  loadShare(track, server, slot) {
    return Math.min(track.amount("load", server, slot) / this.largestLoad, 1);
  }

  server(track, m, slot, within) {
    // A square beside its site, and a bar for what it has to do.
    const { context, colours, world } = this, [mx, my] = world.facts.server_xy[m];
    const x = this.x(mx) + this.beside[m], y = this.y(my);
    const before = slot > 0 ? this.loadShare(track, m, slot - 1) : 0;
    const share = before + (this.loadShare(track, m, slot) - before) * Math.min(2 * within, 1);
    context.fillStyle = colours.paper;
    context.fillRect(x - this.barWidth / 2 - 2, y - this.barHeight / 2 - 2, this.barWidth + 4, this.barHeight + 4);
    context.strokeStyle = colours.ink;
    context.lineWidth = 1.2;
    context.fillRect(x - this.barWidth / 2, y - this.barHeight / 2, this.barWidth, this.barHeight);
    context.fillStyle = loadColour(share);
    context.fillRect(x - this.barWidth / 2, y + this.barHeight / 2 - share * this.barHeight, this.barWidth, share * this.barHeight);
    context.strokeRect(x - this.barWidth / 2, y - this.barHeight / 2, this.barWidth, this.barHeight);
    if (!this.named) return;
    context.fillStyle = colours.ink;
    context.font = "11px system-ui, sans-serif";
    context.textAlign = "center";
    context.fillText(world.facts.servers.length > 1 ? String(m + 1) : "server", x, y + this.barHeight / 2 + 12);
  }

  places() {
    // How far right of its place each server is drawn [pixels]: beside its site, and one another.
    const { site_xy, server_xy } = this.world.facts, same = ([x, y]) => ([ox, oy]) => ox === x && oy === y;
    return server_xy.map((place, m) => {
      const before = server_xy.slice(0, m).filter(same(place)).length;
      return (before + Number(site_xy.some(same(place)))) * this.step - (this.step > 16 ? 4 : 2);
    });
  }

  device(track, d, slot, followed) {
    const { context, colours } = this, place = track.place(d, slot, this.here);
    const [x, y] = [this.x(place.x), this.y(place.y)], active = track.active(d, slot);
    const away = track.server(d, slot) >= 0 || track.site(d, slot) >= 0;
    if (active && !track.met(d, slot)) {
      context.strokeStyle = colours.bad;
      context.lineWidth = 2.2;
      context.beginPath();
      const r = this.radius;
      context.moveTo(x - r, y - r); context.lineTo(x + r, y + r);
      context.moveTo(x + r, y - r); context.lineTo(x - r, y + r);
      context.stroke();
    } else {
      context.beginPath();
      context.arc(x, y, active ? this.radius : 2, 0, 2 * Math.PI);
      context.fillStyle = away ? colours.ink : colours.paper;
      context.fill();
      context.strokeStyle = active ? colours.ink : colours.soft;
      context.lineWidth = 1.3;
      context.stroke();
    }
    if (!followed) return;
    context.strokeStyle = colours.accent;
    context.lineWidth = 2.5;
    context.beginPath();
    context.arc(x, y, 11, 0, 2 * Math.PI);
    context.stroke();
  }

  packet(track, d, slot, within) {
    // Where the task is by now, all of a slot's tasks taking the slot.
    const server = track.server(d, slot), site = track.site(d, slot);
    if (server < 0 || site < 0) return;
    const { facts } = this.world, phases = track.phases(d, slot), gone = within * phases.away;
    if (gone > phases.up + phases.forward) return;
    const place = track.place(d, slot, this.here), [sx, sy] = facts.site_xy[site];
    const [mx, my] = facts.server_xy[server];
    const flying = gone < phases.up;
    const part = flying ? gone / phases.up : (gone - phases.up) / phases.forward;
    const [ax, ay, bx, by] = flying ? [place.x, place.y, sx, sy] : [sx, sy, mx, my];
    const { context, colours } = this;
    context.fillStyle = colours.accent;
    context.beginPath();
    context.arc(this.x(ax + (bx - ax) * part), this.y(ay + (by - ay) * part), 2.6, 0, 2 * Math.PI);
    context.fill();
  }

  deviceAt(track, slot, px, py) {
    // The nearest within a finger's width; null if there is none.
    let best = null, apart = 22;
    for (let d = 0; d < this.world.devices; d++) {
      const place = track.place(d, slot, this.here);
      const off = Math.hypot(this.x(place.x) - px, this.y(place.y) - py);
      if (off < apart) [best, apart] = [d, off];
    }
    return best;
  }
}

function leastRise(points) {
  // Between servers one above another [m]: their bars may not touch.
  let least = Infinity;
  points.forEach(([x, y], i) => points.slice(0, i).forEach(([ox, oy]) => {
    if (y !== oy && Math.abs(x - ox) < Math.abs(y - oy)) least = Math.min(least, Math.abs(y - oy));
  }));
  return least;
}

function nearest(points, x, y) {
  let best = points[0], apart = Infinity;
  for (const point of points) {
    const off = Math.hypot(point[0] - x, point[1] - y);
    if (off < apart) [best, apart] = [point, off];
  }
  return best;
}
