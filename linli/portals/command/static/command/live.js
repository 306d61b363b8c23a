// Comfort only: without this file the page is looked at again by its link, a wall by its header.
"use strict";

const region = document.querySelector("[data-live]");
const said = document.querySelector("[data-live-said]");
let etag = region?.dataset.etag;
let asking = false;

// How many seconds ago the picture was true: as old as it said it was, and as long as nobody has said it still is.
let seen = Date.now();
function age() {
  for (const each of region.querySelectorAll("[data-ago]")) {
    const seconds = Math.max(0, Math.round((Date.now() - seen) / 1000));
    each.textContent = each.dataset.words.replace("{seconds}", seconds);
  }
}

// What is read or pressed at this moment is found again in the new picture.
function put(text) {
  const held = region.contains(document.activeElement) ? document.activeElement : null;
  const open = [...region.querySelectorAll("details")].map((each) => each.open);
  region.innerHTML = text;
  region.querySelectorAll("details").forEach((each, place) => { each.open = open[place] ?? each.open; });
  const href = held?.getAttribute("href");
  if (href) [...region.querySelectorAll("a")].find((each) => each.getAttribute("href") === href)?.focus();
  if (said) said.textContent = region.dataset.updated;
}

async function ask() {
  if (asking || document.hidden) return;
  asking = true;
  try {
    const answer = await fetch(region.dataset.live, { headers: { "If-None-Match": etag }, cache: "no-store", redirect: "error" });
    if (answer.status === 200) {
      put(await answer.text());
      etag = answer.headers.get("ETag");
    }
    if (answer.status === 200 || answer.status === 304) seen = Date.now();
  } catch { /* the age of the picture says it */ } finally {
    asking = false;
    age();
  }
}

if (region) {
  age();
  setInterval(age, 1000);
  setInterval(ask, Number(region.dataset.every) * 1000);
  document.addEventListener("visibilitychange", ask);
}
