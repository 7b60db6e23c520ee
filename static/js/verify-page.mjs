// The verifier's pages: takes a bundle from the site or from a file, runs the checks and shows what
// they found, in the words that the page brought along. Nothing is sent anywhere.

import { textOf, toHex } from "./verify/bytes.mjs";
import { readBundle } from "./verify/bundle.mjs";
import { exitCodeOf } from "./verify/report.mjs";
import { sha256 } from "./verify/sha256.mjs";
import { parseSiteKey } from "./verify/note.mjs";
import { parseTicket, ticketState, ticketText } from "./verify/ticket.mjs";
import { verify } from "./verify/verify.mjs";
import { readZip } from "./verify/zip.mjs";

const CLASSES = {
  passed: "passed",
  failed: "failed",
  "could not check": "unknown",
  "not applicable": "none",
};

class VerifierPage {
  constructor(root) {
    this.root = root;
    this.file = null;
    this.run = 0;
    root.hidden = false;
    this.on("[data-start]", "click", () => this.fetched());
    this.on("[data-again]", "click", () => this.checked());
    this.on("[data-look]", "click", () => this.lookedUp());
    this.on("[data-details]", "click", ({ target }) => this.detailed(target));
    this.on("[data-file]", "change", ({ target }) => this.picked(target.files[0]));
    for (const event of ["dragenter", "dragover"]) {
      root.addEventListener(event, (drag) => drag.preventDefault());
    }
    root.addEventListener("drop", (drop) => {
      drop.preventDefault();
      this.picked(drop.dataTransfer.files[0]);
    });
  }

  part(selector) {
    return this.root.querySelector(selector);
  }

  on(selector, event, work) {
    this.part(selector)?.addEventListener(event, work);
  }

  // A sentence of the page with its %names% filled in.
  words(element, name, values = {}) {
    const sentence = element.dataset[name] ?? "";
    return sentence.replace(/%(\w+)%/g, (_, key) => {
      const value = values[key];
      return typeof value === "number" ? value.toLocaleString("en") : (value ?? "");
    });
  }

  value(name) {
    return this.part(`[data-own=${name}]`)?.value.trim() || undefined;
  }

  async fetched() {
    this.said("running");
    try {
      const answer = await fetch(this.root.dataset.bundle);
      if (!answer.ok) throw new Error(answer.statusText);
      this.file = new Uint8Array(await answer.arrayBuffer());
    } catch {
      this.concluded("unknown", ["offline"]);
      return;
    }
    await this.checked();
  }

  async picked(file) {
    if (!file) return;
    this.said("running");
    try {
      this.file = new Uint8Array(await file.arrayBuffer());
    } catch {
      this.concluded("unknown", ["unread"]);
      return;
    }
    await this.checked();
  }

  // The key of a poster, or the one that this site's page knows; null if it was mistyped.
  siteKey() {
    const typed = this.value("vkey") ?? this.root.dataset.vkey;
    try {
      if (typed) parseSiteKey(typed);
      return typed || undefined;
    } catch {
      return null;
    }
  }

  async checked() {
    if (this.file === null) return;
    const run = ++this.run;
    const siteKey = this.siteKey();
    if (siteKey === null) {
      this.concluded("unknown", ["badKey"]);
      return;
    }
    const isBundle = isZipOfABundle(this.file);
    const words = isBundle ? this.root.dataset.waiting : "";
    for (const item of this.root.querySelectorAll("[data-check]")) this.cleared(item, words);
    if (!isBundle) {
      this.concluded("unknown", ["noBundle"]);
      return;
    }
    this.said("running");
    const receiptFile = this.part("[data-own=receipt]")?.files[0];
    const report = await verify(this.file, {
      siteKey,
      receipt: receiptFile ? await readText(receiptFile) : undefined,
      secret: this.value("secret") || undefined,
      id: this.value("id") || undefined,
      onCheck: (check) => run === this.run && this.shown(check),
    });
    if (run !== this.run) return;
    for (const check of report.checks) this.shown(check);
    this.told(report, siteKey);
  }

  cleared(item, words) {
    item.className = "";
    item.querySelector("[data-outcome]").textContent = "";
    item.querySelector("[data-words]").textContent = words;
    item.querySelector("[data-reason]").hidden = true;
  }

