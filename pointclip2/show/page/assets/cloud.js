// Shows one cloud on one canvas, with its boxes.
// Corners: the bottom face in turn, then the top face in the same order.
const EDGES = [[0, 1], [1, 2], [2, 3], [3, 0], [4, 5], [5, 6], [6, 7], [7, 4], [0, 4], [1, 5], [2, 6], [3, 7]];
const PIECES = 20;

class CloudView {
  constructor(canvas, pose) {
    this.canvas = canvas;
    this.pose = pose;
    this.kept = null;
    makeTurnable(canvas, pose);
    this.ask = drawnInSight(canvas, () => this.draw());
    pose.listeners.push(this.ask);
  }

  keep(colour) {
    this.kept = colour;
    this.ask();
  }

  draw() {
    const cloud = cloudOf(Number(this.canvas.dataset.cloud));
    const size = fitted(this.canvas);
    const context = this.canvas.getContext("2d");
    const share = 0.9 * fittingShare(cloud, this.pose, size);
    const picture = rasterise(cloud, this.pose, size, share, true, this.kept);
    context.putImageData(picture.pixels, 0, 0);
    drawBoxes(context, cloud.boxes, picture, size, this.kept);
    this.canvas.dataset.drawn = [this.pose.yaw, this.pose.pitch, this.pose.zoom].map((v) => v.toFixed(3)).join(" ");
  }
}

// How much larger than its unit sphere a cloud may be drawn without leaving the canvas, however it is turned about
// its upright axis: without this, flat rooms and long shapes would be small.
function fittingShare(cloud, pose, size) {
  if (cloud.reach === undefined) {
    const [d, t] = [Math.cos(pose.start.pitch), Math.sin(pose.start.pitch)];
    cloud.reach = [1e-3, 1e-3];
    for (let i = 0; i < cloud.xyz.length; i += 3) {
      const [x, y, z] = cloud.xyz.slice(i, i + 3);
      const around = Math.hypot(x, z);
      // Each point counts as if it were turned nearest to the viewer, where perspective makes it largest.
      const near = EYE / (EYE - around * d - Math.max(y * t, 0));
      cloud.reach[0] = Math.max(cloud.reach[0], around * near);
      cloud.reach[1] = Math.max(cloud.reach[1], (Math.abs(y) * d + around * t) * near);
    }
    if (!cloud.count) cloud.reach = [1, 1];
  }
  const shorter = Math.min(size.width, size.height);
  return Math.min(2, size.width / shorter / cloud.reach[0], size.height / shorter / cloud.reach[1]);
}

function drawBoxes(context, boxes, picture, size, kept) {
  const labels = [];
  for (const box of boxes) {
    const colour = `#${box.colour.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
    const faint = kept && kept !== colour ? 0.15 : 1;
    for (const [start, end] of EDGES) {
      drawEdge(context, box.corners[start], box.corners[end], picture, size, css(box.colour), faint);
    }
    const at = box.corners.map(picture.project).sort((a, b) => a[1] - b[1]);
    if (faint === 1 && box.label) labels.push({ box, top: at[0], bottom: at[7], z: at[0][2] });
  }
  labels.sort((a, b) => b.z - a.z);
  drawLabels(context, labels, size);
}

// Draws an edge in short pieces, so that each can be strong in front of the points and faint behind them.
function drawEdge(context, from, to, picture, { width, height, ratio }, colour, faint) {
  const at = (share) => picture.project(from.map((value, axis) => value * (1 - share) + to[axis] * share));
  const hidden = new Path2D();
  const open = new Path2D();
  let last = at(0);
  for (let piece = 1; piece <= PIECES; piece++) {
    const next = at(piece / PIECES);
    const x = Math.round((last[0] + next[0]) / 2);
    const y = Math.round((last[1] + next[1]) / 2);
    const inside = x >= 0 && y >= 0 && x < width && y < height;
    const behind = inside && picture.depth[y * width + x] > (last[2] + next[2]) / 2 + 0.02;
    const path = behind ? hidden : open;
    path.moveTo(last[0], last[1]);
    path.lineTo(next[0], next[1]);
    last = next;
  }
  context.strokeStyle = colour;
  context.lineCap = "round";
  context.lineWidth = 1.6 * ratio;
  context.globalAlpha = 0.3 * faint;
  context.stroke(hidden);
  context.globalAlpha = faint;
  context.stroke(open);
  context.globalAlpha = 1;
}

// Draws the nearest label first, above its box or else below; one that would cover others waits until there is room.
function drawLabels(context, labels, { width, height, ratio }) {
  const taken = [];
  context.font = `600 ${11 * ratio}px ${getComputedStyle(document.body).fontFamily}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (const { box, top, bottom } of labels) {
    const name = box.label.replaceAll("_", " ");
    const text = box.score === null ? name : `${name} ${Math.round(100 * box.score)} %`;
    const [w, h] = [context.measureText(text).width + 8 * ratio, 16 * ratio];
    const place = [[top[0], top[1] - h - 3 * ratio], [bottom[0], bottom[1] + 3 * ratio]]
      .map(([x, y]) => [Math.min(Math.max(x - w / 2, 2), width - w - 2), Math.min(Math.max(y, 2), height - h - 2)])
      .find(([x, y]) => !taken.some((t) => x < t[0] + t[2] && t[0] < x + w && y < t[1] + t[3] && t[1] < y + h));
    if (!place) continue;
    const [left, above] = place;
    taken.push([left, above, w, h]);
    context.fillStyle = css(box.colour, 0.92);
    context.beginPath();
    context.roundRect(left, above, w, h, 3 * ratio);
    context.fill();
    context.fillStyle = isBright(box.colour) ? "#111418" : "#ffffff";
    context.fillText(text, left + 4 * ratio, above + h / 2 + 0.5 * ratio);
  }
}
