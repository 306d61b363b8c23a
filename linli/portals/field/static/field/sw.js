// The service worker: pages come from the other side as long as it answers; else one page that names nobody stands in.
// No page with anybody's data, and no token, is ever kept here. `RELEASE` is written above this line by the server.
"use strict";
const PATIENCE = 8_000;
const DOWN = new Set([502, 503, 504]);

self.addEventListener("install", (event) => {
  const fresh = [RELEASE.shell, ...RELEASE.files].map((address) => new Request(address, { cache: "reload" }));
  event.waitUntil(caches.open(RELEASE.cache).then((kept) => kept.addAll(fresh)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("field-") && name !== RELEASE.cache;
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (RELEASE.files.includes(address.pathname)) event.respondWith(file(request));
});

async function page(request) {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    if (!DOWN.has(answer.status)) return answer;
  } catch { /* no signal */ }
  return (await (await caches.open(RELEASE.cache)).match(RELEASE.shell)) ?? Response.error();
}

async function file(request) {
  return (await (await caches.open(RELEASE.cache)).match(request, { ignoreSearch: true })) ?? fetch(request);
}
