// Comfort only: without this file the page is opened anew with the template in its field.
"use strict";

// A template is put behind what is written already, and nothing typed is lost.
for (const chooser of document.querySelectorAll("form[data-inserts]")) {
  chooser.addEventListener("submit", (event) => {
    const chosen = chooser.querySelector("select").selectedOptions[0];
    const box = document.getElementById(`${chooser.dataset.inserts}_${chosen.dataset.field}`);
    if (!box) return;
    event.preventDefault();
    box.value = [box.value.trimEnd(), chosen.dataset.text].filter(Boolean).join("\n");
    box.dispatchEvent(new Event("input"));
    box.focus();
  });
}
