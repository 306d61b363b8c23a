// What lies on this device: what waits to be sent and its photos, the day's cases, and forms and maps that name nobody.
const NAME = "linli-field";
const LONGEST = 24 * 3600 * 1000; // what people wrote is held for a day
const KEPT_RECEIPTS = 50;

export const MOST = 200;
export const LARGEST = 200 * 1024 * 1024;
export const able = window.isSecureContext && "indexedDB" in window && Boolean(window.crypto?.subtle);

let opened;

function promised(request) {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

export function open() {
  opened ??= new Promise((done, failed) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      const made = request.result;
      made.createObjectStore("outbox", { keyPath: "nr", autoIncrement: true });
      made.createObjectStore("photos", { keyPath: "key" });
      made.createObjectStore("day", { keyPath: "number" });
      made.createObjectStore("codes");
    };
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  return opened;
}

// One transaction: all of what `act` does with the stores, or nothing of it, durable when this returns.
export async function within(names, act) {
  const device = await open();
  const turn = device.transaction(names, "readwrite", { durability: "strict" });
  const over = new Promise((done, failed) => {
    turn.oncomplete = () => done();
    turn.onabort = () => failed(turn.error ?? new DOMException("", "AbortError"));
    turn.onerror = () => failed(turn.error);
  });
  act(...names.map((name) => turn.objectStore(name)));
  return over;
}

export async function all(name) {
  return promised((await open()).transaction(name).objectStore(name).getAll());
}

export async function get(name, key) {
  return promised((await open()).transaction(name).objectStore(name).get(key));
}

export const put = (name, value, key) => within([name], (store) => store.put(value, key));

// What is not sent yet, in the order in which it was written: by a number, because clocks of telephones jump.
export async function unsent() {
  return (await all("outbox")).filter((item) => item.state !== "sent");
}

export async function mine(items) {
  const who = await get("codes", "who");
  return items.filter((item) => item.who === who);
}

export async function add(item, photos) {
  const waiting = await unsent();
  const bytes = waiting.reduce((sum, each) => sum + each.bytes, 0) + item.bytes;
  if (waiting.filter((each) => each.nr !== item.nr).length >= MOST || bytes > LARGEST) {
    throw new DOMException("", "QuotaExceededError");
  }
  await within(["outbox", "photos"], (outbox, pictures) => {
    for (const photo of photos) pictures.put(photo);
    outbox.put(item);
  });
}

export async function remove(item) {
  await within(["outbox", "photos"], (outbox, pictures) => {
    for (const photo of item.photos) pictures.delete(photo.key);
    outbox.delete(item.nr);
  });
}

// The receipt stays for a while, without what was written; the photos go with it.
export async function received(item, receipt) {
  const old = (await all("outbox")).filter((each) => each.state === "sent").slice(0, -KEPT_RECEIPTS);
  const { nr, key, who, title, written } = item;
  const kept = { nr, key, who, title, written, bytes: 0, photos: [], state: "sent", ...receipt };
  await within(["outbox", "photos"], (outbox, pictures) => {
    for (const photo of item.photos) pictures.delete(photo.key);
    for (const each of old) outbox.delete(each.nr);
    outbox.put(kept);
  });
}

// Whoever signs out, or finds somebody else's things here, leaves nothing but what they have not sent yet.
export async function wipe() {
  const sent = (await all("outbox")).filter((item) => item.state === "sent");
  await within(["outbox", "day", "codes"], (outbox, day, codes) => {
    for (const item of sent) outbox.delete(item.nr);
    day.clear();
    codes.clear();
  });
}

export async function belongsTo(who) {
  const before = await get("codes", "who");
  if (before === who) return;
  await wipe();
  await put("codes", who, "who");
}

export async function dropOldDay() {
  const old = (await all("day")).filter((each) => !(Math.abs(Date.now() - each.at) < LONGEST));
  if (old.length) await within(["day"], (day) => old.forEach((each) => day.delete(each.number)));
}
