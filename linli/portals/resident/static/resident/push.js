// "Tell me on this device": shown only where the browser has Web Push.
"use strict";
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));

async function subscribe(button) {
  const worker = await navigator.serviceWorker.register(button.dataset.worker);
  await new Promise((done) => {
    const fresh = worker.active ? null : worker.installing || worker.waiting;
    if (!fresh) return done();
    fresh.addEventListener("statechange", () => { if (fresh.state === "activated") done(); });
  });
  const given = (await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(button.dataset.key) })).toJSON();
  const form = new FormData();
  form.set("csrfmiddlewaretoken", button.form.elements.csrfmiddlewaretoken.value);
  for (const [name, value] of [["endpoint", given.endpoint], ["p256dh", given.keys.p256dh], ["auth", given.keys.auth]]) form.set(name, value);
  const answer = await fetch(button.dataset.push, { method: "POST", body: form });
  return (await answer.json()).said;
}

for (const button of document.querySelectorAll("button[data-push]")) {
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !button.dataset.key) continue;
  const said = document.getElementById(button.getAttribute("aria-describedby"));
  button.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    subscribe(button).then((words) => { said.textContent = words; }, () => { said.textContent = button.dataset.failed; })
      .finally(() => { button.disabled = false; });
  });
}
