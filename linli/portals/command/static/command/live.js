// Comfort only: without this file the page is looked at again by its link, a wall by itself.
"use strict";

const region = document.querySelector("[data-live]");
const said = document.querySelector("[data-live-said]");
const STILL = 20; // seconds in which nobody said that the picture is still true
const PATIENCE = 15_000; // milliseconds: an answer that never comes holds up no other
let etag = region?.dataset.etag;
let asking = false;

// How old the picture was when somebody last said so, and when that was: by both clocks of the machine, as the one may
// be set, and the other stands still while the machine sleeps.
let old = 0;
let heard = [Date.now(), performance.now()];
const passed = () => Math.max(0, Date.now() - heard[0], performance.now() - heard[1]) / 1000;
function hear(seconds) {
  old = Number(seconds) || 0;
  heard = [Date.now(), performance.now()];
}

function age() {
  const seconds = Math.round(old + passed());
  for (const each of region.querySelectorAll("[data-age]")) {
    const words = seconds < 120 ? each.dataset.words : each.dataset.minutes;
    each.textContent = words.replace("{seconds}", seconds).replace("{minutes}", Math.floor(seconds / 60));
  }
  for (const each of region.querySelectorAll("[data-still]")) each.hidden = passed() < STILL;
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

// Nobody stands at a wall to fetch what an upgrade brought; who sits at a desk opens the next page soon.
const outdated = (page) => region.dataset.page && page && page !== region.dataset.page;

async function ask() {
  if (asking || document.hidden) return;
  asking = true;
  age();
  try {
    const how = { cache: "no-store", redirect: "error", signal: AbortSignal.timeout(PATIENCE) };
    const answer = await fetch(region.dataset.live, { headers: { "If-None-Match": etag }, ...how });
    if (answer.status === 200) {
      put(await answer.text());
      etag = answer.headers.get("ETag");
    }
    if (answer.status === 200 || answer.status === 304) {
      if (outdated(answer.headers.get("Picture-Page"))) return location.reload();
      hear(answer.headers.get("Picture-Age"));
      for (const each of region.querySelectorAll("[data-of]")) each.textContent = answer.headers.get("Picture-Of");
    }
  } catch { /* the age of the picture says it */ } finally {
    asking = false;
    age();
  }
}

if (region) {
  hear(region.querySelector("[data-age]")?.dataset.age);
  age();
  setInterval(age, 1000);
  setInterval(ask, Number(region.dataset.every) * 1000);
  document.addEventListener("visibilitychange", ask);
}
