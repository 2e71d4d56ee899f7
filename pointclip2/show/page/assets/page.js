// Connects the page's parts with their scripts.
for (const card of document.querySelectorAll(".card")) {
  // A room is looked into from above, over its walls.
  const pose = card.classList.contains("scene") ? new Pose({ yaw: 0.6, pitch: 0.8, zoom: 1 }) : new Pose();
  const views = [...card.querySelectorAll("canvas[data-cloud]")].map((canvas) => new CloudView(canvas, pose));
  const buttons = [...card.querySelectorAll(".legend button")];
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const pressed = button.getAttribute("aria-pressed") !== "true";
      buttons.forEach((other) => other.setAttribute("aria-pressed", String(pressed && other === button)));
      views.forEach((view) => view.keep(pressed ? button.dataset.colour : null));
    });
  }
}

const rigCanvas = document.getElementById("rig");
if (rigCanvas && DATA.rig) new RigView(rigCanvas, DATA.rig);

const matrixCanvas = document.getElementById("matrix");
if (matrixCanvas && DATA.matrix) new MatrixView(matrixCanvas, DATA.matrix);

document.querySelectorAll("table.sortable").forEach(makeSortable);

for (const list of ["options", "predictions"]) {
  const filter = document.getElementById(`${list}-filter`);
  if (filter) makeFilter(filter, document.getElementById(`${list}-table`));
}

const choice = document.getElementById("samples-shown");
if (choice) makeChoice(choice, document.querySelectorAll(".card"));

for (const dot of document.querySelectorAll(".curve circle")) {
  const say = () => (document.getElementById("curve-says").textContent = dot.dataset.says);
  dot.addEventListener("pointerenter", say);
  dot.addEventListener("focus", say);
}

document.documentElement.dataset.ready = "true";
