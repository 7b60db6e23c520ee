// Passkeys: the browser asks the person, and what it answers goes with the form. Where the browser
// knows none its button stays hidden, and the code is typed as ever.

const known = window.PublicKeyCredential;
// What came last; without it the browser cannot read what the page asks.
const able = known?.parseCreationOptionsFromJSON && known.parseRequestOptionsFromJSON;

const ways = {
  get: (asked) => navigator.credentials.get({ publicKey: known.parseRequestOptionsFromJSON(asked) }),
  create: (asked) => navigator.credentials.create({ publicKey: known.parseCreationOptionsFromJSON(asked) }),
};

for (const button of able ? document.querySelectorAll("button[data-passkey]") : []) {
  const { form, dataset } = button;
  const answer = form.elements[dataset.answer];
  const failed = form.querySelector("[data-passkey-failed]");
  button.hidden = false;
  form.querySelector("[data-passkey-none]")?.remove();
  // Who comes back to the page types a code or is asked anew.
  window.addEventListener("pageshow", () => (answer.value = ""));
  const ask = async () => {
    button.disabled = true;
    failed.hidden = true;
    try {
      const { publicKey } = JSON.parse(dataset.options);
      answer.value = JSON.stringify(await ways[dataset.passkey](publicKey));
      form.requestSubmit();
    } catch {
      // Left by the person, or not on this device; browsers do not say which.
      failed.hidden = false;
    }
    button.disabled = false;
  };
  button.addEventListener("click", ask);
  // The key Enter in a form that waits for a passkey.
  form.addEventListener("submit", (event) => {
    if (dataset.passkey !== "create" || answer.value) return;
    event.preventDefault();
    ask();
  });
}
