"use strict";
// Draws the figures of a report from the JSON beside them: nothing is fetched, nothing is stored.
// A figure is a list of views; a view has two axes, series, brackets, tiles and reference lines.
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const MARKS = ["circle", "square", "up", "diamond", "down", "plus", "cross", "left", "right"];
  const DASHES = ["", "7 3", "2 3", "9 3 2 3", "12 4", "4 2", "1 2", "9 2 2 2 2 2", "5 5"];
  const SCALE = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];

  const node = (name, attributes, parent, text) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    if (parent) parent.appendChild(made);
    return made;
  };
  const html = (name, kind, parent, text) => {
    const made = document.createElement(name);
    if (kind) made.className = kind;
    if (text !== undefined) made.textContent = text;
    if (parent) parent.appendChild(made);
    return made;
  };
  const short = (value) => {
    if (value === 0) return "0";
    const size = Math.abs(value);
    if (size >= 1e5 || size < 1e-3) return Number(value.toPrecision(4)).toExponential();
    return String(Number(value.toPrecision(6)));
  };
  const mix = (share) => {
    const place = Math.min(Math.max(share, 0), 1) * (SCALE.length - 1);
    const low = Math.min(Math.floor(place), SCALE.length - 2);
    const part = SCALE[low].map((v, i) => Math.round(v + (place - low) * (SCALE[low + 1][i] - v)));
    return `rgb(${part.join(",")})`;
  };

  const linearTicks = (low, high, count) => {
    const raw = (high - low) / Math.max(count, 1);
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = power * [1, 2, 5, 10].find((m) => m * power >= raw);
    const ticks = [];
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) {
      ticks.push(Number((i * step).toPrecision(10)));
    }
    return ticks;
  };
  const logTicks = (low, high, count) => {
    const decades = Math.log10(high / low);
    if (decades < 0.7) return linearTicks(low, high, count).filter((v) => v > 0);
    const every = Math.max(1, Math.ceil(decades / Math.max(count, 1)));
    const parts = decades * 7 <= count ? [1, 2, 3, 4, 5, 6, 8] : decades * 3 <= count ? [1, 2, 5] : [1];
    const ticks = [];
    for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e += every) {
      for (const part of parts) {
        const value = Number((part * 10 ** e).toPrecision(6));
        if (value >= low * 0.999999 && value <= high * 1.000001) ticks.push(value);
      }
    }
    return ticks.length > 1 ? ticks : linearTicks(low, high, count).filter((v) => v > 0);
  };

  // Four broad arms, so that an open symbol differs from a filled one.
  const arms = (x, y, s) => {
    const t = 0.55 * s, a = 1.5 * s - t;
    return `M${x - t},${y - t - a}h${2 * t}v${a}h${a}v${2 * t}h${-a}v${a}h${-2 * t}v${-a}h${-a}v${-2 * t}h${a}z`;
  };
  const mark = (parent, kind, x, y, size, attributes) => {
    const s = size;
    const path = {
      square: `M${x - s},${y - s}h${2 * s}v${2 * s}h${-2 * s}z`,
      up: `M${x},${y - 1.2 * s}l${1.2 * s},${2.1 * s}h${-2.4 * s}z`,
      down: `M${x},${y + 1.2 * s}l${1.2 * s},${-2.1 * s}h${-2.4 * s}z`,
      left: `M${x - 1.2 * s},${y}l${2.1 * s},${1.2 * s}v${-2.4 * s}z`,
      right: `M${x + 1.2 * s},${y}l${-2.1 * s},${1.2 * s}v${-2.4 * s}z`,
      diamond: `M${x},${y - 1.4 * s}l${1.4 * s},${1.4 * s}l${-1.4 * s},${1.4 * s}l${-1.4 * s},${-1.4 * s}z`,
      plus: arms(x, y, s),
      cross: arms(x, y, s),
    }[kind];
    const turn = kind === "cross" ? { transform: `rotate(45 ${x} ${y})` } : {};
    if (path) return node("path", { d: path, ...turn, ...attributes }, parent);
    return node("circle", { cx: x, cy: y, r: s * 1.1, ...attributes }, parent);
  };

  class Chart {
    constructor(figure) {
      this.views = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
      this.view = 0;
      this.hidden = this.views.map(() => new Set());
      this.zoom = this.views.map(() => null);
      this.place = null;
      this.paper = [];
      const box = this.root = html("div", "chart");
      figure.prepend(box);
      this.bar = html("div", "bar", box);
      this.stage = html("div", "stage", box);
      this.svg = node("svg", { tabindex: "0", role: "group", "aria-roledescription": "chart" }, this.stage);
      this.svg.setAttribute("aria-label", `${figure.dataset.title}. Arrow keys go from point to point, `
        + "plus and minus zoom, Escape shows the whole.");
      this.tip = html("div", "tip", this.stage);
      this.tip.setAttribute("role", "status");
      this.tip.hidden = true;
      this.legend = html("div", "legend", box);
      this.buttons();
      this.listen();
      this.draw();
      new ResizeObserver(() => this.draw()).observe(this.stage);
    }

    get spec() { return this.views[this.view]; }
    get shown() { return this.spec.series.filter((_, i) => !this.hidden[this.view].has(i)); }

    buttons() {
      const button = (parent, text, act, title) => {
        const made = html("button", "", parent, text);
        made.type = "button";
        if (title) made.setAttribute("aria-label", title);
        made.addEventListener("click", act);
        return made;
      };
      if (this.views.length > 1) {
        this.views.forEach((view, index) => {
          const made = button(this.bar, view.name, () => { this.view = index; this.redo(); });
          made.setAttribute("aria-pressed", String(index === this.view));
        });
      }
      html("span", "gap", this.bar);
      button(this.bar, "+", () => this.scale(0.6), "Zoom in");
      button(this.bar, "\u2212", () => this.scale(1 / 0.6), "Zoom out");
      button(this.bar, "Whole", () => this.whole(), "Show the whole figure");
      if (this.spec.series.length < 2) return;
      this.spec.series.forEach((series, index) => {
        const made = button(this.legend, "", () => {
          const off = this.hidden[this.view];
          if (!off.delete(index)) off.add(index);
          made.setAttribute("aria-pressed", String(!off.has(index)));
          this.draw();
        });
        made.setAttribute("aria-pressed", String(!this.hidden[this.view].has(index)));
        const key = node("svg", { width: 34, height: 14, "aria-hidden": "true" }, made);
        this.key(key, series);
        made.append(series.name);
      });
    }

    // On paper all views stand below each other, under their names.
    unfold() {
      if (this.views.length < 2) return;
      const now = this.view;
      this.paper = this.views.map((view, index) => {
        this.view = index;
        this.redo();
        const copy = html("div", "chart paper");
        html("p", "", copy, view.name);
        copy.append(this.stage.cloneNode(true), this.legend.cloneNode(true));
        return copy;
      });
      this.view = now;
      this.redo();
      this.root.before(...this.paper);
      this.root.classList.add("live");
    }

    fold() {
      this.paper.forEach((copy) => copy.remove());
      this.paper = [];
      this.root.classList.remove("live");
    }

    key(parent, series) {
      const style = this.style(series);
      if (series.line) node("line", { x1: 0, x2: 34, y1: 7, y2: 7, ...style.line }, parent);
      if (series.mark) mark(parent, style.symbol, 17, 7, 3.6, style.mark);
      if (series.bars.length) node("line", { x1: 17, x2: 17, y1: 1, y2: 13, ...style.bar }, parent);
    }

    style(series) {
      const colour = series.style < 0 ? "var(--ink)" : `var(--c${series.style % 9})`;
      const shape = series.shape ?? series.style;
      const dash = shape < 0 ? "" : DASHES[shape % 9];
      return {
        symbol: MARKS[Math.max(shape, 0) % 9],
        line: { stroke: colour, "stroke-width": 1.8, fill: "none", "stroke-dasharray": dash },
        mark: { stroke: colour, "stroke-width": 1.5, fill: colour },
        open: { stroke: colour, "stroke-width": 1.5, fill: "var(--paper)" },
        bar: { stroke: colour, "stroke-width": series.style < 0 ? 2 : 5, "stroke-opacity": series.style < 0 ? 1 : 0.45 },
      };
    }

    redo() {
      this.bar.replaceChildren();
      this.legend.replaceChildren();
      this.place = null;
      this.tip.hidden = true;
      this.buttons();
      this.draw();
    }

    full() {
      const xs = [], ys = [];
      for (const series of this.spec.series) {
        for (const p of series.points || []) { xs.push(p[0]); ys.push(p[1]); }
        for (const b of series.bars || []) { xs.push(b[0]); ys.push(b[1], b[2]); }
      }
      for (const [value] of this.spec.lines || []) ys.push(value);
      for (const t of this.spec.tiles || []) { xs.push(t[0], t[1]); ys.push(t[2], t[3]); }
      const range = (axis, values) => {
        if (axis.range) return axis.range.slice();
        const good = values.filter((v) => v !== null && (!axis.log || v > 0));
        let low = Math.min(...good), high = Math.max(...good);
        if (!good.length) [low, high] = [axis.log ? 1 : 0, 10];
        if (axis.log) { const f = low === high ? 2 : (high / low) ** 0.05; return [low / f, high * f]; }
        if (axis.zero) low = Math.min(low, 0);
        const pad = (high - low || Math.abs(high) || 1) * 0.05;
        return [axis.zero && low === 0 ? 0 : low - pad, high + pad];
      };
      return { x: range(this.spec.x, xs), y: range(this.spec.y, ys) };
    }

    draw() {
      const width = Math.max(this.stage.clientWidth || 700, 260);
      const height = Math.round(Math.min(Math.max(width * 0.6, 250), 440));
      const box = { left: 62, right: width - 12, top: 12, bottom: height - 46 };
      const spec = this.spec, range = this.zoom[this.view] || this.full();
      const way = (axis, [low, high], from, to) => {
        const f = axis.log ? Math.log : (v) => v, back = axis.log ? Math.exp : (v) => v;
        const a = f(low), b = f(high);
        return {
          to: (v) => from + ((f(v) - a) / (b - a)) * (to - from),
          from: (p) => back(a + ((p - from) / (to - from)) * (b - a)),
        };
      };
      this.x = way(spec.x, range.x, box.left, box.right);
      this.y = way(spec.y, range.y, box.bottom, box.top);
      this.box = box; this.range = range;
      const svg = this.svg;
      svg.replaceChildren();
      svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      const id = `clip${Math.random().toString(36).slice(2)}`;
      const clip = node("clipPath", { id }, node("defs", {}, svg));
      node("rect", { x: box.left, y: box.top - 4, width: box.right - box.left + 4, height: box.bottom - box.top + 4 }, clip);
      this.axes(svg, box, range);
      const inside = node("g", { "clip-path": `url(#${id})` }, svg);
      for (const [x0, x1] of spec.shades || []) {
        node("rect", { x: this.x.to(x0), width: Math.max(this.x.to(x1) - this.x.to(x0), 0), y: box.top, height: box.bottom - box.top, class: "shade" }, inside);
      }
      for (const [x0, x1, y0, y1, share] of spec.tiles || []) {
        const left = this.x.to(x0), top = this.y.to(y1);
        node("rect", { x: left, y: top, width: this.x.to(x1) - left + 0.5, height: this.y.to(y0) - top + 0.5, fill: mix(share), class: "tile" }, inside);
      }
      for (const [value, text] of spec.lines || []) {
        const at = this.y.to(value);
        node("line", { x1: box.left, x2: box.right, y1: at, y2: at, class: "limit" }, inside);
        node("text", { x: box.left + 6, y: at + 14, class: "note" }, inside, text);
      }
      this.spots = [];
      this.shown.forEach((series) => this.series(inside, series));
      this.labels(inside);
      this.cursor = node("g", {}, inside);
      this.hint(this.place);
    }

    // Names on lines, from the right end back to where they cover neither a name nor another line;
    // where there is no such place, none: the legend has them all.
    labels(parent) {
      const lines = this.shown.filter((series) => series.label).map((series) => ({ series, way: this.way(series) }));
      const taken = [];
      for (const { series, way } of lines) {
        const text = node("text", { class: "iso", "text-anchor": "middle" }, parent, series.label);
        const half = text.getComputedTextLength() / 2 + 3, tall = 8;
        const inside = ([x, y]) => x - half > this.box.left && x + half < this.box.right
          && y - tall > this.box.top && y + tall < this.box.bottom;
        const alone = ([x, y]) => taken.every(([a, b, w]) => Math.abs(a - x) > half + w || Math.abs(b - y) > 2 * tall);
        const clear = ([x, y]) => lines.every((other) => other.series === series
          || other.way.every(([a, b]) => Math.abs(a - x) > half || Math.abs(b - y) > tall));
        const at = way.find((place) => inside(place) && alone(place) && clear(place));
        if (!at) { text.remove(); continue; }
        text.setAttribute("x", at[0]);
        text.setAttribute("y", at[1] + 4);
        taken.push([...at, half]);
      }
    }

    // A line's places on the screen, close to each other, from its last point to its first.
    way(series) {
      const ends = series.points.map((p) => [this.x.to(p[0]), this.y.to(p[1])]).reverse(), way = [];
      ends.slice(1).forEach((to, i) => {
        const from = ends[i], count = Math.min(Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / 4), 1000);
        for (let k = 0; k <= count; k++) way.push([0, 1].map((c) => from[c] + (to[c] - from[c]) * (k / (count || 1))));
      });
      return way;
    }

    axes(svg, box, range) {
      const { x, y } = this.spec;
      const xt = (x.log ? logTicks : linearTicks)(...range.x, (box.right - box.left) / 75);
      const yt = (y.log ? logTicks : linearTicks)(...range.y, (box.bottom - box.top) / 45);
      for (const value of xt) {
        const at = this.x.to(value);
        node("line", { x1: at, x2: at, y1: box.top, y2: box.bottom, class: "grid" }, svg);
        node("text", { x: at, y: box.bottom + 17, "text-anchor": "middle" }, svg, short(value));
      }
      for (const value of yt) {
        const at = this.y.to(value);
        node("line", { x1: box.left, x2: box.right, y1: at, y2: at, class: "grid" }, svg);
        node("text", { x: box.left - 6, y: at + 4, "text-anchor": "end" }, svg, short(value));
      }
      node("path", { d: `M${box.left},${box.top}V${box.bottom}H${box.right}`, class: "axis" }, svg);
      node("text", { x: (box.left + box.right) / 2, y: box.bottom + 38, "text-anchor": "middle" }, svg, x.label);
      const middle = (box.top + box.bottom) / 2;
      const place = { x: 13, y: middle, "text-anchor": "middle", transform: `rotate(-90 13 ${middle})` };
      const label = node("text", place, svg, y.label);
      if (label.getComputedTextLength() > 2 * middle - 4) label.setAttribute("textLength", 2 * middle - 4);
      label.setAttribute("lengthAdjust", "spacingAndGlyphs");
    }

    series(parent, series) {
      const style = this.style(series), group = node("g", {}, parent);
      const visible = (p) => p[1] !== null && (!this.spec.x.log || p[0] > 0) && (!this.spec.y.log || p[1] > 0);
      for (const [x, low, high, note] of series.bars || []) {
        const at = this.x.to(x), ends = [low, high].map((v, i) => v === null ? (i ? this.box.top : this.box.bottom) : this.y.to(v));
        node("line", { x1: at, x2: at, y1: ends[0], y2: ends[1], ...style.bar }, group);
        [low, high].forEach((v, i) => { if (v !== null && series.style < 0) node("line", { x1: at - 6, x2: at + 6, y1: ends[i], y2: ends[i], ...style.bar }, group); });
        const edge = low === null ? high : low;
        this.spots.push({ x, y: edge, text: note, series });
      }
      const points = (series.points || []).filter(visible);
      if (series.line && points.length > 1) {
        let path = "", last = null;
        for (const p of series.points) {
          if (!visible(p)) { last = null; continue; }
          path += `${last === null ? "M" : "L"}${this.x.to(p[0]).toFixed(2)},${this.y.to(p[1]).toFixed(2)}`;
          last = p;
        }
        if (series.halo) node("path", { d: path, fill: "none", stroke: "var(--paper)", "stroke-width": 5 }, group);
        node("path", { d: path, ...style.line }, group);
      }
      for (const p of points) {
        if (series.mark) this.symbol(group, series, style, p);
        this.spots.push({ x: p[0], y: p[1], text: p[3], series });
      }
    }

    // On tiles, whose colour may be that of ink or of paper, an open symbol is a ring with a rim.
    symbol(parent, series, style, p) {
      const ring = series.halo && p[2], rim = { stroke: "var(--paper)" };
      const at = [this.x.to(p[0]), this.y.to(p[1]), ring ? 4 : 3.2];
      if (ring) mark(parent, style.symbol, ...at, { ...rim, "stroke-width": 4, fill: "none" });
      const own = p[2] ? { ...style.open, ...(ring ? { fill: "none" } : {}) }
        : { ...style.mark, ...(series.halo ? rim : {}) };
      mark(parent, style.symbol, ...at, own);
    }

    words(spot) {
      const { x, y } = this.spec;
      if (spot.text) return `${spot.series.name}: ${spot.text}`;
      return `${spot.series.name}: ${x.short} ${short(spot.x)}, ${y.short} ${short(spot.y)}`;
    }

    hint(place) {
      this.cursor.replaceChildren();
      const spot = place === null ? null : this.spots[place];
      if (!spot) { this.tip.hidden = true; return; }
      const at = [this.x.to(spot.x), this.y.to(spot.y)], width = this.svg.viewBox.baseVal.width;
      node("circle", { cx: at[0], cy: at[1], r: 8, class: "ring" }, this.cursor);
      this.tip.textContent = this.words(spot);
      this.tip.hidden = false;
      const scale = this.stage.clientWidth / width;
      const right = at[0] > width / 2;
      this.tip.style.left = right ? "auto" : `${at[0] * scale + 12}px`;
      this.tip.style.right = right ? `${(width - at[0]) * scale + 12}px` : "auto";
      this.tip.style.top = `${Math.max(at[1] * scale - 34, 0)}px`;
    }

    at(event) {
      const frame = this.svg.getBoundingClientRect(), scale = this.svg.viewBox.baseVal.width / frame.width;
      return [(event.clientX - frame.left) * scale, (event.clientY - frame.top) * scale];
    }

    nearest([x, y]) {
      let best = null, least = 40 ** 2;
      this.spots.forEach((spot, index) => {
        const d = (this.x.to(spot.x) - x) ** 2 + (this.y.to(spot.y) - y) ** 2;
        if (d < least) { least = d; best = index; }
      });
      return best;
    }

    whole() { this.zoom[this.view] = null; this.draw(); }

    scale(factor) {
      const spot = this.place === null ? null : this.spots[this.place];
      const centre = spot ? [this.x.to(spot.x), this.y.to(spot.y)]
        : [(this.box.left + this.box.right) / 2, (this.box.top + this.box.bottom) / 2];
      const ends = (way, from, to, c) => [way.from(c + (from - c) * factor), way.from(c + (to - c) * factor)];
      this.zoom[this.view] = {
        x: ends(this.x, this.box.left, this.box.right, centre[0]),
        y: ends(this.y, this.box.bottom, this.box.top, centre[1]),
      };
      this.draw();
    }

    go(step) {
      if (!this.spots.length) return;
      const n = this.spots.length;
      this.place = this.place === null ? 0 : (this.place + step + n) % n;
      this.hint(this.place);
    }

    hop(step) {
      if (this.place === null) { this.go(0); return; }
      const now = this.spots[this.place].series, list = [...new Set(this.spots.map((s) => s.series))];
      const next = list[(list.indexOf(now) + step + list.length) % list.length];
      const x = this.spots[this.place].x;
      let best = null;
      this.spots.forEach((spot, index) => {
        if (spot.series === next && (best === null || Math.abs(spot.x - x) < Math.abs(this.spots[best].x - x))) best = index;
      });
      this.place = best;
      this.hint(best);
    }

    listen() {
      let start = null, frame = null;
      this.svg.addEventListener("pointermove", (event) => {
        const now = this.at(event);
        if (start) {
          const [x, y] = [Math.min(start[0], now[0]), Math.min(start[1], now[1])];
          if (frame) frame.remove();
          frame = node("rect", { x, y, width: Math.abs(now[0] - start[0]), height: Math.abs(now[1] - start[1]), class: "frame" }, this.svg);
          return;
        }
        this.place = this.nearest(now);
        this.hint(this.place);
      });
      this.svg.addEventListener("pointerleave", () => { if (!start) { this.place = null; this.hint(null); } });
      this.svg.addEventListener("pointerdown", (event) => {
        if (event.pointerType === "touch") return;
        start = this.at(event);
        this.svg.setPointerCapture(event.pointerId);
      });
      this.svg.addEventListener("pointerup", (event) => {
        if (!start) return;
        const end = this.at(event), from = start;
        start = null;
        if (frame) { frame.remove(); frame = null; }
        if (Math.abs(end[0] - from[0]) < 8 || Math.abs(end[1] - from[1]) < 8) return;
        const sorted = (way, a, b) => [way.from(a), way.from(b)].sort((p, q) => p - q);
        this.zoom[this.view] = { x: sorted(this.x, from[0], end[0]), y: sorted(this.y, from[1], end[1]) };
        this.draw();
      });
      this.svg.addEventListener("dblclick", () => this.whole());
      this.svg.addEventListener("blur", () => { this.place = null; this.hint(null); });
      const keys = {
        ArrowRight: () => this.go(1), ArrowLeft: () => this.go(-1),
        ArrowUp: () => this.hop(-1), ArrowDown: () => this.hop(1),
        "+": () => this.scale(0.6), "-": () => this.scale(1 / 0.6), Escape: () => this.whole(),
      };
      this.svg.addEventListener("keydown", (event) => {
        const act = keys[event.key];
        if (act && !event.ctrlKey && !event.metaKey) { act(); event.preventDefault(); }
      });
    }
  }

  // The least pressure at any current between computed ones: straight in the logarithms.
  const ask = (form) => {
    const table = JSON.parse(form.dataset.table), answer = form.querySelector("output");
    const input = form.querySelector("input"), select = form.querySelector("select");
    const act = () => {
      const points = table[select ? select.selectedIndex : 0], current = Number(input.value);
      const last = points[points.length - 1];
      if (!points.length) { answer.textContent = "no critical pressure is bracketed here"; return; }
      if (!(current >= points[0][0] * 0.999999 && current <= last[0] * 1.000001)) {
        answer.textContent = `computed from ${short(points[0][0])} to ${short(last[0])} mA/cm\u00b2 only; nothing is extrapolated`;
        return;
      }
      let i = 0;
      while (i < points.length - 2 && current > points[i + 1][0]) i++;
      const [a, b] = [points[i], points[Math.min(i + 1, points.length - 1)]];
      const share = a === b ? 0 : Math.log(current / a[0]) / Math.log(b[0] / a[0]);
      const value = Math.exp(Math.log(a[1]) + share * Math.log(b[1] / a[1]));
      const between = [a, b].some((p) => Math.abs(p[0] - current) < 1e-9 * current);
      answer.textContent = `${Number(value.toPrecision(3))} MPa` + (between ? "" : " (between computed currents)");
    };
    form.addEventListener("input", act);
    form.addEventListener("submit", (event) => event.preventDefault());
    act();
  };

  const charts = [...document.querySelectorAll("figure.plot")].map((figure) => new Chart(figure));
  document.querySelectorAll("form.ask").forEach(ask);
  // What is folded on the screen is read on paper.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    opened.forEach((item) => { item.open = true; });
    charts.forEach((chart) => chart.unfold());
  });
  addEventListener("afterprint", () => {
    charts.forEach((chart) => chart.fold());
    opened.forEach((item) => { item.open = false; });
  });
})();
