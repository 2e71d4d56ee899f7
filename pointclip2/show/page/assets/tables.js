// Lets tables be sorted and lists be filtered.
const keyOf = (cell) => {
  const text = cell.dataset.value ?? cell.textContent.trim();
  const number = Number(text.replaceAll("−", "-").replaceAll(",", "").replace(/ %$/, ""));
  return text !== "" && Number.isFinite(number) ? number : text;
};

function compared(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  return a.localeCompare(b, undefined, { numeric: true });
}

function makeSortable(table) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const before = head.getAttribute("aria-sort");
      const numbers = head.classList.contains("number");
      // The first click sorts names upwards and figures downwards, so that the best are on top.
      const rising = before ? before !== "ascending" : !numbers;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", rising ? "ascending" : "descending");
      const body = table.tBodies[0];
      const rows = [...body.rows].map((row) => [keyOf(row.cells[column]), row]);
      rows.sort(([a], [b]) => (rising ? 1 : -1) * compared(a, b));
      body.append(...rows.map(([, row]) => row));
    });
  });
}

function makeFilter(input, table) {
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/);
    for (const row of table.tBodies[0].rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
  });
}

function makeChoice(select, cards) {
  select.addEventListener("change", () => {
    for (const card of cards) card.hidden = select.value !== "all" && card.dataset.right !== select.value;
  });
}
