// The live draw on the desk and on the projector: keeps a page in step with the server, counts down,
// and sends cues without a reload. Both pages work without it, by their buttons and a reload.
//
// The server draws every screen. This script asks once a second whether the screen changed, and then
// takes the parts marked data-part from the page itself; it never makes up a word or a number.

const body = document.body;
const stateUrl = body.dataset.live ?? document.querySelector("[data-live]").dataset.live;
const holder = document.querySelector("[data-version]");
const said = document.getElementById("say");
// The server's time minus ours; a laptop's browser and server agree, a second computer may not.
let offset = 0;
let asking = false;
let cues = Promise.resolve();

/** Takes over what changed on the page. */
function show(html) {
  const next = new DOMParser().parseFromString(html, "text/html");
  const version = next.querySelector("[data-version]")?.dataset.version;
  if (version === undefined) return;
  for (const part of document.querySelectorAll("[data-part]")) {
    const fresh = next.getElementById(part.id);
    if (!fresh || fresh.innerHTML === part.innerHTML && fresh.className === part.className) continue;
    const focused = part.contains(document.activeElement) ? document.activeElement : undefined;
    part.className = fresh.className;
    part.replaceChildren(...fresh.childNodes);
    // A cue given with the keyboard keeps the focus on its button.
    if (focused && focused !== part) focusAgain(part, focused);
  }
  const words = document.querySelector("[data-say]")?.textContent ?? "";
  if (holder.dataset.version !== version && said) said.textContent = words;
  holder.dataset.version = version;
  count();
}

function focusAgain(part, before) {
  const key = before.dataset.key;
  (key ? part.querySelector(`[data-key="${key}"]`) : part.querySelector(`#${before.id || "none"}`))?.focus();
}

/** Asks whether the screen changed, and fetches it where it did. */
async function ask() {
  if (asking) return;
  asking = true;
  try {
    const answer = await fetch(stateUrl, { cache: "no-store" });
    if (!answer.ok) return;
    const { version, now } = await answer.json();
    offset = now - Date.now();
    if (version !== holder.dataset.version) show(await (await fetch(location.href, { cache: "no-store" })).text());
  } catch {
    // The server is away for a moment; the next second asks again.
  } finally {
    asking = false;
  }
}

/** Writes what is left until the round, as the server writes it. */
function count() {
  for (const clock of document.querySelectorAll("[data-due]")) {
    const left = Math.max(0, Math.ceil((Number(clock.dataset.due) - Date.now() - offset) / 1000));
    const two = (number) => String(number).padStart(2, "0");
    const [hours, minutes, seconds] = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
    clock.textContent = hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
  }
}

/** Sends a cue and shows what came of it. */
async function send(action, fields) {
  const answer = await fetch(action, { method: "POST", body: fields });
  show(await answer.text());
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-cue]")) return;
  event.preventDefault();
  // Read when it is pressed: a second press on the same screen names the same step, and the server
  // passes over no winner.
  const fields = new URLSearchParams(new FormData(form));
  if (event.submitter?.name) fields.set(event.submitter.name, event.submitter.value);
  // One cue after the other: a pause that was asked for first is there first.
  cues = cues.then(() => send(form.action, fields)).catch(() => location.reload());
});

// Single keys act only while the stage or the desk's group of cues has the focus (WCAG 2.1.4).
const KEYS = { " ": "next", ArrowRight: "next", p: "pause", b: "black", f: "full" };
for (const region of document.querySelectorAll("[data-keys]")) {
  region.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    const key = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    const isTyping = event.target.matches("input, textarea, select");
    // A button that has the focus is pressed by the browser itself.
    const isPressed = event.key === " " && event.target.matches("button, a");
    const button = key && !isTyping && !isPressed && document.querySelector(`[data-key="${key}"]:not([hidden])`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-full]")) return;
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.();
});
for (const button of document.querySelectorAll("[data-full]")) button.hidden = !document.fullscreenEnabled;

// The screen stays on where the browser lets us; elsewhere the desk says how to keep it on.
if (body.dataset.live && navigator.wakeLock) {
  const stay = () => document.visibilityState === "visible" && navigator.wakeLock.request("screen").catch(() => {});
  document.addEventListener("visibilitychange", stay);
  stay();
}

// What is pasted is checked by the server of this computer while somebody types.
const field = document.querySelector("textarea[data-check]");
const verdict = document.getElementById("verdict");
let waiting;
field?.addEventListener("input", () => {
  clearTimeout(waiting);
  if (field.value.trim() === "") {
    verdict.textContent = "";
    return;
  }
  waiting = setTimeout(async () => {
    const typed = field.value;
    const answer = await fetch(field.dataset.check, { method: "POST", body: new URLSearchParams({ beacon: typed }) });
    if (!answer.ok || typed !== field.value) return;
    verdict.textContent = (await answer.json()).words;
  }, 250);
});

document.getElementById("stage")?.focus({ preventScroll: true });
setInterval(ask, 1000);
setInterval(count, 200);
ask();
