// Comfort only: every page works without this file.
"use strict";

// A form is sent once, even if the button is pressed twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]") || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-sent]")) delete form.dataset.sent;
});

// The summary of errors is read first.
document.querySelector("[data-focus]")?.focus();

// How many characters are written, in place of how many may be.
for (const box of document.querySelectorAll("textarea[data-limit]")) {
  const used = box.parentElement.querySelector("[data-used]");
  for (const words of used.closest(".counter").children) words.hidden = !words.hidden;
  const count = () => {
    const length = [...box.value.trim()].length;
    used.textContent = length;
    used.parentElement.classList.toggle("counter--over", length > Number(box.dataset.limit));
  };
  box.addEventListener("input", count);
  count();
}

// Which files are chosen, in the page's own words.
for (const input of document.querySelectorAll("input[data-files]")) {
  const names = document.getElementById(input.dataset.files);
  input.classList.add("file__input--told");
  input.addEventListener("change", () => {
    names.textContent = [...input.files].map((file) => file.name).join("、");
  });
}

// "Copy": shown only where the browser can.
for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value).then(() => {
      button.textContent = button.dataset.done;
    });
  });
}

// "Print": shown only where the browser can.
for (const button of document.querySelectorAll("button[data-print]")) {
  if (!window.print || /MicroMessenger/.test(navigator.userAgent)) continue; // it does nothing there
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// "Use my position": shown only where the browser can, fills the two fields it names.
for (const button of document.querySelectorAll("button[data-longitude][data-latitude]")) {
  if (!navigator.geolocation || !window.isSecureContext) continue;
  const said = document.getElementById(button.getAttribute("aria-describedby"));
  button.hidden = false;
  button.addEventListener("click", () => {
    said.textContent = button.dataset.asking;
    navigator.geolocation.getCurrentPosition((found) => {
      document.getElementById(button.dataset.longitude).value = found.coords.longitude.toFixed(6);
      document.getElementById(button.dataset.latitude).value = found.coords.latitude.toFixed(6);
      document.getElementById(button.dataset.longitude).dispatchEvent(new Event("change")); // for a pin on a map
      said.textContent = button.dataset.done;
    }, () => { said.textContent = button.dataset.failed; }, { enableHighAccuracy: true, timeout: 10000 });
  });
}

// Maps that can be moved: fetched only where there is one, once it is looked at.
const looked = new IntersectionObserver((seen) => {
  for (const { target, isIntersecting } of seen) {
    if (!isIntersecting) continue;
    looked.unobserve(target);
    import(target.dataset.map).then((map) => map.show(target)).catch(() => {}); // then it stays a drawing
  }
}, { rootMargin: "200px" });
for (const figure of document.querySelectorAll("figure[data-map]")) {
  if (figure.closest("[data-pin]") || !navigator.connection?.saveData) looked.observe(figure);
}
for (const pin of document.querySelectorAll("[data-pin]")) pin.hidden = !document.createElement("canvas").getContext("webgl2");

// A menu that folds out closes again by Escape or a click beside it.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector(".menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
