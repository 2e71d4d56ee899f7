// Draws the confusion matrix: rows are the truth, columns are predictions.
class MatrixView {
  constructor(canvas, matrix) {
    this.canvas = canvas;
    this.matrix = matrix;
    this.counts = new Map(matrix.cells.map(([r, c, n]) => [r * matrix.columns.length + c, n]));
    this.totals = matrix.rows.map(() => 0);
    this.diagonal = matrix.rows.map(() => 0);
    for (const [r, c, n] of matrix.cells) {
      this.totals[r] += n;
      if (matrix.rows[r] === matrix.columns[c]) this.diagonal[r] = n;
    }
    this.cursor = null;
    this.arrange("list");
    this.ask = drawnInSight(canvas.parentElement, () => this.draw());
    const order = document.getElementById("matrix-order");
    order.addEventListener("change", () => {
      this.arrange(order.value);
      this.point(null);
      this.ask();
    });
    canvas.addEventListener("pointermove", (event) => this.point(this.under(event)));
    canvas.addEventListener("pointerdown", (event) => this.point(this.under(event)));
    canvas.addEventListener("pointerleave", () => this.point(null));
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  // Rows and columns (their numbers in the data) in the order in which they are drawn.
  arrange(order) {
    const { rows, columns, similar } = this.matrix;
    let classes = [...new Set([...rows, ...columns])].sort((a, b) => a - b);
    if (order === "similar") classes = similar;
    if (order === "worst") {
      const accuracy = new Map(rows.map((one, r) => [one, this.diagonal[r] / this.totals[r]]));
      classes.sort((a, b) => (accuracy.get(a) ?? 2) - (accuracy.get(b) ?? 2) || a - b);
    }
    const place = new Map(classes.map((one, i) => [one, i]));
    const sorted = (all) => all.map((_, i) => i).sort((a, b) => place.get(all[a]) - place.get(all[b]));
    this.rowOrder = sorted(rows);
    this.columnOrder = sorted(columns);
  }

  name(number) {
    const name = this.matrix.classes[number];
    return name.length > 26 ? `${name.slice(0, 16)}…${name.slice(-9)}` : name;
  }

  draw() {
    const { rows, columns } = this.matrix;
    const context = this.canvas.getContext("2d");
    const room = this.canvas.parentElement.clientWidth;
    const font = (px) => `${px}px ${getComputedStyle(document.body).fontFamily}`;
    context.font = font(11);
    const widest = (all) => Math.max(...all.map((one) => context.measureText(this.name(one)).width));
    const left = Math.ceil(widest(rows)) + 12;
    const cell = Math.min(Math.max(Math.floor((room - left - 30) / columns.length), 5), 60);
    const top = Math.ceil(widest(columns) * (cell < 24 ? 1 : 0.72)) + 14;
    const [width, height] = [left + cell * columns.length + (cell < 24 ? 12 : 60), top + cell * rows.length + 6];
    this.place = { left, top, cell };
    const ratio = Math.min(devicePixelRatio || 1, 2);
    Object.assign(this.canvas, { width: width * ratio, height: height * ratio });
    Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    context.scale(ratio, ratio);
    const every = Math.max(1, Math.ceil(11 / cell));
    const [ink, grey, hairline] = ["ink", "grey", "hairline"].map(themeColour);
    this.drawCells(context, cell, left, top, font);
    context.strokeStyle = hairline;
    context.lineWidth = 1;
    context.strokeRect(left - 0.5, top - 0.5, cell * columns.length + 1, cell * rows.length + 1);
    context.font = font(Math.min(11, Math.max(cell, 9)));
    context.textBaseline = "middle";
    this.rowOrder.forEach((r, i) => {
      if (i % every && this.cursor?.i !== i) return;
      context.textAlign = "right";
      context.fillStyle = this.cursor?.i === i ? ink : grey;
      context.fillText(this.name(rows[r]), left - 6, top + (i + 0.5) * cell);
    });
    this.columnOrder.forEach((c, j) => {
      if (j % every && this.cursor?.j !== j) return;
      context.save();
      context.translate(left + (j + 0.5) * cell, top - 6);
      context.rotate(cell < 24 ? -Math.PI / 2 : -Math.PI / 4);
      context.textAlign = "left";
      context.fillStyle = this.cursor?.j === j ? ink : grey;
      context.fillText(this.name(columns[c]), 0, 0);
      context.restore();
    });
    if (this.cursor) {
      context.strokeStyle = ink;
      context.lineWidth = 2;
      context.strokeRect(left + this.cursor.j * cell - 1, top + this.cursor.i * cell - 1, cell + 2, cell + 2);
    }
    this.canvas.dataset.drawn = `${rows.length} ${columns.length}`;
  }

  drawCells(context, cell, left, top, font) {
    const { rows, columns } = this.matrix;
    const gap = cell >= 8 ? 1 : 0;
    const line = themeColour("hairline");
    this.rowOrder.forEach((r, i) => this.columnOrder.forEach((c, j) => {
      const [x, y] = [left + j * cell, top + i * cell];
      const count = this.counts.get(r * columns.length + c) || 0;
      const same = rows[r] === columns[c];
      if (count) {
        const share = count / this.totals[r];
        const colour = rampColour(share);
        context.fillStyle = css(colour);
        context.fillRect(x, y, cell - gap, cell - gap);
        if (cell >= 26) {
          context.fillStyle = isBright(colour) ? "#111418" : "#ffffff";
          context.font = font(10);
          context.textAlign = "center";
          context.textBaseline = "middle";
          context.fillText(Math.round(100 * share), x + cell / 2, y + cell / 2);
        }
      } else if (same && cell >= 8) {
        context.strokeStyle = line;
        context.lineWidth = 1;
        context.strokeRect(x + 1.5, y + 1.5, cell - 4, cell - 4);
      }
    }));
  }

  under(event) {
    if (!this.place) return null;
    const box = this.canvas.getBoundingClientRect();
    const { left, top, cell } = this.place;
    const j = Math.floor((event.clientX - box.left - left) / cell);
    const i = Math.floor((event.clientY - box.top - top) / cell);
    return i >= 0 && j >= 0 && i < this.rowOrder.length && j < this.columnOrder.length ? { i, j } : null;
  }

  key(event) {
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    if (!steps[event.key]) return;
    event.preventDefault();
    const [di, dj] = steps[event.key];
    const { i, j } = this.cursor || { i: -di, j: -dj };
    const within = (value, count) => Math.min(Math.max(value, 0), count - 1);
    this.point({ i: within(i + di, this.rowOrder.length), j: within(j + dj, this.columnOrder.length) });
  }

  point(cursor) {
    if (cursor?.i === this.cursor?.i && cursor?.j === this.cursor?.j) return;
    this.cursor = cursor;
    this.ask();
    const says = document.getElementById("matrix-says");
    if (!cursor) {
      says.textContent = "Point at a cell, or move with the arrow keys.";
      return;
    }
    const { rows, columns, classes, unit } = this.matrix;
    const [r, c] = [this.rowOrder[cursor.i], this.columnOrder[cursor.j]];
    const count = this.counts.get(r * columns.length + c) || 0;
    const share = ((100 * count) / this.totals[r]).toFixed(1);
    const verb = rows[r] === columns[c] ? "called by its name" : `called ${classes[columns[c]]}`;
    says.textContent = `${classes[rows[r]]} was ${verb}: ${count} of ${this.totals[r]} ${unit}, ${share} %`;
  }
}
