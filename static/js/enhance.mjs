// Conveniences that a page works without: printing and copying. A button that needs a script is
// hidden until this one shows it, so nobody meets a dead button.

for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// A page on the way back from somewhere else: its button is for those without scripts.
document.querySelector("form[data-send]")?.requestSubmit();

for (const button of document.querySelectorAll("button[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  // Browsers offer the clipboard on https and on this machine only.
  if (!source || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.innerText.trim());
    button.textContent = button.dataset.copied;
  });
}
