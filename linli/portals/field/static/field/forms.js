// Forms of the field app: filled in as ever, kept on the device first, then sent. Photos are made small before that.
import * as store from "./store.js";
import { sync } from "./outbox.js";
import { word } from "./views.js";

const LONGEST_SIDE = 1600;
const QUALITY = 0.85;
const NOT_CONTENT = new Set(["csrfmiddlewaretoken", "seen", "sent"]);

export function listen(root) {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-outbox]") || event.submitter?.name || !onlyPhotos(form)) return;
    event.preventDefault();
    if (form.dataset.busy || !form.reportValidity()) return;
    form.dataset.busy = "yes";
    keep(form)
      .then(() => location.assign(`${root}outbox/`))
      .catch((trouble) => tell(form, trouble))
      .finally(() => delete form.dataset.busy);
  }, { capture: true });
  document.addEventListener("change", (event) => {
    const names = document.getElementById(event.target.dataset?.files ?? "");
    if (names) names.textContent = [...event.target.files].map((file) => file.name).join("、");
  });
  document.addEventListener("input", (event) => suggest(event.target));
}

function onlyPhotos(form) {
  return [...form.querySelectorAll("input[type=file]")].every((input) => input.accept.startsWith("image/"));
}

function tell(form, trouble) {
  const name = trouble.name === "QuotaExceededError" ? "full" : "unreadable";
  form.querySelector("[data-said]").textContent = word(name);
}

async function keep(form) {
  form.querySelector("[data-said]").textContent = word("saving");
  const before = form.dataset.item ? await store.get("outbox", Number(form.dataset.item)) : null;
  await addPosition(form);
  const fields = [];
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && !NOT_CONTENT.has(name)) fields.push([name, value]);
  }
  const pictures = await picturesOf(form);
  const added = pictures.map(({ key, field, blob }) => ({ key, field, size: blob.size, sent: false }));
  const photos = [...(before?.photos ?? []), ...added];
  const { opens, number, step, seen, title } = form.dataset;
  const item = {
    ...(before ? { nr: before.nr } : {}),
    key: before?.key ?? crypto.randomUUID(),
    who: await store.get("codes", "who"),
    opens: opens ?? "", number: number ?? "", step: step ?? "", seen: Number(seen ?? 0), title,
    fields, shown: shown(form), photos,
    written: before?.written ?? Date.now(), tries: 0, state: "waiting", error: "",
    bytes: photos.reduce((sum, photo) => sum + photo.size, 0) + 2 * JSON.stringify(fields).length,
  };
  await store.add(item, pictures);
  navigator.storage?.persist?.();
  await Promise.race([sync({ asked: true }), new Promise((done) => setTimeout(done, 1500))]);
}

// What was filled in, with the words of the page, to be read again while it waits.
function shown(form) {
  const said = [];
  for (const field of form.elements) {
    if (!field.name || NOT_CONTENT.has(field.name) || ["hidden", "file"].includes(field.type)) continue;
    if (["checkbox", "radio"].includes(field.type) && !field.checked) continue;
    if (field.selectedOptions && field.selectedOptions[0] === (field.querySelector("[selected]") ?? field.options[0])) continue;
    const value = field.selectedOptions ? [...field.selectedOptions].map((each) => each.text).join("、") : field.value;
    const label = field.closest("fieldset")?.querySelector("legend") ?? field.labels?.[0];
    const words = ["checkbox", "radio"].includes(field.type) ? field.labels?.[0]?.textContent : value;
    if (value.trim()) said.push([label?.firstChild?.textContent.trim() ?? field.name, words.trim()]);
  }
  return said;
}

// A position is taken here and nowhere else: once, when something is saved, if the box was ticked.
async function addPosition(form) {
  const ticked = form.querySelector("[data-position] input")?.checked;
  if (!ticked) return;
  const ask = (done, failed) => navigator.geolocation.getCurrentPosition(done, failed, { enableHighAccuracy: true, timeout: 10_000 });
  try {
    const { coords } = await new Promise(ask);
    form.elements.longitude.value = coords.longitude.toFixed(6);
    form.elements.latitude.value = coords.latitude.toFixed(6);
  } catch {
    form.querySelector("[data-said]").textContent = word("no_position");
  }
}

async function picturesOf(form) {
  const pictures = [];
  for (const input of form.querySelectorAll("input[type=file]")) {
    for (const file of input.files) {
      pictures.push({ key: crypto.randomUUID(), field: input.name, blob: await shrunk(file) });
    }
  }
  return pictures;
}

// At most 1,600 pixels long, as JPEG: what the camera noted beside the picture (place, time, owner) stays behind.
async function shrunk(file) {
  const address = URL.createObjectURL(file);
  try {
    const picture = new Image();
    picture.src = address;
    await picture.decode();
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.naturalWidth, picture.naturalHeight));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.naturalWidth * scale);
    canvas.height = Math.round(picture.naturalHeight * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    canvas.width = canvas.height = 0; // gives the memory back at once
    if (!blob) throw new TypeError("no picture");
    return blob;
  } finally {
    URL.revokeObjectURL(address);
  }
}

// The category whose name shares most pairs of characters with what is typed; the person decides.
function suggest(box) {
  const form = box.closest?.("form[data-opens]");
  const offer = form?.querySelector("[data-perhaps]");
  if (!offer || box.tagName !== "TEXTAREA") return;
  const select = document.getElementById(offer.dataset.perhaps);
  const pairs = (text) => new Set([...text].slice(0, -1).map((each, place) => each + text[place + 1]));
  const said = pairs(box.value);
  const counted = [...select.options].filter((each) => each.value)
    .map((each) => [[...pairs(each.text)].filter((pair) => said.has(pair)).length, each]);
  const most = Math.max(0, ...counted.map(([count]) => count));
  const best = counted.filter(([count]) => count === most);
  offer.hidden = !most || best.length !== 1 || best[0][1].selected;
  if (offer.hidden) return;
  const button = offer.querySelector("button");
  button.textContent = word("perhaps", { name: best[0][1].text });
  button.onclick = () => { select.value = best[0][1].value; offer.hidden = true; };
}

// Once a form is on the page: what this browser can do, and what is being changed.
export async function prepare() {
  for (const part of document.querySelectorAll("[data-position]")) part.hidden = !navigator.geolocation;
  const nr = Number(new URLSearchParams(location.hash.slice(1)).get("item"));
  const item = nr ? await store.get("outbox", nr) : null;
  const form = item && document.querySelector(item.opens ? `form[data-opens="${item.opens}"]` : `form[data-step="${item.step}"]`);
  if (!form || item.state === "sent" || !(await store.mine([item])).length) return;
  form.dataset.item = nr;
  form.closest("details")?.setAttribute("open", "");
  for (const field of form.elements) {
    const given = item.fields.filter(([name]) => name === field.name).map(([, value]) => value);
    if (["checkbox", "radio"].includes(field.type)) field.checked = given.includes(field.value);
    else if (given.length && !["hidden", "file"].includes(field.type)) field.value = given[0];
  }
}
