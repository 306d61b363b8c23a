// Sending what waits: one thing after the other, one tab at a time, nothing deleted before its receipt has come.
import * as store from "./store.js";

const PATIENCE = 45_000;
const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 600_000;
const STUBBORN = 3; // whatever fails so often lets the others go first
const told = "BroadcastChannel" in window ? new BroadcastChannel("linli-field") : null;
const listeners = [];
let root = "";
let later = 0;

export const state = { word: "", pausedUntil: 0, pause: 0 };

export function begin(address) {
  root = address;
  if (told) told.onmessage = () => say(state.word, { quietly: true });
}

export const whenChanged = (act) => listeners.push(act);

export function say(word, { quietly = false } = {}) {
  state.word = word;
  for (const act of listeners) act();
  if (!quietly) told?.postMessage("");
}

// An answer of the other side as far as it is one: a page of some network in between has no JSON.
export async function ask(path, options = {}) {
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    const answer = await fetch(root + path, { redirect: "error", cache: "no-store", signal, ...options });
    const body = await answer.json().catch(() => null);
    const wait = Number(answer.headers.get("Retry-After")) * 1000 || 0;
    return { status: body === null ? 0 : answer.status, body: body ?? {}, wait };
  } catch {
    return { status: 0, body: {}, wait: 0 };
  }
}

export async function hello() {
  const answer = await ask("hello/");
  if (answer.status === 200) {
    await store.belongsTo(answer.body.who);
    await store.put("codes", Date.now() - answer.body.now, "ahead");
  }
  if (answer.status === 401) await store.within(["day"], (day) => day.clear());
  return answer;
}

export async function sync({ asked = false } = {}) {
  if (!asked && Date.now() < state.pausedUntil) return;
  if (!navigator.locks) return run();
  return navigator.locks.request("linli-outbox", { ifAvailable: true }, (lock) => lock && run());
}

async function run() {
  const waiting = (await store.mine(await store.unsent())).filter((item) => item.state === "waiting");
  if (!waiting.length) return say("");
  say("sending");
  const here = await hello();
  if (here.status !== 200) return stop(here);
  waiting.sort((one, two) => (one.tries >= STUBBORN) - (two.tries >= STUBBORN) || one.nr - two.nr);
  for (const { nr, who } of waiting) {
    const item = await store.get("outbox", nr);
    if (who !== here.body.who || item?.state !== "waiting") continue;
    const trouble = await send(item, here.body.token);
    if (trouble) {
      await store.put("outbox", { ...item, tries: item.tries + 1 });
      return stop(trouble);
    }
    say("sending");
  }
  state.pause = state.pausedUntil = 0;
  say("");
}

function stop(answer) {
  state.pause = Math.min(Math.max(FIRST_PAUSE, state.pause * 2), LONGEST_PAUSE);
  const pause = Math.max(answer.wait, state.pause);
  state.pausedUntil = Date.now() + pause;
  clearTimeout(later);
  later = setTimeout(() => sync({ asked: true }), pause);
  say(answer.status === 401 ? "sign_in" : navigator.onLine ? "trouble" : "");
}

// Nothing when the item is settled one way or the other; else the answer that stops the run.
async function send(item, token, { anew = true } = {}) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  for (const photo of item.photos.filter((each) => !each.sent)) {
    const answer = await sendPhoto(photo, token);
    if (answer.status === 200 && answer.body.key === photo.key) photo.sent = true;
    else return settled(item, answer);
    await store.put("outbox", item);
  }
  const answer = await ask(`outbox/${item.key}/`, { method: "POST", headers, body: bodyOf(item) });
  if ([200, 201].includes(answer.status) && answer.body.key === item.key) {
    await store.received(item, { number: answer.body.number, arrived: await serverTime() });
    return null;
  }
  if (answer.body.error?.code === "photos_missing" && anew) {
    for (const photo of item.photos) photo.sent &&= !answer.body.error.photos.includes(photo.key);
    return send(item, token, { anew: false });
  }
  return settled(item, answer);
}

async function sendPhoto(photo, token) {
  const kept = await store.get("photos", photo.key);
  const content = await kept.blob.arrayBuffer();
  const digest = [...new Uint8Array(await crypto.subtle.digest("SHA-256", content))];
  const hex = digest.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const headers = { "Content-Type": "image/jpeg", "X-CSRFToken": token, "X-SHA256": hex };
  return ask(`photos/${photo.key}/`, { method: "PUT", headers, body: content });
}

// The same bytes each time: by them the other side knows that it is the same thing once more.
function bodyOf({ opens, number, step, seen, fields, photos, written }) {
  const pictures = photos.map(({ field, key }) => [field, key]);
  return JSON.stringify({ opens, number, step, seen, fields, photos: pictures, written_at: written });
}

async function settled(item, answer) {
  const error = answer.body.error;
  const final = answer.status >= 400 && answer.status < 500 && ![401, 429].includes(answer.status);
  if (!final || !error || error.code === "damaged" || error.code === "photos_missing") return answer;
  const said = [error.sentence, ...Object.values(error.fields ?? {}).flat()].join(" ");
  const conflict = error.code === "stale" ? { state: "conflict", now: error } : { state: "refused" };
  await store.put("outbox", { ...item, ...conflict, error: said, tries: item.tries + 1 });
  return null;
}

async function serverTime() {
  return Date.now() - ((await store.get("codes", "ahead")) ?? 0);
}

// Cases to take along: what the device holds already is not handed out again.
export async function takeAlong() {
  for (let turn = 0; turn < 20; turn += 1) {
    const held = new Map((await store.all("day")).map((each) => [each.number, each]));
    const known = [...held.values()].map((each) => `${each.number}:${each.version}`).join(",");
    const answer = await ask(`day/?held=${encodeURIComponent(known)}`);
    if (answer.status !== 200) return;
    const at = Date.now();
    const cases = answer.body.cases.map((each, place) => ({ ...held.get(each.number), ...each, place, at }));
    await store.within(["day"], (day) => {
      day.clear();
      for (const each of cases.filter((one) => one.html)) day.put(each);
    });
    if (!answer.body.more) return;
  }
}

export async function fetchCodes() {
  const answer = await ask("codes/");
  if (answer.status === 200) await store.put("codes", answer.body, "codes");
}

// What is stuck leaves as a file: everything that was written, photos too.
export async function asFile(items) {
  const whole = await Promise.all(items.map(async (item) => {
    const photos = await Promise.all(item.photos.map(async (photo) => {
      const kept = await store.get("photos", photo.key);
      return { ...photo, jpeg: kept ? await asText(kept.blob) : null };
    }));
    return { ...item, photos };
  }));
  return new Blob([JSON.stringify(whole, null, 1)], { type: "application/json" });
}

function asText(blob) {
  return new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.readAsDataURL(blob);
  });
}
