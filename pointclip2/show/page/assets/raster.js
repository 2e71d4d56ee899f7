// Draws points as little balls with depth, in plain loops so that it works without a graphics card.
const EYE = 5; // distance of the eye from the centre, in radii of the cloud

// A ball of `radius` pixels: offsets, heights above its centre in pixels, and brightness.
const balls = new Map();
function ball(radius) {
  const key = Math.round(radius * 2);
  if (!balls.has(key)) {
    const reach = key / 2;
    const cells = [];
    for (let y = -Math.floor(reach); y <= reach; y++) {
      for (let x = -Math.floor(reach); x <= reach; x++) {
        const square = (x * x + y * y) / (reach * reach || 1);
        if (square > 1) continue;
        const height = Math.sqrt(1 - square);
        const light = (-0.4 * x - 0.55 * y) / (reach || 1) + 0.75 * height;
        cells.push(x, y, height * reach, 0.72 + 0.32 * Math.max(light, 0));
      }
    }
    balls.set(key, cells);
  }
  return balls.get(key);
}

// Draws a cloud from a pose. Returns pixels (RGBA), their depth (larger is nearer, in radii) and `project`.
// `share` is the part of the picture's shorter side that the unit sphere fills; `kept` a colour "#rrggbb" or null:
// points of other colours are faint.
function rasterise(cloud, pose, size, share, perspective, kept) {
  const { width, height } = size;
  const m = pose.matrix();
  const unit = (Math.min(width, height) / 2) * share * pose.zoom;
  const project = (p) => {
    const [x, y, z] = turned(m, p);
    const scale = perspective ? EYE / Math.max(EYE - z, 0.2) : 1;
    return [width / 2 + x * unit * scale, height / 2 - y * unit * scale, z, scale];
  };
  const depth = new Float32Array(width * height).fill(-Infinity);
  const owner = new Int32Array(width * height);
  const light = new Float32Array(width * height);
  const spacing = Math.sqrt(6 / Math.max(cloud.count, 1));
  const usual = Math.min(Math.max(0.4 * spacing * unit, 0.8 * size.ratio), 7 * size.ratio);
  const { xyz } = cloud;
  for (let i = 0; i < cloud.count; i++) {
    const [sx, sy, z, scale] = project([xyz[3 * i], xyz[3 * i + 1], xyz[3 * i + 2]]);
    const x0 = Math.round(sx);
    const y0 = Math.round(sy);
    if (x0 < -20 || y0 < -20 || x0 > width + 20 || y0 > height + 20) continue;
    const cells = ball(usual * scale);
    for (let k = 0; k < cells.length; k += 4) {
      const x = x0 + cells[k];
      const y = y0 + cells[k + 1];
      if (x < 0 || y < 0 || x >= width || y >= height) continue;
      const at = y * width + x;
      const near = z + cells[k + 2] / unit;
      if (near > depth[at]) {
        depth[at] = near;
        owner[at] = i;
        light[at] = cells[k + 3];
      }
    }
  }
  return { pixels: shaded(cloud, depth, owner, light, size, kept), depth, project, unit };
}

// Colours, darker where something near lies in front (eye-dome lighting) and paler towards the back.
function shaded(cloud, depth, owner, light, { width, height, ratio }, kept) {
  const pixels = new ImageData(width, height);
  const out = pixels.data;
  const step = Math.max(1, Math.round(ratio));
  const { rgb } = cloud;
  const wanted = kept ? [1, 3, 5].map((start) => parseInt(kept.slice(start, start + 2), 16)) : null;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const z = depth[at];
      if (z === -Infinity) continue;
      let front = 0;
      if (x >= step) front += Math.max(0, depth[at - step] - z);
      if (x < width - step) front += Math.max(0, depth[at + step] - z);
      if (y >= step) front += Math.max(0, depth[at - step * width] - z);
      if (y < height - step) front += Math.max(0, depth[at + step * width] - z);
      const shade = light[at] * Math.exp(-1.6 * Math.min(front, 0.6)) * (0.9 + 0.1 * Math.min(Math.max(z, -1), 1));
      const i = 3 * owner[at];
      const faint = wanted && (rgb[i] !== wanted[0] || rgb[i + 1] !== wanted[1] || rgb[i + 2] !== wanted[2]);
      const o = 4 * at;
      for (let c = 0; c < 3; c++) out[o + c] = faint ? 150 * shade : rgb[i + c] * shade;
      out[o + 3] = faint ? 70 : 255;
    }
  }
  return pixels;
}
