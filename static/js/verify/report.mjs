// What the verifier says: sixteen checks in a fixed order and one last line.

import { Refused } from "./bytes.mjs";

export const CHECK_NAMES = [
  "format",
  "signatures",
  "links",
  "journal",
  "time",
  "beacon",
  "numbers-origin",
  "seed",
  "order",
  "openings",
  "voids",
  "result",
  "settle",
  "entries",
  "purge",
  "receipt",
];

// The four outcomes, from the mildest to the worst.
export const OUTCOMES = ["not applicable", "passed", "could not check", "failed"];

// A finding: outcome, one line of reason, and numbers that a page may show.
export const passed = (reason, facts = {}) => ({ outcome: "passed", reason, facts });
export const failed = (reason) => ({ outcome: "failed", reason, facts: {} });
export const notApplicable = (reason) => ({ outcome: "not applicable", reason, facts: {} });
export const couldNotCheck = (reason) => ({ outcome: "could not check", reason, facts: {} });

// Thrown by a check that lacks evidence; `Refused` is thrown by one that found a contradiction.
export class Unknown extends Error {}

// Runs one check. A fault of this program is never told as a fault of the draw.
export async function findingOf(check) {
  try {
    return await check();
  } catch (error) {
    if (error instanceof Refused) return failed(error.message);
    if (error instanceof Unknown) return couldNotCheck(error.message);
    return couldNotCheck(`this verifier stopped: ${error}`);
  }
}

// 0: nothing failed; 1: something failed; 2: something could not be checked. Time and the origin of
// numbers count for 2 only where the caller asked for it.
export function exitCodeOf(checks, requireTime = false) {
  const lenient = requireTime ? [] : ["time", "numbers-origin"];
  const outcomes = checks.filter(({ name, outcome }) =>
    outcome === "could not check" ? !lenient.includes(name) : outcome === "failed",
  );
  if (outcomes.some(({ outcome }) => outcome === "failed")) return 1;
  return outcomes.length > 0 ? 2 : 0;
}

export class Report {
  constructor(options) {
    this.options = options;
    this.cancelled = null;
    this.computed = null;
    this.checks = CHECK_NAMES.map((name) => ({ name, ...notApplicable("") }));
  }

  check(name) {
    return this.checks[CHECK_NAMES.indexOf(name)];
  }

  // Sets a check, unless an excluded draw has already set a worse outcome.
  set(name, finding) {
    const check = this.check(name);
    const isWorse = OUTCOMES.indexOf(finding.outcome) >= OUTCOMES.indexOf(check.outcome);
    if (isWorse || check.reason === "") Object.assign(check, finding);
  }

  names(outcome) {
    return this.checks.filter((check) => check.outcome === outcome).map(({ name }) => name);
  }

  exitCode() {
    return exitCodeOf(this.checks, this.options.requireTime);
  }

  resultLine() {
    let line = [
      "result: passed",
      `result: failed (${this.names("failed").join(", ")})`,
      `result: could not check (${this.names("could not check").join(", ")})`,
    ][this.exitCode()];
    if (this.cancelled !== null) line += `; the draw was cancelled (${this.cancelled})`;
    const isUnknown = (name) => this.check(name).outcome === "could not check";
    if (isUnknown("time")) line += "; time not proven";
    if (this.check("format").outcome === "passed" && isUnknown("numbers-origin")) {
      line += "; numbers not compared with the lottery";
    }
    if (!this.options.siteKey) line += "; site key not pinned";
    return line;
  }
}
