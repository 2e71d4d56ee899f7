// One cloud on one canvas, with its boxes.
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
    const picture = rasterise(cloud, this.pose, size, 0.9, true, this.kept);
    context.putImageData(picture.pixels, 0, 0);
    drawBoxes(context, cloud.boxes, picture, size, this.kept);
    this.canvas.dataset.drawn = [this.pose.yaw, this.pose.pitch, this.pose.zoom].map((v) => v.toFixed(3)).join(" ");
  }
}

function drawBoxes(context, boxes, picture, size, kept) {
  const labels = [];
  for (const box of boxes) {
    const colour = `#${box.colour.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
    const faint = kept && kept !== colour ? 0.15 : 1;
    for (const [start, end] of EDGES) {
      drawEdge(context, box.corners[start], box.corners[end], picture, size, css(box.colour), faint);
    }
    const top = box.corners.map(picture.project).reduce((best, at) => (at[1] < best[1] ? at : best));
    if (faint === 1 && box.label) labels.push({ box, x: top[0], y: top[1], z: top[2] });
  }
  labels.sort((a, b) => b.z - a.z);
  drawLabels(context, labels, size);
}

// In short pieces, so that each can be strong in front of the points and faint behind them.
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

// The nearest first; one that would cover another is left out until there is room.
function drawLabels(context, labels, { width, height, ratio }) {
  const taken = [];
  context.font = `600 ${11 * ratio}px ${getComputedStyle(document.body).fontFamily}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (const { box, x, y } of labels) {
    const name = box.label.replaceAll("_", " ");
    const text = box.score === null ? name : `${name} ${Math.round(100 * box.score)} %`;
    const [w, h] = [context.measureText(text).width + 8 * ratio, 16 * ratio];
    const left = Math.min(Math.max(x - w / 2, 2), width - w - 2);
    const top = Math.min(Math.max(y - h - 3 * ratio, 2), height - h - 2);
    if (taken.some((t) => left < t[0] + t[2] && t[0] < left + w && top < t[1] + t[3] && t[1] < top + h)) continue;
    taken.push([left, top, w, h]);
    context.fillStyle = css(box.colour, 0.92);
    context.beginPath();
    context.roundRect(left, top, w, h, 3 * ratio);
    context.fill();
    context.fillStyle = isBright(box.colour) ? "#111418" : "#ffffff";
    context.fillText(text, left + 4 * ratio, top + h / 2 + 0.5 * ratio);
  }
}
