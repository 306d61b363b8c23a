// On the page that signs out: what was taken along goes with it. What is not sent yet is said before, and stays.
import * as store from "./store.js";

const said = document.querySelector("[data-unsent-stay]");

async function leave(form) {
  const [names, workers] = await Promise.all([caches.keys(), navigator.serviceWorker.getRegistrations()]);
  await Promise.all(names.filter((name) => name.startsWith("field-")).map((name) => caches.delete(name)));
  await Promise.all(workers.map((worker) => worker.unregister()));
  await store.wipe();
  form.submit();
}

if (store.able && said) {
  const waiting = await store.mine(await store.unsent());
  said.hidden = !waiting.length;
  said.textContent = said.dataset.unsentStay.replace("{count}", waiting.length);
  document.addEventListener("submit", (event) => {
    if (new URL(event.target.action).pathname !== location.pathname) return;
    event.preventDefault();
    leave(event.target).catch(() => event.target.submit());
  }, { capture: true });
}
