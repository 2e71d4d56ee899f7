// Holds how an object is turned: one pose, shared by the canvases that show the same thing side by side.
class Pose {
  constructor(start = { yaw: 0.6, pitch: 0.35, zoom: 1 }) {
    this.listeners = [];
    this.start = start;
    Object.assign(this, start);
  }

  change(yaw, pitch, zoom) {
    this.yaw = yaw;
    this.pitch = Math.min(Math.max(pitch, -Math.PI / 2), Math.PI / 2);
    this.zoom = Math.min(Math.max(zoom, 0.4), 12);
    this.listeners.forEach((tell) => tell());
  }

  turn(yaw, pitch) {
    this.change(this.yaw + yaw, this.pitch + pitch, this.zoom);
  }

  magnify(factor) {
    this.change(this.yaw, this.pitch, this.zoom * factor);
  }

  reset() {
    this.change(this.start.yaw, this.start.pitch, this.start.zoom);
  }

  // Rows of the rotation to the screen: x to the right, y up, z towards the viewer.
  matrix() {
    const [c, s] = [Math.cos(this.yaw), Math.sin(this.yaw)];
    const [d, t] = [Math.cos(this.pitch), Math.sin(this.pitch)];
    return [c, 0, s, t * s, d, -t * c, -d * s, t, d * c];
  }
}

const turned = (m, p) => [
  m[0] * p[0] + m[1] * p[1] + m[2] * p[2],
  m[3] * p[0] + m[4] * p[1] + m[5] * p[2],
  m[6] * p[0] + m[7] * p[1] + m[8] * p[2],
];

// A reader who scrolls past a cloud does not mean to zoom, so the wheel zooms only where the scrolling began.
let scrolledAt = -Infinity;
addEventListener("wheel", (event) => {
  if (!event.target.closest?.("canvas.turnable")) scrolledAt = event.timeStamp;
}, { passive: true, capture: true });

const KEYS = {
  ArrowLeft: (pose) => pose.turn(-0.15, 0),
  ArrowRight: (pose) => pose.turn(0.15, 0),
  ArrowUp: (pose) => pose.turn(0, -0.15),
  ArrowDown: (pose) => pose.turn(0, 0.15),
  "+": (pose) => pose.magnify(1.2),
  "=": (pose) => pose.magnify(1.2),
  "-": (pose) => pose.magnify(1 / 1.2),
  0: (pose) => pose.reset(),
  Home: (pose) => pose.reset(),
};

// Lets mouse, pen, fingers, wheel and keys turn a pose on a canvas.
function makeTurnable(canvas, pose) {
  canvas.classList.add("turnable");
  const fingers = new Map();
  const spread = () => {
    const [a, b] = [...fingers.values()];
    return Math.hypot(a.x - b.x, a.y - b.y);
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    canvas.setPointerCapture(event.pointerId);
    canvas.classList.add("held");
  });
  canvas.addEventListener("pointermove", (event) => {
    const finger = fingers.get(event.pointerId);
    if (!finger) return;
    const before = fingers.size === 2 ? spread() : 0;
    const [dx, dy] = [event.clientX - finger.x, event.clientY - finger.y];
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const pace = 4.5 / Math.max(canvas.clientWidth, 200) / fingers.size;
    pose.turn(dx * pace, dy * pace);
    if (before > 0) pose.magnify(spread() / before);
  });
  const lift = (event) => {
    fingers.delete(event.pointerId);
    if (!fingers.size) canvas.classList.remove("held");
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("wheel", (event) => {
    if (event.timeStamp - scrolledAt < 400) {
      scrolledAt = event.timeStamp;
      return;
    }
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 30 : event.deltaMode === 2 ? 300 : 1;
    pose.magnify(Math.exp(-Math.min(Math.max(event.deltaY * lines, -300), 300) * 0.0015));
  }, { passive: false });
  canvas.addEventListener("dblclick", () => pose.reset());
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
    event.preventDefault();
    KEYS[event.key](pose);
  });
}

// Calls `draw` before the next frame in which the canvas is in sight, however often it is asked to.
function drawnInSight(canvas, draw) {
  let wanted = true;
  let near = false;
  let waiting = false;
  const schedule = () => {
    if (!wanted || !near || waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = wanted = false;
      draw();
    });
  };
  const ask = () => {
    wanted = true;
    schedule();
  };
  new IntersectionObserver((entries) => {
    near = entries[entries.length - 1].isIntersecting;
    schedule();
  }, { rootMargin: "300px" }).observe(canvas);
  new ResizeObserver(ask).observe(canvas);
  DARK.addEventListener("change", ask);
  return ask;
}

// Gives a canvas as many pixels as it has on the screen; returns its size in them and their number a CSS pixel.
function fitted(canvas) {
  const ratio = Math.min(devicePixelRatio || 1, 2);
  const width = Math.max(1, Math.round(canvas.clientWidth * ratio));
  const height = Math.max(1, Math.round(canvas.clientHeight * ratio));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  return { width, height, ratio };
}
