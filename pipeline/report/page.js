"use strict";
// Everything that comes from a document is set as text, never as markup. Offsets count code points, as everywhere.
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const PAGE = 100;
const state = { search: "", year: "", place: "", money: "", confidence: 0, type: "", sort: "", down: false, shown: PAGE };
let found = data.events;
let position = -1;

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function strip(share, rail = true) {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  picture.setAttribute("viewBox", "0 0 100 10");
  picture.setAttribute("preserveAspectRatio", "none");
  picture.setAttribute("aria-hidden", "true");
  for (const [kind, width] of rail ? [["rail", 100], ["bar", share]] : [["bar", share]]) {
    const part = document.createElementNS(space, "rect");
    part.setAttribute("class", kind);
    part.setAttribute("width", width);
    part.setAttribute("height", 10);
    picture.append(part);
  }
  return picture;
}

// ---- the list -------------------------------------------------------------------------------------------------

const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");
for (const event of data.events) {
  const words = [event.kind, event.day, event.doc, event.quote, ...event.words];
  event.folded = fold(words.join("\n"));
}

function fits(event, but = "") {
  return (!state.type || but === "type" || event.type === state.type)
    && (!state.year || event.years.includes(state.year))
    && (!state.place || event.counties.includes(state.place))
    && (!state.money || (event.amount !== "") === (state.money === "1"))
    && event.confidence * 100 >= state.confidence
    && state.search.split(/\s+/).every((word) => event.folded.includes(fold(word)));
}

function compare(one, other) {
  const [a, b] = [one, other].map((event) => event[state.sort === "amount" ? "size" : state.sort]);
  const [emptyA, emptyB] = [a, b].map((value) => value === "" || value === null);
  if (emptyA || emptyB) return emptyA - emptyB;  // what is not known comes last either way
  return (typeof a === "number" ? a - b : a.localeCompare(b, "zh-Hans")) * (state.down ? -1 : 1);
}

function update() {
  found = data.events.filter((event) => fits(event));
  if (state.sort) found.sort(compare);
  byId("rows").replaceChildren(...found.slice(0, state.shown).map(row));
  if (!found.length) {
    const empty = element("td", { class: "none", colspan: 6 }, "没有符合条件的事件；放宽条件再试。");
    byId("rows").append(element("tr", { class: "nothing" }, empty));
  }
  byId("found").textContent = `共 ${data.events.length} 件，符合条件 ${found.length} 件${data.left_out ? `（另有 ${data.left_out} 件可信度较低，未列入本页）` : ""}`;
  const rest = found.length - state.shown;
  byId("more").hidden = rest <= 0;
  byId("more").textContent = `再显示 ${Math.min(rest, PAGE)} 件（余 ${rest} 件）`;
  for (const button of byId("types").children) {
    button.setAttribute("aria-pressed", String(button.dataset.type === state.type));
    button.lastChild.textContent = data.events.filter((event) => fits(event, "type") && (!button.dataset.type || event.type === button.dataset.type)).length;
  }
  for (const button of document.querySelectorAll("th button")) {
    const order = button.dataset.sort !== state.sort ? "none" : state.down ? "descending" : "ascending";
    button.parentElement.setAttribute("aria-sort", order);
  }
}

function cell(kind, text) {
  return element("td", { class: text ? kind : `${kind} unknown` }, text || "—");
}

function row(event, index) {
  const open = element("button", { type: "button", class: "open" }, event.title);
  const tags = event.tags.map((text) => element("span", { class: "tag" }, text));
  const made = element("tr", { "data-event": event.id },
    cell("day", event.day),
    element("td", { class: "kindcell" }, element("span", { class: "kind", "data-type": event.type }, event.kind)),
    element("td", { class: "who" }, open, ...tags, element("span", { class: "quote" }, event.quote)),
    cell("amount", event.amount),
    cell("where", event.places.join("、")),
    element("td", { class: "sure" }, `${Math.round(event.confidence * 100)}%`, strip(event.confidence * 100)),
  );
  made.addEventListener("click", () => show(index));
  return made;
}

function change(part) {
  Object.assign(state, { shown: PAGE }, part);
  byId("search").value = state.search;
  byId("year").value = state.year;
  byId("place").value = state.place;
  byId("money-only").value = state.money;
  byId("confidence").value = state.confidence;
  byId("confidence-shown").textContent = `${state.confidence}%`;
  update();
}

function panel(number) {
  for (const button of document.querySelectorAll("#panels button")) button.setAttribute("aria-pressed", String(button.dataset.panel === number));
  for (const part of document.querySelectorAll(".panel")) part.hidden = part.dataset.panel !== number;
}

function options(select, values) {
  for (const value of values) select.append(element("option", { value }, value));
}

