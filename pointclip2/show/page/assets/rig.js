// Shows the cameras around the object, each with the view that it sees.
class RigView {
  constructor(canvas, rig) {
    this.canvas = canvas;
    this.rig = rig;
    this.pose = new Pose({ yaw: 0.35, pitch: 0.5, zoom: 1 });
    this.lit = -1;
    this.shapes = [];
    this.sheet = document.createElement("canvas");
    this.images = rig.cameras.map((_, view) => document.querySelector(`img[data-item="0"][data-view="${view}"]`));
    this.images.forEach((image) => image && !image.complete && image.addEventListener("load", () => this.ask()));
    const table = document.querySelector("table.views");
    this.rows = table ? [...table.tBodies[0].rows] : [];
    this.ask = drawnInSight(canvas, () => this.draw());
    this.pose.listeners.push(this.ask);
    makeTurnable(canvas, this.pose);
    canvas.addEventListener("pointermove", (event) => !event.buttons && this.light(this.under(event)));
    canvas.addEventListener("pointerleave", () => this.light(-1));
    this.rows.forEach((row) => {
      const view = Number(row.cells[0].textContent);
      row.dataset.view = view;
      row.addEventListener("pointerenter", () => this.light(view));
      row.addEventListener("pointerleave", () => this.light(-1));
    });
    this.say();
  }

  light(view) {
    if (view === this.lit) return;
    this.lit = view;
    this.rows.forEach((row) => row.classList.toggle("lit", Number(row.dataset.view) === view));
    this.say();
    this.ask();
  }

  say() {
    const { acc, weight } = this.rig;
    const words = [];
    if (this.lit >= 0) {
      words.push(`view ${this.lit}`);
      if (acc.length) words.push(`alone ${(100 * acc[this.lit]).toFixed(1)} %`);
      if (weight.length) words.push(`weight ${Number(weight[this.lit].toPrecision(3))}`);
    } else if (acc.length) {
      words.push(`accuracy alone: ${(100 * Math.min(...acc)).toFixed(1)} % (pale) to ${(100 * Math.max(...acc)).toFixed(1)} %`);
    } else words.push("point at a camera");
    document.getElementById("rig-says").textContent = words.join(" · ");
  }

  under(event) {
    const box = this.canvas.getBoundingClientRect();
    const scale = this.canvas.width / box.width;
    const at = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
    const context = this.canvas.getContext("2d");
    const hit = [...this.shapes].reverse().find((shape) => context.isPointInPath(shape.path, ...at));
    return hit ? hit.view : -1;
  }

  // Half the side of a view: its area is its weight.
  half(view) {
    const { weight } = this.rig;
    const largest = Math.max(...weight, 1e-9);
    return 0.23 * Math.max(weight.length ? Math.sqrt(Math.max(weight[view], 0) / largest) : 1, 0.16);
  }

  colour(view) {
    const { acc } = this.rig;
    if (!acc.length) return rampColour(0.6);
    const [low, high] = [Math.min(...acc), Math.max(...acc)];
    return rampColour(0.15 + 0.75 * (high > low ? (acc[view] - low) / (high - low) : 0.5));
  }

  draw() {
    const size = fitted(this.canvas);
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, size.width, size.height);
    const cloud = this.rig.cloud === null ? { count: 0, xyz: [], rgb: [], boxes: [] } : cloudOf(this.rig.cloud);
    const picture = rasterise(cloud, this.pose, size, 0.32, false, null);
    Object.assign(this.sheet, { width: size.width, height: size.height });
    this.sheet.getContext("2d").putImageData(picture.pixels, 0, 0);
    const m = this.pose.matrix();
    const unit = (Math.min(size.width, size.height) / 2) * 0.78 * this.pose.zoom;
    const flat = (p) => {
      const [x, y, z] = turned(m, p);
      return [size.width / 2 + x * unit, size.height / 2 - y * unit, z];
    };
    const views = this.rig.cameras.map((camera, view) => ({ view, camera, z: flat(camera.slice(0, 3))[2] }));
    views.sort((a, b) => a.z - b.z);
    this.shapes = [];
    views.filter(({ z }) => z < 0).forEach((one) => this.drawView(context, one, flat, size.ratio));
    context.drawImage(this.sheet, 0, 0);
    views.filter(({ z }) => z >= 0).forEach((one) => this.drawView(context, one, flat, size.ratio));
    this.canvas.dataset.drawn = [this.pose.yaw, this.pose.pitch, this.pose.zoom].map((v) => v.toFixed(3)).join(" ");
  }

  drawView(context, { view, camera, z }, flat, ratio) {
    const [toward, right, down] = [camera.slice(0, 3), camera.slice(3, 6), camera.slice(6, 9)];
    const half = this.half(view);
    const corner = (a, b) => flat(toward.map((value, axis) => value + half * (a * right[axis] + b * down[axis])));
    const corners = [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
    const near = flat(toward.map((value) => 0.45 * value));
    context.strokeStyle = themeColour("hairline");
    context.lineWidth = ratio;
    context.beginPath();
    for (const [x, y] of corners) {
      context.moveTo(near[0], near[1]);
      context.lineTo(x, y);
    }
    context.stroke();
    const path = new Path2D();
    corners.forEach(([x, y], i) => (i ? path.lineTo(x, y) : path.moveTo(x, y)));
    path.closePath();
    this.shapes.push({ path, view });
    const image = this.images[view];
    context.save();
    // Views at the back are paler.
    context.globalAlpha = this.lit === view ? 1 : 0.72 + 0.28 * Math.min(Math.max(z + 0.5, 0), 1);
    if (image?.complete && image.naturalWidth) {
      const [a, b, , d] = corners;
      const [w, h] = [image.naturalWidth, image.naturalHeight];
      context.setTransform((b[0] - a[0]) / w, (b[1] - a[1]) / w, (d[0] - a[0]) / h, (d[1] - a[1]) / h, a[0], a[1]);
      context.drawImage(image, 0, 0);
      context.setTransform(1, 0, 0, 1, 0, 0);
    } else {
      context.fillStyle = css(this.colour(view), 0.8);
      context.fill(path);
    }
    context.strokeStyle = css(this.colour(view));
    context.lineWidth = (this.lit === view ? 5 : 3) * ratio;
    context.lineJoin = "round";
    context.stroke(path);
    context.restore();
    this.number(context, view, corners[0], ratio);
  }

  number(context, view, [x, y], ratio) {
    const colour = this.colour(view);
    context.fillStyle = css(colour);
    context.beginPath();
    context.arc(x, y, 8.5 * ratio, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = isBright(colour) ? "#111418" : "#ffffff";
    context.font = `600 ${10 * ratio}px ${getComputedStyle(document.body).fontFamily}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(view, x, y + 0.5 * ratio);
  }
}
