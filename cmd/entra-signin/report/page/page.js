"use strict";
// Tables sort by the buttons in their heads, and filter by what is typed. Without JavaScript they are plain tables.
for (const table of document.querySelectorAll("table[data-tools]")) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const value = (row, i) => row.cells[i].dataset.v ?? row.cells[i].textContent.trim();
  [...table.tHead.rows[0].cells].forEach((head, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const numbers = head.classList.contains("n") || head.dataset.n !== undefined;
      const was = head.getAttribute("aria-sort");
      const down = was ? was === "ascending" : numbers && head.dataset.n !== "up";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      rows.sort((a, b) => {
        const x = value(a, i), y = value(b, i);
        return (down ? -1 : 1) * (numbers ? x - y : x.localeCompare(y, "en"));
      });
      body.append(...rows);
    });
  });
  const tools = document.createElement("div");
  tools.className = "tools";
  const name = table.caption.textContent.trim();
  const field = (text, input) => {
    const label = document.createElement("label");
    label.append(text, input);
    tools.append(label);
    return input;
  };
  const words = field("Filter", Object.assign(document.createElement("input"), { type: "search" }));
  words.setAttribute("aria-label", "Filter: " + name);
  const choices = (table.dataset.tools || "").split(" ").filter(Boolean).map((of) => {
    const select = document.createElement("select");
    select.append(new Option("all", ""));
    for (const word of new Set(rows.map((r) => r.dataset[of]))) if (word) select.append(new Option(word, word));
    field(of[0].toUpperCase() + of.slice(1), select).setAttribute("aria-label", of + ": " + name);
    return [of, select];
  });
  const told = document.createElement("output");
  tools.append(told);
  const filter = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !wanted.every((w) => text.includes(w)) || choices.some(([of, s]) => s.value && row.dataset[of] !== s.value);
      if (!row.hidden) shown++;
    }
    told.textContent = shown === rows.length ? "" : shown + " of " + rows.length;
  };
  words.addEventListener("input", filter);
  for (const [, select] of choices) select.addEventListener("change", filter);
  if (rows.length > 3) table.closest(".scroll").before(tools);
}
addEventListener("beforeprint", () => {
  for (const d of document.querySelectorAll("details:not([open])")) { d.open = true; d.dataset.printed = ""; }
});
addEventListener("afterprint", () => {
  for (const d of document.querySelectorAll("details[data-printed]")) { d.open = false; delete d.dataset.printed; }
});
