"use strict";
// Turns a triangulated interface: painter's algorithm on a canvas, so that nothing is fetched.
(() => {
  const SCALE = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];
  const colour = (share) => {
    const place = Math.min(Math.max(share, 0), 1) * (SCALE.length - 1);
    const low = Math.min(Math.floor(place), SCALE.length - 2);
    return `rgb(${SCALE[low].map((v, i) => Math.round(v + (place - low) * (SCALE[low + 1][i] - v))).join(",")})`;
  };
  const show = (box) => {
    const data = JSON.parse(box.querySelector("script").textContent);
    const bar = document.createElement("p"), canvas = document.createElement("canvas");
    canvas.className = "surface";
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "img");
    box.append(bar, canvas);
    const ends = (i) => data.points.reduce(([a, b], p) => [Math.min(a, p[i]), Math.max(b, p[i])], [Infinity, -Infinity]);
    const [x, y, gap] = [ends(0), ends(1), ends(3)];
    const size = Math.max(x[1] - x[0], y[1] - y[0]) || 1, lift = gap[1] > gap[0] ? 0.25 * size / (gap[1] - gap[0]) : 0;
    let turn = -0.7, tilt = 0.95, shown = 1, span = gap;
    const label = document.createElement("span");
    data.names.forEach((name, index) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.addEventListener("click", () => { shown = index; draw(); });
      bar.append(button, " ");
    });
    bar.append(label);
    const draw = () => {
      span = ends(2 + shown);
      label.textContent = `colour: ${data.names[shown]}, dark ${Number(span[0].toPrecision(4))}, bright ${Number(span[1].toPrecision(4))}`;
      canvas.setAttribute("aria-label", `Interface in 3D. ${label.textContent}`);
      canvas.width = Math.max(box.clientWidth, 260) * devicePixelRatio;
      canvas.height = canvas.width * 0.6;
      const pen = canvas.getContext("2d"), unit = canvas.width * 0.58 / size;
      const [s, c, st, ct] = [Math.sin(turn), Math.cos(turn), Math.sin(tilt), Math.cos(tilt)];
      const placed = data.points.map((p) => {
        const u = p[0] - (x[0] + x[1]) / 2, v = p[1] - (y[0] + y[1]) / 2, w = (p[3] - gap[0]) * lift;
        const a = c * u - s * v, b = s * u + c * v;
        return [canvas.width / 2 + unit * a, canvas.height / 2 + unit * (b * ct - w * st), b * st + w * ct];
      });
      const mean = (t, of) => (of(t[0]) + of(t[1]) + of(t[2])) / 3;
      const order = data.triangles.slice().sort((p, q) => mean(p, (i) => placed[i][2]) - mean(q, (i) => placed[i][2]));
      pen.clearRect(0, 0, canvas.width, canvas.height);
      for (const t of order) {
        const share = (mean(t, (i) => data.points[i][2 + shown]) - span[0]) / (span[1] - span[0] || 1);
        pen.fillStyle = pen.strokeStyle = colour(share);
        pen.beginPath();
        t.forEach((i, n) => (n ? pen.lineTo(placed[i][0], placed[i][1]) : pen.moveTo(placed[i][0], placed[i][1])));
        pen.closePath();
        pen.fill();
        pen.stroke();
      }
    };
    let last = null;
    canvas.addEventListener("pointerdown", (event) => { last = [event.clientX, event.clientY]; canvas.setPointerCapture(event.pointerId); });
    canvas.addEventListener("pointerup", () => { last = null; });
    canvas.addEventListener("pointermove", (event) => {
      if (!last) return;
      turn += (event.clientX - last[0]) * 0.01;
      tilt = Math.min(Math.max(tilt - (event.clientY - last[1]) * 0.01, 0), Math.PI / 2);
      last = [event.clientX, event.clientY];
      draw();
    });
    canvas.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] }[event.key];
      if (!step) return;
      turn += step[0];
      tilt = Math.min(Math.max(tilt + step[1], 0), Math.PI / 2);
      event.preventDefault();
      draw();
    });
    draw();
    new ResizeObserver(draw).observe(box);
  };
  document.querySelectorAll("div.surface").forEach(show);
})();
