"use strict";
// Tables: a click on a heading sorts by it, a second one the other way round.
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.querySelectorAll("th")];
  heads.forEach((th, column) => th.querySelector("button").addEventListener("click", () => {
    const up = th.getAttribute("aria-sort") !== "ascending";
    heads.forEach(h => h.removeAttribute("aria-sort"));
    th.setAttribute("aria-sort", up ? "ascending" : "descending");
    const body = table.tBodies[0];
    const key = row => row.cells[column].dataset.sort;
    const rows = [...body.rows].sort((a, b) => {
      const x = Number(key(a)), y = Number(key(b));
      const order = Number.isNaN(x) || Number.isNaN(y) ? key(a).localeCompare(key(b)) : x - y;
      return up ? order : -order;
    });
    body.append(...rows);
  }));
}

// The 3D view: one shader, opaque surfaces first, then glass without writing depth. Patient axes (LPS): +Z is up on the screen.
(() => {
  const scene = JSON.parse(document.getElementById("scene").textContent);
  const view = document.getElementById("view");
  if (!view) return;
  const canvas = view.querySelector("canvas");
  const gl = canvas.getContext("webgl", {antialias: true, preserveDrawingBuffer: true});
  if (!gl) {
    view.hidden = document.getElementById("hint").hidden = true;
    document.getElementById("nogl").hidden = false;
    return;
  }
  const shader = (type, source) => {
    const s = gl.createShader(type);
    gl.shaderSource(s, source);
    gl.compileShader(s);
    return s;
  };
  const program = gl.createProgram();
  gl.attachShader(program, shader(gl.VERTEX_SHADER, `
    attribute vec3 place; attribute vec3 normal; uniform mat3 turn; uniform vec3 middle; uniform vec2 zoom; varying vec3 n;
    void main() {
      vec3 p = turn * (place - middle);
      n = turn * normal;
      gl_Position = vec4(p.xy * zoom, -p.z / 1000.0, 1.0);
    }`));
  gl.attachShader(program, shader(gl.FRAGMENT_SHADER, `
    precision mediump float; varying vec3 n; uniform vec4 colour;
    void main() {
      vec3 m = normalize(n);
      float facing = abs(m.z);
      float light = 0.3 + 0.7 * max(0.0, dot(m, normalize(vec3(-0.35, 0.45, 1.0)))) + 0.2 * pow(max(0.0, m.z), 24.0);
      float alpha = colour.a < 1.0 ? colour.a * mix(1.6, 0.45, facing) : 1.0;
      gl_FragColor = vec4(colour.rgb * light, alpha);
    }`));
  gl.linkProgram(program);
  gl.useProgram(program);
  const at = name => gl.getUniformLocation(program, name);
  const uniform = {turn: at("turn"), middle: at("middle"), zoom: at("zoom"), colour: at("colour")};
  const place = gl.getAttribLocation(program, "place"), normal = gl.getAttribLocation(program, "normal");
  gl.enableVertexAttribArray(place);
  gl.enableVertexAttribArray(normal);

  const numbers = text => new Uint16Array(Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer);
  const buffer = (target, data) => {
    const b = gl.createBuffer();
    gl.bindBuffer(target, b);
    gl.bufferData(target, data, gl.STATIC_DRAW);
    return b;
  };
  const parts = scene.parts.map(p => {
    const v = Float32Array.from(numbers(p.v), (x, i) => x * scene.step + scene.origin[i % 3]);
    const index = numbers(p.i), n = new Float32Array(v.length);
    for (let t = 0; t < index.length; t += 3) { // normals weighted by area
      const [a, b, c] = [3 * index[t], 3 * index[t + 1], 3 * index[t + 2]];
      const ux = v[b] - v[a], uy = v[b + 1] - v[a + 1], uz = v[b + 2] - v[a + 2];
      const wx = v[c] - v[a], wy = v[c + 1] - v[a + 1], wz = v[c + 2] - v[a + 2];
      const x = uy * wz - uz * wy, y = uz * wx - ux * wz, z = ux * wy - uy * wx;
      for (const i of [a, b, c]) { n[i] += x; n[i + 1] += y; n[i + 2] += z; }
    }
    const rgb = [1, 3, 5].map(i => parseInt(p.colour.substr(i, 2), 16) / 255);
    return {group: p.group, colour: [...rgb, p.opacity], count: index.length,
      v: buffer(gl.ARRAY_BUFFER, v), n: buffer(gl.ARRAY_BUFFER, n), i: buffer(gl.ELEMENT_ARRAY_BUFFER, index)};
  });

  const shown = scene.groups.map(() => true);
  let yaw = -35 * Math.PI / 180, pitch = 0.12, scale = 1, asked = false;
  const middle = scene.origin.map((o, i) => o + scene.size[i] / 2);
  const radius = Math.hypot(...scene.size) / 2;
  function draw() {
    asked = false;
    const dpr = Math.min(2, window.devicePixelRatio || 1);
    const w = Math.max(1, Math.round(canvas.clientWidth * dpr)), h = Math.max(1, Math.round(canvas.clientHeight * dpr));
    if (canvas.width !== w || canvas.height !== h) { canvas.width = w; canvas.height = h; }
    gl.viewport(0, 0, w, h);
    gl.clearColor(0.086, 0.094, 0.102, 1);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.enable(gl.DEPTH_TEST);
    gl.blendFunc(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA);
    const cy = Math.cos(yaw), sy = Math.sin(yaw), cp = Math.cos(pitch), sp = Math.sin(pitch);
    // Rows: screen x (patient left at yaw 0), screen y (head), towards the viewer (front); stored column by column.
    const x = [cy, sy, 0], f = [sy * cp, -cy * cp, sp], y = [-sy * sp, cy * sp, cp];
    gl.uniformMatrix3fv(uniform.turn, false, [x[0], y[0], f[0], x[1], y[1], f[1], x[2], y[2], f[2]]);
    gl.uniform3fv(uniform.middle, middle);
    const s = 0.95 * scale / radius, aspect = w / h;
    gl.uniform2f(uniform.zoom, aspect > 1 ? s / aspect : s, aspect > 1 ? s : s * aspect);
    for (const glass of [false, true]) {
      gl[glass ? "enable" : "disable"](gl.BLEND);
      gl.depthMask(!glass);
      for (const p of parts) {
        if (!shown[p.group] || p.colour[3] < 1 !== glass) continue;
        gl.uniform4fv(uniform.colour, p.colour);
        gl.bindBuffer(gl.ARRAY_BUFFER, p.v);
        gl.vertexAttribPointer(place, 3, gl.FLOAT, false, 0, 0);
        gl.bindBuffer(gl.ARRAY_BUFFER, p.n);
        gl.vertexAttribPointer(normal, 3, gl.FLOAT, false, 0, 0);
        gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, p.i);
        gl.drawElements(gl.TRIANGLES, p.count, gl.UNSIGNED_SHORT, 0);
      }
    }
    gl.depthMask(true);
  }
  const ask = () => { if (!asked) { asked = true; requestAnimationFrame(draw); } };
  const turn = (dx, dy) => { yaw -= dx * 0.01; pitch = Math.max(-1.5, Math.min(1.5, pitch + dy * 0.01)); ask(); };
  const zoom = f => { scale = Math.max(0.4, Math.min(12, scale * f)); ask(); };

  const fingers = new Map();
  const spread = () => { const [a, b] = [...fingers.values()]; return Math.hypot(a.x - b.x, a.y - b.y); };
  canvas.addEventListener("pointerdown", e => { canvas.setPointerCapture(e.pointerId); fingers.set(e.pointerId, {x: e.clientX, y: e.clientY}); });
  canvas.addEventListener("pointermove", e => {
    const last = fingers.get(e.pointerId);
    if (!last) return;
    const before = fingers.size === 2 ? spread() : 0;
    fingers.set(e.pointerId, {x: e.clientX, y: e.clientY});
    if (fingers.size === 2) zoom(spread() / Math.max(1, before));
    else turn(e.clientX - last.x, e.clientY - last.y);
  });
  for (const type of ["pointerup", "pointercancel"]) canvas.addEventListener(type, e => fingers.delete(e.pointerId));
  canvas.addEventListener("wheel", e => { e.preventDefault(); zoom(Math.exp(-e.deltaY * 0.0015)); }, {passive: false});
  canvas.tabIndex = 0;
  canvas.addEventListener("keydown", e => {
    const step = {ArrowLeft: [-12, 0], ArrowRight: [12, 0], ArrowUp: [0, -12], ArrowDown: [0, 12]}[e.key];
    if (step) { turn(...step); e.preventDefault(); }
    if (e.key === "+" || e.key === "-") zoom(e.key === "+" ? 1.15 : 1 / 1.15);
  });
  const groups = document.getElementById("groups");
  scene.groups.forEach((g, i) => {
    const label = document.createElement("label"), box = document.createElement("input"), swatch = document.createElement("i");
    box.type = "checkbox";
    box.checked = true;
    box.addEventListener("change", () => { shown[i] = box.checked; ask(); });
    swatch.style.background = g.colour;
    label.append(box, swatch, g.name);
    groups.append(label);
  });
  new ResizeObserver(ask).observe(canvas);
  draw();
})();
