// Two schemes side by side in the same world: the clock, the controls and the keyboard.

const STILL = matchMedia("(prefers-reduced-motion: reduce)");

class Side {
  constructor(name, canvas, facts, world) {
    this.name = name;
    this.map = new NetworkMap(canvas, world);
    this.said = facts;
    this.scheme = "";
    this.track = null;
  }
}

class Player {
  constructor(root, facts, streams) {
    this.root = root;
    this.world = new World(facts, streams);
    this.part = (name) => root.querySelector(`[data-part="${name}"]`);
    this.slot = 0;
    this.within = 0;
    this.running = false;
    this.followed = null;
    this.frames = [];
    this.sides = ["left", "right"].map(
      (name) => new Side(name, this.part(`${name}-map`), this.part(`${name}-facts`), this.world),
    );
    this.fillSelects();
    this.listen();
  }

  fillSelects() {
    const { schemes, pair } = this.world.facts, { devices } = this.world;
    this.sides.forEach((side, i) => {
      const select = this.part(side.name);
      for (const { name, title, knowledge } of schemes) {
        select.append(new Option(`${name} · ${title} (${knowledge})`, name));
      }
      select.value = pair[i];
    });
    const follow = this.part("follow");
    for (let d = 0; d < devices; d++) follow.append(new Option(this.world.name(d), String(d)));
    this.part("legend").replaceChildren(...this.legend());
  }

