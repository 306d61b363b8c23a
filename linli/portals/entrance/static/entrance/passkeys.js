// Passkeys: the device asks for finger, face or PIN; the answer goes into the form. Without this, the other ways are left.
"use strict";

const options = () => JSON.parse(document.getElementById("passkey-options").textContent);

const ASKS = {
  create: () => window.webauthnJSON.create(options().creation_options),
  get: () => window.webauthnJSON.get(options().request_options),
  "sign-in": async (form) => {
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    return window.webauthnJSON.get((await answer.json()).request_options);
  },
};

if (window.PublicKeyCredential && window.webauthnJSON) {
  for (const none of document.querySelectorAll("[data-passkey-none]")) none.hidden = true;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    const trouble = form.querySelector("[data-passkey-trouble]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      trouble.hidden = true;
      try {
        const credential = await ASKS[form.dataset.passkey](form);
        form.elements.credential.value = JSON.stringify(credential);
        form.submit();
      } catch {
        trouble.hidden = false;
      }
    });
  }
}
