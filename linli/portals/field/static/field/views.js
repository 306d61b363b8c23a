// What is shown of the device's store: the line above each page, the outbox, and pages while there is no signal.
import * as store from "./store.js";
import { asFile, state, sync } from "./outbox.js";

const A_DAY = 24 * 3600 * 1000;
const TOLERANCE = 5 * 60 * 1000;
const STATES = { waiting: "soon", refused: "late", conflict: "late", sent: "good" };

export function word(name, given = {}) {
  const said = document.getElementById("field-words").content.querySelector(`[data-word="${name}"]`).textContent;
  return said.replace(/\{(\w+)\}/g, (_whole, key) => given[key] ?? "");
}

function moment(time) {
  return new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }).format(time);
}

function part(tag, text = "", name = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = name;
  return made;
}

function from(html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  return box.content;
}

export async function showState() {
  const line = document.querySelector("[data-state]");
  if (!store.able) { line.textContent = word("online_only"); return; }
  const waiting = await store.mine(await store.unsent());
  const ahead = (await store.get("codes", "ahead")) ?? 0;
  const said = [];
  if (!navigator.onLine) said.push(word("offline"));
  if (waiting.length) said.push(word("holds", { count: waiting.length }));
  if (state.word) said.push(word(state.word));
  if (waiting.some((item) => Date.now() - item.written > A_DAY)) said.push(word("old"));
  if (Math.abs(ahead) > TOLERANCE) said.push(word("clock", { minutes: Math.round(Math.abs(ahead) / 60_000) }));
  line.textContent = said.join(" ");
  for (const badge of document.querySelectorAll("[data-waiting]")) {
    badge.hidden = !waiting.length;
    badge.textContent = waiting.length;
  }
}

export async function showOutbox() {
  const list = document.querySelector("[data-unsent]");
  if (!list) return;
  const items = await store.all("outbox");
  const own = await store.mine(items);
  const waiting = own.filter((item) => item.state !== "sent");
  const sent = own.filter((item) => item.state === "sent").reverse();
  const empty = part("li", word("all_sent"), "quiet");
  list.replaceChildren(...(waiting.length ? waiting.map(drawn) : [empty]));
  document.querySelector("[data-arrived]").replaceChildren(...sent.map(drawn));
  document.querySelector("[data-arrived-part]").hidden = !sent.length;
  const others = items.filter((item) => item.state !== "sent").length - waiting.length;
  const rest = document.querySelector("[data-others]");
  rest.hidden = !others;
  rest.textContent = word("others", { count: others });
  for (const name of ["send", "save"]) document.querySelector(`[data-${name}]`).hidden = !waiting.length;
}

function drawn(item) {
  const row = part("li", "", "card item");
  row.dataset.key = item.key;
  row.dataset.state = item.state;
  const head = part("p", "", "item__head");
  head.append(part("strong", item.title), " ", part("strong", word(item.state), `tag tag--${STATES[item.state]}`));
  row.append(head);
  if (item.number) row.append(linked(item));
  if (item.error) row.append(part("p", item.error, "item__error"));
  if (item.state === "conflict") row.append(part("h3", word("now")), from(item.now.html), part("h3", word("mine")));
  for (const [label, value] of item.shown ?? []) row.append(part("p", `${label}${/[?？]$/.test(label) ? " " : word("colon")}${value}`, "words"));
  const facts = [word("written", { moment: moment(item.written) })];
  if (item.photos.length) facts.push(word("photos", { count: item.photos.length }));
  if (item.tries) facts.push(word("tried", { count: item.tries }));
  if (item.arrived) facts.push(word("arrived", { moment: moment(item.arrived) }));
  row.append(part("p", facts.join(" · "), "quiet"), buttons(item));
  return row;
}

function linked(item) {
  const line = part("p");
  const link = part("a", item.number);
  link.href = `${document.getElementById("field").dataset.root}cases/${item.number}/`;
  line.append(link);
  return line;
}

function buttons(item) {
  const line = part("div", "", "actions actions--tight");
  if (item.state === "sent") return line;
  const root = document.getElementById("field").dataset.root;
  if (item.state === "conflict" && item.now.open) line.append(button("send_mine", () => again(item, item.now.version)));
  if (item.state === "refused") {
    const place = item.opens ? `new/${item.opens}/` : `cases/${item.number}/`;
    line.append(button("change", () => location.assign(`${root}${place}#item=${item.nr}`)), button("again", () => again(item, item.seen)));
  }
  line.append(button("save", () => save([item])), button("delete", () => confirm(word("really")) && store.remove(item).then(show)));
  return line;
}

function button(name, act) {
  const made = part("button", word(name), "button button--second");
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

async function again(item, seen) {
  const { now, ...rest } = item;
  await store.put("outbox", { ...rest, seen, state: "waiting", error: "" });
  await sync({ asked: true });
  return show();
}

export async function save(items) {
  const link = part("a");
  link.href = URL.createObjectURL(await asFile(items));
  link.download = `linli-${new Date().toISOString().slice(0, 16).replace(":", "")}.json`;
  link.click();
}

export async function show() {
  await showState();
  await showOutbox();
}

// Pages while there is no signal, by their own addresses: what was taken along, and what names nobody.
export async function showShell(root) {
  const place = document.querySelector("[data-shell]");
  if (!place) return;
  const [page, name] = location.pathname.slice(root.length).split("/");
  const drawings = { "": toDo, cases: aCase, new: entering, map: grid, outbox: () => copied("outbox") };
  place.replaceChildren(...[await drawings[page]?.(root, name)].filter(Boolean));
  if (!place.childNodes.length) place.append(part("h1", document.title.split(" – ")[0]), part("p", word("not_here"), "notice"));
  for (const photos of place.querySelectorAll(".photos")) photos.remove(); // they lie on the other side
}

function copied(name) {
  return document.querySelector(`template[data-page="${name}"]`).content.cloneNode(true);
}

async function toDo(root) {
  const made = copied("to_do");
  const cases = (await store.all("day")).sort((one, two) => one.place - two.place);
  const list = part("ul", "", "todo");
  for (const each of cases) {
    const link = part("a", "", "todo__one");
    link.href = `${root}cases/${each.number}/`;
    const until = each.until ? word("until", { moment: moment(each.until) }) : "";
    link.append(part("span", each.summary, "todo__what"), part("span", `${each.stage} ${until}`, "todo__state"),
      part("span", `${each.kind} · ${each.number} · ${each.place_name ?? ""}`, "quiet"));
    const row = part("li");
    row.append(link);
    list.append(row);
  }
  made.append(cases.length ? list : part("p", word("nothing"), "empty"));
  return made;
}

async function aCase(_root, number) {
  const held = await store.get("day", number);
  return held ? from(held.html) : null;
}

async function entering(root, kind) {
  const codes = await store.get("codes", "codes");
  const found = codes?.openings.find((each) => each.kind === kind || codes.openings.length === 1);
  const made = copied("new");
  if (found) made.append(from(found.html));
  for (const each of found ? [] : codes?.openings ?? []) {
    const link = part("a", each.label, "todo__one");
    link.href = `${root}new/${each.kind}/`;
    made.append(link);
  }
  return codes ? made : null;
}

async function grid() {
  const codes = await store.get("codes", "codes");
  return codes ? from(codes.map) : null;
}
