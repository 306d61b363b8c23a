// Comfort only: the desk can be used without this file. Keys do nothing while somebody writes.
"use strict";
(() => {
  const OFF = "linli.keys.off";
  const off = () => localStorage.getItem(OFF) === "yes";
  const links = () => [...document.querySelectorAll("table[data-rows] .is-title a")];
  const press = (selector) => {
    const found = document.querySelector(selector);
    if (found) found.click();
    return Boolean(found);
  };

  function step(by) {
    const rows = links();
    if (!rows.length) return press(`[data-key="${by > 0 ? "j" : "k"}"]`);
    const here = rows.findIndex((link) => link.closest("tr").contains(document.activeElement));
    const next = here < 0 ? (by > 0 ? 0 : rows.length - 1) : here + by;
    if (rows[next]) {
      rows[next].focus();
      return true;
    }
    return press(by > 0 ? ".pages a[rel=next]" : ".pages a[rel=prev]");
  }

  function act() {
    const form = document.querySelector("details.step");
    if (!form) return false;
    form.open = true;
    const field = form.querySelector("form :is(input:not([type=hidden]), select, textarea, button)");
    if (field) field.focus();
    return true;
  }

  function tick() {
    const row = document.activeElement.closest("tr");
    const box = row && row.querySelector("input[name=pick]");
    if (box) box.checked = !box.checked;
    return Boolean(box);
  }

  function seek() {
    const box = document.querySelector("form.filters input[name=words]") || document.getElementById("seek");
    if (box) box.focus();
    return Boolean(box);
  }

  function help() {
    const shown = document.getElementById("keys");
    if (shown.open) shown.close();
    else shown.showModal();
    return true;
  }

  const keys = {
    j: () => step(1), k: () => step(-1), a: act, x: tick, "/": seek, "?": help,
    n: () => press("[data-key=n]"), c: () => press("[data-key=c]"), u: () => press("[data-key=u]"),
  };

  document.addEventListener("keydown", (event) => {
    const form = (event.ctrlKey || event.metaKey) && event.key === "Enter" && event.target.closest("form[data-once]");
    if (form && !off()) {
      event.preventDefault();
      return form.requestSubmit();
    }
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || off()) return;
    const writing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (writing) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const shown = document.getElementById("keys");
    if (shown && shown.open && event.key !== "?") return;
    if (keys[event.key] && keys[event.key]()) event.preventDefault();
  });

  for (const button of document.querySelectorAll("[data-keys-switch]")) {
    const say = () => { button.textContent = off() ? button.dataset.on : button.dataset.off; };
    button.hidden = false;
    button.addEventListener("click", () => {
      localStorage.setItem(OFF, off() ? "no" : "yes");
      say();
    });
    say();
  }
  if (window.matchMedia("(max-width: 760px)").matches) {
    for (const tree of document.querySelectorAll("[data-narrow-closed]")) tree.open = false;
  }
  document.querySelector("[data-goes-on]")?.requestSubmit();
})();
