// Check `receipt`: the caller's own ticket (section 4.2). Neither the ID number nor the receipt
// code ever gets into a reason.

import { Refused, fromHex, sameBytes, toHex } from "./bytes.mjs";
import { commitmentOf, entriesRoot } from "./check-draw.mjs";
import { publishedOpenings } from "./drawing.mjs";
import { checkInclusion, leafHash } from "./merkle.mjs";
import { checkOnlyLine, parseCheckpoint, parseNote, parseProof } from "./note.mjs";
import { Unknown, couldNotCheck, notApplicable, passed } from "./report.mjs";
import {
  bindOf,
  nonceOf,
  parseExtra,
  parseSecret,
  stateText,
  subjectOf,
  ticketState,
  ticketText,
} from "./ticket.mjs";

// An empty file or word was given as well, and is refused as what it is.
export const isGiven = (own) => own !== undefined && own !== null;

export function isReceiptGiven({ receipt, secret, id }) {
  return [receipt, secret, id].some(isGiven);
}

export function noReceipt() {
  return notApplicable("no receipt was given");
}

// Reads the caller's own words once: { receipt, secret, subject }.
export function readOwn({ receipt, secret, id }) {
  return {
    receipt: isGiven(receipt) ? parseProof(receipt) : null,
    secret: isGiven(secret) ? ownSecret(secret) : null,
    subject: isGiven(id) ? subjectOf(id) : null,
  };
}

// A mistyped code is no fault of the draw.
function ownSecret(typed) {
  try {
    return parseSecret(typed);
  } catch (error) {
    throw error instanceof Refused ? new Unknown(error.message) : error;
  }
}

export async function checkReceipt({ bundle, options, breathe }) {
  if (!isReceiptGiven(options)) return noReceipt();
  const own = readOwn(options);
  if (bundle.isCancelled) {
    return couldNotCheck("the draw was cancelled, so there is no list to look in");
  }
  if (own.receipt) {
    const ticket = readReceipt(own.receipt, bundle);
    const opened = opens(ticket, own, bundle);
    await checkInList(ticket, opened, bundle, breathe);
    return ticketFinding(ticket.index, "is in the final list" + opened, bundle);
  }
  if (own.secret === null || own.subject === null) {
    const [had, lacked] = own.secret ? ["a receipt code", "the ID number"] : ["an ID number", "the receipt"];
    throw new Unknown(`${had} alone shows nothing: give ${lacked} as well`);
  }
  const index = ticketByCode(own, bundle);
  return ticketFinding(index, "belongs to the given code and ID number", bundle);
}

function ticketFinding(index, words, bundle) {
  const state = ticketState(bundle, Number(index));
  const ticket = ticketText(index);
  return passed(`ticket ${ticket} ${words}; ${stateText(state)}`, { ticket, ...state });
}

// The receipt itself: signed by the site, and its ticket in the log at that moment.
function readReceipt(receipt, { site, manifest, base }) {
  const checkpoint = ofReceipt(() => {
    const note = parseNote(receipt.checkpoint);
    checkOnlyLine(note, site);
    return parseCheckpoint(note.text);
  });
  if (checkpoint.origin !== manifest.origin) {
    throw new Refused(
      `the receipt is of another draw's log: expected ${manifest.origin}, found ${checkpoint.origin}`,
    );
  }
  const { index, path } = receipt;
  const extra = receipt.extra ?? new Uint8Array(0);
  return ofReceipt(() => {
    if (extra.length !== 32 && extra.length !== 100) {
      throw new Refused("expected 100 or 32 bytes of extra data");
    }
    const opening = extra.length === 100 ? parseExtra(extra) : null;
    const leaf = opening ? fromHex(commitmentOf(base, opening)) : extra;
    checkInclusion(leafHash(leaf), index, checkpoint.size, path, checkpoint.root);
    return { index, leaf, opening, checkpoint };
  });
}

// What a part of the receipt refuses is told as a fault of the receipt.
function ofReceipt(read) {
  try {
    return read();
  } catch (error) {
    throw error instanceof Refused ? new Refused(`receipt: ${error.message}`) : error;
  }
}

// The receipt belongs to this code and this ID, as far as they are given.
function opens({ opening }, { secret, subject }, { base }) {
  if (secret === null && subject === null) return "";
  if (opening === null) {
    throw new Unknown(
      "a shareable proof does not show whose ticket it is: give the receipt file",
    );
  }
  if (secret !== null && nonceOf(secret, base, opening.ticketNo) !== opening.nonce) {
    throw new Refused("the receipt belongs to another receipt code");
  }
  if (subject === null) return "";
  if (bindOf(opening.nonce, subject) !== opening.bind) {
    throw new Refused("the receipt belongs to another ID number");
  }
  return " and belongs to the given ID number";
}

// The log at the moment of the receipt is part of the list that was drawn from.
async function checkInList({ index, leaf, checkpoint }, opened, bundle, breathe) {
  const { close, entries, proofs } = bundle;
  const size = BigInt(close.size);
  const ticket = ticketText(index);
  if (checkpoint.size > size) {
    throw new Refused(
      `ticket ${ticket} is missing: the site signed a log of ${checkpoint.size} tickets, the close has ${size}`,
    );
  }
  let known = checkpoint.size === size ? fromHex(close.root) : null;
  if (known === null && entries?.length === 32 * close.size) {
    known = await entriesRoot(entries, Number(checkpoint.size), breathe);
  }
  if (known !== null) {
    if (sameBytes(known, checkpoint.root)) return;
    throw new Refused(
      `the site signed two different logs of ${checkpoint.size} tickets: ${toHex(checkpoint.root)} for this receipt, ${toHex(known)} for the draw`,
    );
  }
  const proven = proofs.find((proof) => BigInt(proof.index) === index);
  if (proven === undefined) {
    throw new Unknown(
      `ticket ${ticket} was accepted${opened}; without entries.bin the bundle cannot show whether it is in the final list`,
    );
  }
  if (!sameBytes(proven.commitment, leaf)) {
    throw new Refused(`ticket ${ticket} of the draw is not the ticket of this receipt`);
  }
}

// A winner's code and ID number find the ticket among the published openings.
function ticketByCode({ secret, subject }, { base, result, settles }) {
  const published = [...publishedOpenings(result, settles)].sort(([a], [b]) => a - b);
  for (const [index, { bind, ticketNo }] of published) {
    if (bindOf(nonceOf(secret, base, ticketNo), subject) === bind) return index;
  }
  throw new Unknown(
    "no drawn ticket belongs to this code and ID number; only the receipt file can show a ticket that was not drawn",
  );
}
