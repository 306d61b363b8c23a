// The field app: puts its parts together once a page is there. Without it every page is an ordinary one.
import * as store from "./store.js";
import { begin, fetchCodes, hello, say, sync, takeAlong, whenChanged } from "./outbox.js";
import { listen, prepare } from "./forms.js";
import { save, show, showShell, word } from "./views.js";

const field = document.getElementById("field");
const { root, who } = field.dataset;

async function start() {
  if (who) await store.belongsTo(who);
  await store.dropOldDay();
  begin(root);
  listen(root);
  whenChanged(show);
  await showShell(root);
  await prepare();
  await show();
  field.dataset.ready = "yes";
  for (const button of document.querySelectorAll("[data-send]")) button.addEventListener("click", () => sync({ asked: true }));
  for (const button of document.querySelectorAll("[data-save]")) {
    button.addEventListener("click", async () => save(await store.mine(await store.unsent())));
  }
  window.addEventListener("online", () => sync({ asked: true }));
  window.addEventListener("offline", show);
  document.addEventListener("click", stayHere);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && sync());
  await sync();
  if (who) await prepareForNoSignal();
}

// Without signal a page outside is out of reach: better a word here than what the browser shows in its place.
function stayHere(event) {
  const link = event.target.closest("a[href]");
  const leaves = link && link.protocol === location.protocol && !link.pathname.startsWith(root);
  if (navigator.onLine || !leaves) return;
  event.preventDefault();
  say("elsewhere", { quietly: true });
  field.scrollIntoView();
}

// While there is a connection: the page that stands in, in the language and type of this reader; forms; the day.
async function prepareForNoSignal() {
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register(`${root}sw.js`, { scope: root });
  await navigator.serviceWorker.ready;
  await hello();
  const look = `${document.documentElement.lang} ${document.documentElement.dataset.care ?? ""}`;
  if (look !== (await store.get("codes", "look"))) {
    const name = (await caches.keys()).find((each) => each.startsWith("field-"));
    if (name) await (await caches.open(name)).put(`${root}shell/`, await fetch(`${root}shell/`));
  }
  await fetchCodes(look);
  await store.put("codes", look, "look");
  await offerToTakeAlong();
  await show();
}

async function offerToTakeAlong() {
  const offer = document.querySelector("[data-take]");
  const always = await store.get("codes", "take");
  if (always) await takeAlong();
  if (!offer) return;
  const tell = async () => {
    offer.querySelector("[data-taken]").textContent = word("taken", { count: (await store.all("day")).length });
  };
  offer.hidden = false;
  if (always) await tell();
  offer.querySelector("[data-take-along]").addEventListener("click", async () => {
    await store.put("codes", true, "take");
    await takeAlong();
    await tell();
  });
}

if (store.able) {
  store.open().then(start, () => say("online_only"));
} else {
  show();
}
