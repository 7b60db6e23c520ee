// Checks the bundle of a draw from its bytes alone: sixteen checks, each passed, failed, not
// applicable or could not check (docs/draw-protocol.md, section 4.10). Needs no network, no
// library and no secure context.

import { Refused } from "./bytes.mjs";
import { readBundle } from "./bundle.mjs";
import {
  checkEntries,
  checkOpenings,
  checkOrder,
  checkResult,
  checkSettle,
  checkVoids,
} from "./check-draw.mjs";
import { checkJournal } from "./check-journal.mjs";
import { checkLinks, checkSignatures } from "./check-notes.mjs";
import { checkPurge } from "./check-purge.mjs";
import { checkNumbersOrigin, checkSeed, sourceValues } from "./check-source.mjs";
import { checkTime } from "./check-time.mjs";
import { parseProof, vkeyText } from "./note.mjs";
import { checkReceipt, isGiven, isReceiptGiven, noReceipt } from "./receipt.mjs";
import {
  CHECK_NAMES,
  Report,
  couldNotCheck,
  failed,
  findingOf,
  notApplicable,
  passed,
} from "./report.mjs";
import { readZip } from "./zip.mjs";

// Bundles in bundles in bundles: enough for any activity, and an end for hostile files.
const MAX_DEPTH = 16;
// After so many milliseconds of work the page gets its turn.
const SLICE = 30;

// Options: siteKey (a verifier key from elsewhere), receipt (text of a .tlog-proof), secret and id
// (as typed), requireTime, onCheck(check) as each is done.
// Gives { checks: [{ name, outcome, reason, facts }], cancelled, exitCode, result, computed }; the
// last holds the hashes that were computed here, or is null where nothing was drawn.
export async function verify(bytes, options = {}) {
  const context = { options, depth: 0, outer: null, breathe: breathing() };
  const report = await verifyFile(bytes, context);
  if (isGiven(options.receipt)) report.set("receipt", refusedReceipt(options.receipt, report));
  return {
    checks: report.checks,
    cancelled: report.cancelled,
    exitCode: report.exitCode(),
    result: report.resultLine(),
    computed: report.computed,
  };
}

// A receipt that cannot even be read failed, whatever the bundle is.
function refusedReceipt(text, report) {
  try {
    parseProof(text);
    return report.check("receipt");
  } catch (error) {
    return failed(`receipt: ${error.message}`);
  }
}

// Lets the page live between two slices of work.
function breathing() {
  let since = Date.now();
  return () => {
    if (Date.now() - since < SLICE) return undefined;
    return new Promise((resolve) => {
      setTimeout(() => {
        since = Date.now();
        resolve();
      });
    });
  };
}

async function verifyFile(bytes, context) {
  try {
    return await verifyBundle(readBundle(readZip(bytes)), context);
  } catch (error) {
    return unreadable(readingFault(error), context.options);
  }
}

// A fault of this program, or a lack of memory, is never told as a fault of the draw.
function readingFault(error) {
  return error instanceof Refused
    ? failed(error.message)
    : couldNotCheck(`this verifier stopped: ${error}`);
}

// Nothing else can be said of a bundle that cannot be read.
function unreadable(finding, options) {
  const report = new Report(options);
  for (const name of CHECK_NAMES) {
    report.set(name, couldNotCheck("the bundle's files could not all be read"));
  }
  report.check("format").outcome = "not applicable";
  report.set("format", finding);
  if (!isReceiptGiven(options)) Object.assign(report.check("receipt"), noReceipt());
  return report;
}

async function verifyBundle(bundle, context) {
  const { options, breathe } = context;
  const report = new Report(options);
  const computed = { seed: null, result: null, settle: [] };
  const inner = { ...context, bundle, excluded: [], values: null, computed };
  if (!bundle.isCancelled) report.computed = computed;
  const put = async (name, check) => {
    report.set(name, await findingOf(check));
    if (context.depth === 0) options.onCheck?.(report.check(name));
    await breathe();
  };
  if (!bundle.isCancelled) inner.excluded = await readExcluded(inner, report);
  const count = bundle.files.size;
  await put("format", () => passed(`all ${count} files are of their one form`, { files: count }));
  await put("signatures", () => checkSignatures(inner));
  await put("links", () => checkLinks(inner));
  await put("journal", () => checkJournal(inner));
  await put("time", () => checkTime(inner));
  if (bundle.isCancelled) {
    report.cancelled = bundle.cancel.reason;
    const [from, to] = [CHECK_NAMES.indexOf("beacon"), CHECK_NAMES.indexOf("purge")];
    for (const name of CHECK_NAMES.slice(from, to)) {
      await put(name, () => notApplicable("the draw was cancelled before it took place"));
    }
  } else {
    await put("beacon", () => {
      const { finding, values } = sourceValues(bundle);
      inner.values = values;
      return finding;
    });
    await put("numbers-origin", () => checkNumbersOrigin(inner));
    await put("seed", () => checkSeed(inner));
    await put("order", () => checkOrder(inner));
    await put("openings", () => checkOpenings(inner));
    await put("voids", () => checkVoids(inner));
    await put("result", () => checkResult(inner));
    await put("settle", () => checkSettle(inner));
    await put("entries", () => checkEntries(inner));
  }
  await put("purge", () => checkPurge(inner));
  await put("receipt", () => checkReceipt(inner));
  return report;
}

// Excluded draws are bundles inside the bundle: what fails or cannot be checked inside counts for
// the check of the same name outside. Gives [{ name, line, bundle }], bundle null if unreadable.
async function readExcluded(context, report) {
  const { bundle } = context;
  const excluded = [];
  for (const [place, zip] of bundle.excluded.entries()) {
    const name = `excluded-${place + 1}.zip`;
    const line = bundle.manifest.excludes[place];
    excluded.push({ name, line, bundle: await readInner(name, zip, context, report) });
  }
  return excluded;
}

async function readInner(name, zip, { bundle, depth, breathe }, report) {
  const options = { siteKey: vkeyText(bundle.site) };
  const context = { options, depth: depth + 1, outer: bundle, breathe };
  let inner = null;
  let inside;
  try {
    if (depth === MAX_DEPTH) throw new Refused(`bundles are nested more than ${MAX_DEPTH} deep`);
    inner = readBundle(readZip(zip));
    inside = await verifyBundle(inner, context);
  } catch (error) {
    inside = unreadable(readingFault(error), options);
  }
  for (const check of inside.checks) {
    if (check.outcome !== "failed" && check.outcome !== "could not check") continue;
    report.set(check.name, { ...check, reason: `${name}: ${check.reason}`, facts: {} });
  }
  return inner;
}