  listen() {
    const on = (name, event, act) => this.part(name).addEventListener(event, act);
    on("run", "click", () => this.run(!this.running));
    on("back", "click", () => this.go(this.slot - 1));
    on("on", "click", () => this.go(this.slot + 1));
    on("slot", "input", (event) => this.go(Number(event.target.value)));
    on("follow", "change", (event) => this.follow(event.target.value === "" ? null : Number(event.target.value)));
    on("colour", "change", () => { this.part("legend").replaceChildren(...this.legend()); this.show(); });
    on("line", "pointerdown", (event) => this.scrub(event));
    on("line", "pointermove", (event) => { if (event.buttons) this.scrub(event); });
    for (const side of this.sides) {
      on(side.name, "change", () => this.choose(side));
      on(`${side.name}-map`, "click", (event) => this.touch(side, event));
    }
    this.root.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.show()).observe(this.root);
    new IntersectionObserver(([seen]) => { if (!seen.isIntersecting) this.run(false); }).observe(this.root);
    document.addEventListener("edgewise:theme", () => { this.theme(); this.show(); });
  }

  async start() {
    await Promise.all(this.sides.map((side) => this.read(side)));
    this.theme();
    this.show();
  }

  async read(side) {
    side.scheme = this.part(side.name).value;
    side.track = await this.world.track(side.scheme);
  }

  async choose(side) {
    await this.read(side);
    this.show();
  }

  theme() {
    for (const side of this.sides) side.map.theme();
  }

  run(running) {
    if (running === this.running) return;
    if (running && this.slot === this.world.slots - 1) this.go(0);
    this.running = running;
    this.part("run").textContent = running ? "Stop" : "Play";
    this.part("run").setAttribute("aria-pressed", String(running));
    this.last = performance.now();
    if (running) requestAnimationFrame((now) => this.frame(now));
    else this.show();
  }

  frame(now) {
    if (!this.running) return;
    const speed = Number(this.part("speed").value);
    // The first frame may have begun before the button was pressed.
    const passed = Math.max(now - this.last, 0);
    this.last = now;
    this.frames.push(passed);
    if (this.frames.length > 600) this.frames.shift();
    this.within += (Math.min(passed, 250) / 1000) * speed;
    const step = Math.floor(this.within), slot = Math.min(this.slot + step, this.world.slots - 1);
    this.within -= step;
    if (slot !== this.slot) {
      this.slot = slot;
      this.tell();
    }
    this.draw();
    if (slot === this.world.slots - 1) this.run(false);
    else requestAnimationFrame((later) => this.frame(later));
  }

  go(slot) {
    this.slot = Math.max(0, Math.min(slot, this.world.slots - 1));
    this.within = 0;
    this.show();
  }

  follow(device) {
    this.followed = device;
    this.part("follow").value = device === null ? "" : String(device);
    this.show();
  }

  touch(side, event) {
    const box = side.map.canvas.getBoundingClientRect();
    const device = side.map.deviceAt(side.track, this.slot, event.clientX - box.left, event.clientY - box.top);
    this.follow(device === this.followed ? null : device);
  }

  scrub(event) {
    const box = this.part("line").getBoundingClientRect();
    const share = (event.clientX - box.left - LINE_LEFT) / (box.width - LINE_LEFT - LINE_RIGHT);
    this.go(Math.round(share * (this.world.slots - 1)));
  }

  key(event) {
    const tag = event.target.tagName, ten = event.shiftKey ? 10 : 1;
    if (tag === "SELECT" || (tag === "BUTTON" && event.key === " ")) return;
    const { devices, slots } = this.world, next = this.followed ?? -1;
    const moves = {
      " ": () => this.run(!this.running),
      ArrowLeft: () => this.go(this.slot - ten),
      ArrowRight: () => this.go(this.slot + ten),
      Home: () => this.go(0),
      End: () => this.go(slots - 1),
      "[": () => this.follow((next - 1 + devices) % devices),
      "]": () => this.follow((next + 1) % devices),
      Escape: () => this.follow(null),
    };
    if (!moves[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    moves[event.key]();
  }

  show() {
    if (this.sides.some((side) => side.track === null) || this.root.clientWidth === 0) return;
    this.draw();
    this.tell();
  }

  draw() {
    const animated = this.running && !STILL.matches;
    const how = {
      colour: this.part("colour").value,
      followed: this.followed,
      packets: animated && Number(this.part("speed").value) <= 10,
    };
    for (const side of this.sides) side.map.draw(side.track, this.slot, animated ? this.within : 1, how);
  }

  tell() {
    // All that changes with the slot alone.
    const { score } = this.world.facts;
    this.part("slot").value = String(this.slot);
    this.part("told").textContent = `${this.slot + 1} of ${this.world.slots}`;
    for (const side of this.sides) {
      side.said.textContent = sideWords(side.track.summary(this.slot), side.track, this.slot, score);
    }
    this.part("verdict").textContent = this.running ? "" : verdictWords(this.sides, this.slot, score);
    drawLine(this.part("line"), this.sides, this.slot, this.sides[0].map.colours, score);
    showTask(this.part("task"), this.world, this.sides, this.followed, this.slot);
  }

  legend() {
    const { facts } = this.world, colour = this.part("colour").value, said = [];
    const key = (swatch, words) => {
      const item = element("span", "", "key"), mark = element("i", "", "swatch");
      mark.style.background = swatch;
      item.append(mark, words);
      said.push(item);
    };
    const names = { channel: facts.channels, server: facts.servers }[colour];
    if (names) names.slice(0, 8).forEach((name, i) => key(CHANNEL_COLOURS[i], name));
    if (names && names.length > 8) said.push(element("span", "colours repeat after eight"));
    if (colour === "load") {
      key(LOAD_COLOURS[0], "an idle server");
      key(LOAD_COLOURS.at(-1), facts.full_load ? "a full one" : `one with ${withUnit(facts.scales.load[1], facts.load_unit)}`);
    }
    said.push(
      element("span", `● offloads  ○ stays  ✕ not served in time  △ site`),
      element("span", `width: rate · bar: ${facts.load}, full at ${withUnit(facts.full_load ?? facts.scales.load[1], facts.load_unit)}`),
    );
    return said;
  }

  get state() {
    // What a reload may not lose.
    const chosen = ["left", "right", "speed", "colour"].map((name) => [name, this.part(name).value]);
    return { slot: this.slot, followed: this.followed, running: this.running, chosen };
  }

  async restore({ slot, followed, running, chosen }) {
    for (const [name, value] of chosen) if (value) this.part(name).value = value;
    await Promise.all(this.sides.map((side) => this.read(side)));
    this.part("legend").replaceChildren(...this.legend());
    this.follow(followed);
    this.go(slot);
    this.run(running);
  }
}

const players = [];
window.edgewise = { players }; // For who wants to measure them.

function startPlayers() {
  for (const root of document.querySelectorAll(".play")) {
    const holder = root.closest("[data-play]");
    const facts = JSON.parse(holder.querySelector("script.facts").textContent);
    const streams = (scheme) => holder.querySelector(`script[data-scheme="${CSS.escape(scheme)}"]`).textContent;
    const player = new Player(root, facts, streams);
    players.push(player);
    player.start();
  }
}
