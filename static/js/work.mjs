// Under pressure: finds the number that the form needs while the person looks the page over. A page
// without scripts waits instead (platform::watch::work checks the number).

import { sha256 } from "./verify/sha256.mjs";

/** Tries some numbers, lets the page breathe, and goes on. */
async function find(challenge, bits) {
  const bytes = new TextEncoder();
  for (let number = 0; ; number++) {
    const hash = sha256(bytes.encode(`${challenge}.${number}`));
    const first = ((hash[0] << 24) | (hash[1] << 16) | (hash[2] << 8) | hash[3]) >>> 0;
    if (Math.clz32(first) >= bits) return String(number);
    if (number % 2000 === 1999) await new Promise((done) => setTimeout(done));
  }
}

const field = document.querySelector("input[data-work]");
if (field) {
  const form = field.form;
  let found = false;
  let pressed = null;
  form.addEventListener("submit", (event) => {
    // "Change" goes back to the form and needs no number.
    if (found || event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    pressed = event.submitter;
  });
  find(field.dataset.work, Number(field.dataset.bits)).then((number) => {
    field.value = number;
    found = true;
    if (pressed) form.requestSubmit(pressed);
  });
}
