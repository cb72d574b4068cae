// Sort and filter the table of claims. Without this script it is a plain table.
for (const table of document.querySelectorAll("table.audit")) {
  const form = document.querySelector("form.filters");
  const said = form.querySelector("output");
  const rows = Array.from(table.tBodies[0].rows);
  const heads = Array.from(table.tHead.rows[0].cells);

  const filter = () => {
    const words = form.querySelector("input").value.trim().toLowerCase();
    const chosen = Array.from(form.querySelectorAll("select"));
    for (const row of rows) {
      row.hidden = !(
        row.textContent.toLowerCase().includes(words) &&
        chosen.every((one) => !one.value || row.cells[one.dataset.column].dataset.verdict === one.value)
      );
    }
    said.textContent = `${rows.filter((row) => !row.hidden).length} / ${rows.length}`;
  };

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    const key = (row) => row.cells[column].dataset.verdict || (column ? row.cells[column].textContent : row.id);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      rows.sort((a, b) => key(a).localeCompare(key(b)) || a.id.localeCompare(b.id));
      if (down) rows.reverse();
      table.tBodies[0].append(...rows);
    });
  });
  heads[0].setAttribute("aria-sort", "ascending");

  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  filter();
}
