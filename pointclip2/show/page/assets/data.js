// Holds what the page shows, decoded when it is first needed.
const DATA = JSON.parse(document.getElementById("data").textContent);

const decoded = { bytes: new Map(), clouds: new Map() };

function bytesOf(blob) {
  if (!decoded.bytes.has(blob)) {
    const text = atob(DATA.blobs[blob]);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    decoded.bytes.set(blob, bytes);
  }
  return decoded.bytes.get(blob);
}

// Turns (x, y, z) so that `up` points along y, without mirroring.
const UPRIGHT = {
  y: (x, y, z) => [x, y, z],
  z: (x, y, z) => [x, z, -y],
  x: (x, y, z) => [-y, x, z],
  "-y": (x, y, z) => [x, -y, -z],
  "-z": (x, y, z) => [x, -z, y],
  "-x": (x, y, z) => [y, -x, z],
};

// A cloud of the page: y up, its bounding box centred, inside the unit sphere.
// xyz and rgb hold three values a point; boxes hold eight corners each in the same coordinates.
function cloudOf(number) {
  if (!decoded.clouds.has(number)) decoded.clouds.set(number, decodeCloud(DATA.clouds[number]));
  return decoded.clouds.get(number);
}

function decodeCloud(packed) {
  const bytes = bytesOf(packed.points);
  const view = new DataView(bytes.buffer);
  const turn = UPRIGHT[packed.up] || UPRIGHT.y;
  const count = packed.count;
  const xyz = new Float32Array(3 * count);
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  const widen = (at) => {
    for (let axis = 0; axis < 3; axis++) {
      low[axis] = Math.min(low[axis], at[axis]);
      high[axis] = Math.max(high[axis], at[axis]);
    }
  };
  for (let i = 0; i < count; i++) {
    const at = turn(...[0, 1, 2].map((axis) =>
      packed.low[axis] + (packed.side * view.getUint16(6 * i + 2 * axis, true)) / 65535));
    xyz.set(at, 3 * i);
    widen(at);
  }
  const corners = packed.boxes.map((box) => box.corners.map((corner) => turn(...corner)));
  if (!count) corners.forEach((box) => box.forEach(widen));
  const known = high[0] >= low[0];
  const centre = low.map((value, axis) => (known ? (value + high[axis]) / 2 : 0));
  const radius = known ? Math.hypot(...high.map((value, axis) => value - low[axis])) / 2 || 1 : 1;
  for (let i = 0; i < xyz.length; i++) xyz[i] = (xyz[i] - centre[i % 3]) / radius;
  const boxes = packed.boxes.map((box, i) => ({
    ...box,
    corners: corners[i].map((corner) => corner.map((value, axis) => (value - centre[axis]) / radius)),
  }));
  return { count, xyz, rgb: coloursOf(packed), boxes };
}

function coloursOf(packed) {
  const bytes = bytesOf(packed.colours);
  if (!packed.palette) return bytes;
  const rgb = new Uint8Array(3 * bytes.length);
  bytes.forEach((colour, i) => rgb.set(packed.palette[colour], 3 * i));
  return rgb;
}

// Returns a colour of the page's style sheet, for light or dark mode.
function themeColour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

const DARK = matchMedia("(prefers-color-scheme: dark)");

// Returns a colour [r, g, b] for a share in [0, 1]; larger shares differ more from the background.
function rampColour(share) {
  const steps = DATA.ramp.length - 1;
  const at = Math.min(Math.max(share, 0), 1) * steps;
  const place = DARK.matches ? steps - at : at;
  const left = Math.min(Math.floor(place), steps - 1);
  const part = place - left;
  return DATA.ramp[left].map((value, i) => Math.round(value * (1 - part) + DATA.ramp[left + 1][i] * part));
}

const css = (rgb, alpha = 1) => `rgba(${rgb[0]},${rgb[1]},${rgb[2]},${alpha})`;

const isBright = (rgb) => 0.2126 * rgb[0] ** 2.2 + 0.7152 * rgb[1] ** 2.2 + 0.0722 * rgb[2] ** 2.2 > 0.2 * 255 ** 2.2;