  // Technical reasons of all checks, shown or hidden; what failed always shows its reason.
  detailed(button) {
    const shown = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(shown));
    for (const item of this.root.querySelectorAll("[data-check]")) this.reasoned(item);
  }

  reasoned(item) {
    const isAsked = this.part("[data-details]").getAttribute("aria-expanded") === "true";
    const reason = item.querySelector("[data-reason]");
    reason.hidden = reason.textContent === "" || !(isAsked || item.className === "failed");
  }

  shown({ name, outcome, reason, facts }) {
    const item = this.part(`[data-check="${name}"]`);
    const kind = CLASSES[outcome];
    item.className = kind;
    item.querySelector("[data-outcome]").textContent = this.words(this.root, kind);
    const isTicket = name === "receipt" && facts.state !== undefined;
    item.querySelector("[data-words]").textContent = isTicket
      ? this.ticketWords(facts.ticket, facts)
      : this.words(item, kind, facts) || this.words(this.root, `${kind}Words`);
    item.querySelector("[data-reason]").textContent = reason;
    this.reasoned(item);
  }

  ticketWords(ticket, { state, code, slot }) {
    const [prize, place] = (slot ?? "/").split("/");
    const held = this.words(this.root, prize === "reserve" ? "reserve" : "slot", { prize, place });
    const why = this.words(this.root, `void${code}`);
    const name = {
      outside: "ticketOutside",
      void: "ticketVoid",
      holds: "ticketHolds",
      past: "ticketPast",
      none: "ticketNone",
    };
    return this.words(this.root, name[state], {
      ticket,
      slot: held,
      code: why,
    });
  }

  // The last word, and what has to be said besides.
  told({ cancelled, checks }, siteKey) {
    const isUnknown = (name) =>
      checks.some((check) => check.name === name && check.outcome === "could not check");
    // What is wrong with the visitor's own receipt is said beside the draw's verdict.
    const ofTheDraw = checks.filter((check) => check.name !== "receipt");
    const exitCode = exitCodeOf(ofTheDraw);
    const notes = [];
    const receipt = checks.find((check) => check.name === "receipt");
    if (receipt.outcome === "failed") notes.push("receipt");
    if (cancelled !== null) notes.push("cancelled");
    if (exitCode !== 1 && isUnknown("time")) notes.push("time");
    if (exitCode !== 1 && isUnknown("numbers-origin")) notes.push("numbers");
    if (!siteKey) notes.push("unpinned");
    const isWhole = !isUnknown("time") && !isUnknown("numbers-origin");
    this.concluded([isWhole ? "passed" : "mostPassed", "failed", "unknown"][exitCode], notes);
    const hash = this.part("[data-hash]");
    hash.hidden = false;
    hash.querySelector("code").textContent = toHex(sha256(this.file));
  }

  said(name) {
    const conclusion = this.part("[data-conclusion]");
    conclusion.className = "";
    conclusion.replaceChildren(paragraph(this.root.dataset[name]));
  }

  concluded(kind, notes) {
    const panels = { passed: "success", mostPassed: "success", failed: "danger", unknown: "warning" };
    const conclusion = this.part("[data-conclusion]");
    const title = document.createElement("h2");
    const sign = { failed: "✗ ", unknown: "? " }[kind] ?? "✓ ";
    title.textContent = sign + this.words(conclusion, kind);
    const isReading = ["offline", "unread", "noBundle", "badKey"].includes(notes[0]);
    const lines = isReading ? notes : [`${kind}Words`, ...notes];
    conclusion.className = `panel ${panels[kind]}`;
    conclusion.replaceChildren(
      title,
      ...lines.map((name) => paragraph(this.words(conclusion, name))),
    );
  }

  // A ticket number in the bundle that was checked; it stays on this page.
  lookedUp() {
    const answer = this.part("[data-looked]");
    const index = parseTicket(this.value("ticket") ?? "");
    if (index === null) answer.textContent = this.root.dataset.ticketForm;
    else if (this.file === null) answer.textContent = this.root.dataset.ticketFirst;
    else answer.textContent = this.ticketAnswer(index);
  }

  ticketAnswer(index) {
    try {
      const state = ticketState(readBundle(readZip(this.file)), index);
      return this.ticketWords(ticketText(index), state);
    } catch {
      return this.root.dataset.ticketFirst;
    }
  }
}

// A file that is no record, was not downloaded whole or was packed again says nothing about a draw.
function isZipOfABundle(bytes) {
  try {
    readZip(bytes);
    return true;
  } catch {
    return false;
  }
}

function paragraph(text) {
  const element = document.createElement("p");
  element.textContent = text;
  return element;
}

// A file that is no text is no receipt either.
async function readText(file) {
  try {
    return textOf(new Uint8Array(await file.arrayBuffer())) || " ";
  } catch {
    return " ";
  }
}

const roots = [...document.querySelectorAll("[data-verifier]")];
for (const root of roots) new VerifierPage(root);

// The one-file verifier holds both languages and shows one.
const switches = [...document.querySelectorAll("[data-language]")];
function showLanguage(language) {
  document.documentElement.lang = language;
  for (const part of document.querySelectorAll("[data-part]")) {
    part.hidden = part.dataset.part !== language;
  }
}
if (switches.length > 0) {
  showLanguage(navigator.language.startsWith("zh") ? "zh-Hant-TW" : "en");
  for (const button of switches) {
    button.addEventListener("click", () => showLanguage(button.dataset.language));
  }
}
