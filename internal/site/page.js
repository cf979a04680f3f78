"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const { examples, synonyms, columns } = JSON.parse($("settings").textContent);
  const body = document.querySelector("#codes tbody");
  const page = 50; // rows that are shown at a time
  const text = (row, selector) => row.querySelector(selector)?.textContent ?? "";
  const plain = (s) => s.toLowerCase().replace(/[^a-z0-9]+/g, " ");
  const split = (name) => name.replace(/([A-Z])/g, " $1");

  const codes = [...body.rows].map((row) => {
    const c = {
      row, code: row.id, name: text(row, "code"), description: text(row, ".d"), severity: text(row, ".s"), outcome: row.dataset.o,
      category: row.dataset.g, action: text(row, ".a span"), technique: [...row.querySelectorAll(".t")].map((a) => a.textContent),
      credential: row.querySelector(".c")?.dataset.c ?? "",
    };
    c.key = c.name.toLowerCase();
    c.texts = [[c.description, 4], [split(c.name), 3], [c.category, 2], [c.action + " " + c.technique.join(" "), 1]].map(([s, n]) => [" " + plain(s), n]);
    return c;
  });
  const byCode = new Map(codes.map((c) => [c.code, c]));
  const weight = { info: 1, low: 2, medium: 3, high: 4, critical: 5 };
  const fillers = new Set("a an and by for from in is of on or the to was with".split(" "));
  const stem = (w) => ["ing", "ed", "es", "s"].reduce((r, e) => (r === w && w.endsWith(e) && w.length - e.length >= 4 ? w.slice(0, -e.length) : r), w);

  // named returns the codes that a text names: after AADSTS, after a label, or alone if the catalog has them.
  function named(q) {
    const found = [];
    q = q.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/gi, " ");
    for (const m of q.matchAll(/(?:AADSTS|error[\s_-]*codes?\W{0,4})\s*(\d{1,9})|(?<![\w.:+\-/])(\d{5,9})(?![\w\-/])/gi)) {
      const c = byCode.get(String(Number(m[1] ?? m[2])));
      if (c && !found.includes(c)) found.push(c);
    }
    return found;
  }

  function find(q) {
    q = q.trim();
    const digits = /^(?:AADSTS)?\s*(\d+)$/i.exec(q);
    if (digits) return codes.filter((c) => c.code.startsWith(digits[1])).sort((a, b) => a.code.length - b.code.length || a.code - b.code);
    if (!q) return codes;
    const pasted = named(q);
    if (pasted.length) return pasted;
    const name = plain(q).replace(/ /g, "");
    const terms = plain(q).split(" ").filter((w) => w && !fillers.has(w)).map((w) => synonyms[w] ?? [stem(w)]);
    if (!terms.length) return [];
    const rank = (c) => {
      if (name && c.key === name) return 3e6;
      if (name.length > 4 && c.key.startsWith(name)) return 2e6;
      if (name.length > 4 && c.key.includes(name)) return 1e6;
      let sum = 0;
      for (const t of terms) {
        const hit = c.texts.find(([s]) => t.some((w) => s.includes(" " + w)));
        if (!hit) return 0;
        sum += hit[1];
      }
      return sum;
    };
    return codes.map((c) => [rank(c), c]).filter(([r]) => r).sort(([r, a], [s, b]) => s - r || weight[b.severity] - weight[a.severity] || a.code - b.code).map(([, c]) => c);
  }

  const copies = {
    text: (c) => `AADSTS${c.code}${c.name ? " " + c.name : ""} (${c.severity}): ${c.description}${c.action ? " Next: " + c.action : ""}`,
    JSON: (c) => JSON.stringify({ code: Number(c.code), name: c.name, description: c.description, severity: c.severity, outcome: c.outcome,
      category: c.category, action: c.action, techniques: c.technique, credential: c.credential }),
    "CSV row": (c) => columns.join(",") + "\n" + columns.map((k) => {
      const v = k === "technique" ? c.technique.join(" ") : k === "source" ? "" : c[k];
      return /[",]/.test(v) ? '"' + v.replaceAll('"', '""') + '"' : v;
    }).join(",") + "\n",
  };
  async function copy(s) {
    try {
      await navigator.clipboard.writeText(s);
    } catch { // a page opened from a file may not have the clipboard
      const area = Object.assign(document.createElement("textarea"), { value: s });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  }
  function withCopy(c) {
    if (!c.row.querySelector(".copy")) {
      const div = document.createElement("div");
      div.className = "copy";
      div.append("Copy:");
      for (const [kind, make] of Object.entries(copies)) {
        const b = Object.assign(document.createElement("button"), { type: "button", textContent: kind });
        b.setAttribute("aria-label", `Copy ${c.code} as ${kind}`);
        b.addEventListener("click", async () => { await copy(make(c)); $("status").textContent = `Copied ${c.code} as ${kind}.`; });
        div.append(b);
      }
      c.row.cells[2].append(div);
    }
    return c.row;
  }

  const filters = ["severity", "outcome", "category", "credential", "technique"];
  let found = [], shown = 0;
  function more() {
    body.append(...found.slice(shown, shown + page).map(withCopy));
    shown = Math.min(shown + page, found.length);
    $("more").hidden = shown === found.length;
  }
  function show() {
    const chosen = filters.map((f) => [f, $(f).value]).filter(([, v]) => v);
    const first = !chosen.length && !$("q").value.trim();
    found = first ? examples.map((c) => byCode.get(String(c))) : find($("q").value).filter((c) => chosen.every(([f, v]) => (f === "technique" ? c[f].includes(v) : c[f] === v)));
    body.replaceChildren();
    shown = 0;
    more();
    $("status").textContent = first ? `The ${found.length} codes that users asked for first, of ${codes.length}. Type to search all of them.`
      : found.length ? `${found.length} code${found.length > 1 ? "s" : ""}` : "No code matches. Microsoft adds codes at any time; its own page may know more.";
  }
  function jump() {
    const code = location.hash.slice(1);
    if (!/^\d+$/.test(code)) return;
    for (const f of filters) $(f).value = "";
    $("q").value = code;
    show();
    byCode.get(code)?.row.scrollIntoView({ block: "nearest" });
  }
  $("form").hidden = false;
  $("form").addEventListener("submit", (e) => e.preventDefault());
  $("form").addEventListener("input", show);
  $("more").addEventListener("click", more);
  addEventListener("hashchange", jump);
  show();
  jump();
})();