options(byId("year"), [...new Set(data.events.flatMap((event) => event.years))].sort());
options(byId("place"), [...new Set(data.events.flatMap((event) => event.counties))].sort((a, b) => a.localeCompare(b, "zh-Hans")));
for (const [type, name] of [["", "全部"], ...Object.entries(data.types)]) {
  if (type && !data.events.some((event) => event.type === type)) continue;
  const chip = element("button", { type: "button", "data-type": type, "aria-pressed": "false" }, name, element("span"));
  chip.addEventListener("click", () => change({ type }));
  byId("types").append(chip);
}
byId("search").addEventListener("input", (input) => change({ search: input.target.value }));
byId("year").addEventListener("change", (input) => change({ year: input.target.value }));
byId("place").addEventListener("change", (input) => change({ place: input.target.value }));
byId("money-only").addEventListener("change", (input) => change({ money: input.target.value }));
byId("confidence").addEventListener("input", (input) => change({ confidence: Number(input.target.value) }));
byId("reset").addEventListener("click", () => change({ search: "", year: "", place: "", money: "", confidence: 0, type: "" }));
byId("more").addEventListener("click", () => { state.shown += PAGE; update(); });
for (const button of document.querySelectorAll("th button")) {
  button.addEventListener("click", () => {
    const sort = button.dataset.sort;
    const fresh = sort !== state.sort;
    change({ sort, down: fresh ? sort === "amount" || sort === "confidence" : !state.down });
  });
}
for (const button of document.querySelectorAll("#panels button")) {
  button.addEventListener("click", () => panel(button.dataset.panel));
}
for (const button of document.querySelectorAll("figure button")) {
  button.addEventListener("click", () => {
    change({ search: "", year: "", place: "", money: "1", confidence: 0, type: "", [button.dataset.filter]: button.dataset.value });
    byId("events").scrollIntoView();
    byId("events").focus({ preventScroll: true });
  });
}

// ---- one event ------------------------------------------------------------------------------------------------

function show(index) {
  position = index;
  const event = found[index];
  byId("detail-title").textContent = `${event.kind}：${event.title}`;
  byId("previous").disabled = index === 0;
  byId("next").disabled = index === found.length - 1;
  byId("facts").replaceChildren(facts(event));
  const source = data.documents[event.doc];
  const page = source.pages.findLast(([start]) => start <= event.evidence[0]);
  byId("source-name").textContent = event.doc + (page ? `，第 ${page[1]} 页` : "") + (source.text === null ? "（没有找到原文，只显示所在句子）" : "");
  byId("source").replaceChildren(...marked(event, source));
  if (!byId("detail").open) byId("detail").showModal();
  byId("detail-title").focus({ preventScroll: true });
  for (const box of [byId("facts"), byId("source"), byId("detail").querySelector(".inside")]) box.scrollTop = 0;
  byId("source").querySelector(".evidence")?.scrollIntoView({ block: "center" });
  byId("detail").querySelector(".inside").scrollTop = 0;
}

function facts(event) {
  const list = element("dl");
  for (const [name, lines] of event.facts) {
    list.append(element("dt", {}, name));
    for (const [text, note] of lines) list.append(element("dd", {}, text, ...(note ? [element("small", {}, note)] : [])));
  }
  return list;
}

// Cuts the text at every border of a span and dresses each piece; a role's name follows the last piece of its span.
function marked(event, source) {
  const begin = source.text === null ? event.evidence[0] : 0;
  const points = Array.from(source.text === null ? event.evidence_text : source.text);
  const end = begin + points.length;
  const inside = ([from, to]) => from >= begin && to <= end;
  const entities = source.entities.filter(inside);
  const roles = event.arguments.filter(inside);
  const cuts = [...new Set([begin, end, ...event.evidence, ...entities.flatMap((e) => [e[0], e[1]]), ...roles.flatMap((r) => [r[0], r[1]])])];
  cuts.sort((a, b) => a - b);
  const pieces = [];
  for (let number = 0; number + 1 < cuts.length; number += 1) {
    const [from, to] = [cuts[number], cuts[number + 1]];
    const text = points.slice(from - begin, to - begin).join("");
    const covers = (span) => span[0] <= from && span[1] >= to;
    const entity = entities.find(covers);
    const mine = roles.filter(covers);
    const names = [covers(event.evidence) && "evidence", entity && "entity", mine.length && "argument",
      mine.some((span) => span[0] === from) && "first", mine.some((span) => span[1] === to) && "last"].filter(Boolean);
    if (!names.length) { pieces.push(text); continue; }
    const piece = element(entity || mine.length ? "mark" : "span", { class: names.join(" "), "data-label": entity ? entity[2] : null, title: entity ? data.labels[entity[2]] : null }, text);
    pieces.push(piece);
    const ending = [...new Set(mine.filter((span) => span[1] === to).map((span) => span[2]))];
    if (ending.length) pieces.push(element("span", { class: "role" }, ending.join("、")));
  }
  return pieces;
}

const legend = Object.entries(data.labels).map(([label, name]) => element("span", {}, element("mark", { class: "entity", "data-label": label }, name)));
byId("legend").append(...legend, element("span", {}, element("mark", { class: "argument first last" }, "本事件的论元")), element("span", {}, element("span", { class: "evidence" }, "依据的句子")));
byId("close").addEventListener("click", () => byId("detail").close());
byId("previous").addEventListener("click", () => show(position - 1));
byId("next").addEventListener("click", () => show(position + 1));
byId("detail").addEventListener("click", (click) => { if (click.target === byId("detail")) byId("detail").close(); });
byId("detail").addEventListener("close", () => byId("rows").children[position]?.querySelector("button")?.focus());
document.addEventListener("keydown", (key) => {
  if (byId("detail").open) {
    if (key.key === "ArrowLeft" && position > 0) show(position - 1);
    if (key.key === "ArrowRight" && position < found.length - 1) show(position + 1);
  } else if (key.key === "/" && !/^(INPUT|SELECT)$/.test(key.target.tagName)) {
    key.preventDefault();
    byId("search").focus();
  }
});
byId("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
});
panel("0");
change({});
