// The draw, computed again: the lines of the result (section 4.7) and of the settlements (4.8), one
// after the other, from public data alone.

import { Refused, fromHex, utf8 } from "./bytes.mjs";
import { PREFIX, taggedHash } from "./encoding.mjs";
import { orderOf } from "./order.mjs";
import { isReserve } from "./result-records.mjs";

// TH("seed", manifest, close, value 1, …); values are hexadecimal digits.
export function seedOf(manifest, close, values) {
  return taggedHash("seed", ...[manifest.hash, close.hash, ...values].map(fromHex));
}

// A numbers value as it goes into the seed.
export function numbersValue(text) {
  return [...utf8(text)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function* slotsOf(manifest) {
  for (const { slug, units } of manifest.prizes) {
    for (let unit = 1; unit <= units; unit++) yield `${slug}/${unit}`;
  }
  for (let place = 1; place <= manifest.reserves; place++) yield `reserve/${place}`;
}

// One walk along the order. `openings` maps drawn tickets to their openings.
class Walk {
  constructor({ manifest, close, excludedTags, openings }, seed) {
    this.manifest = manifest;
    this.voids = close.voids;
    this.order = orderOf(fromHex(seed), close.size);
    this.position = 0;
    this.wins = new Map();
    this.excludedTags = excludedTags;
    this.openings = openings;
  }

  next() {
    const { value, done } = this.order.next();
    if (done) return null;
    this.position++;
    return value;
  }

  // Goes on behind `lines`: one position for each that was drawn, and the wins that they gave.
  pass(lines) {
    const drawn = lines.filter(({ what }) => what !== "unfilled");
    for (const { what, opening } of drawn) {
      this.order.next();
      if (what === "slot" && opening) this.win(opening.tag);
    }
    this.position = drawn.length;
  }

  win(tag) {
    this.wins.set(tag, (this.wins.get(tag) ?? 0) + 1);
  }

  maySkip(tag) {
    const wins = this.wins.get(tag) ?? 0;
    return wins >= this.manifest.winsPerPerson || this.excludedTags.has(tag);
  }

  // Draws until `slot` is taken, or says that it stays empty.
  *fill(slot) {
    for (let index = this.next(); index !== null; index = this.next()) {
      const start = `draw ${this.position - 1} ${index}`;
      const code = this.voids.get(index);
      const opening = this.openings.get(index);
      if (code !== undefined) {
        yield `${start} void ${code}`;
      } else if (opening === undefined) {
        yield `${start} ${slot} unopened`;
        return;
      } else {
        const opened = `${opening.tag} ${opening.bind} ${opening.ticketNo}`;
        if (!this.maySkip(opening.tag)) {
          this.win(opening.tag);
          yield `${start} ${slot} ${opened}`;
          return;
        }
        yield `${start} dup ${opened}`;
      }
    }
    yield `unfilled ${slot}`;
  }
}

// What both texts are computed from: `excluded` is [{ line, outcome, tags }] in manifest order.
export function drawingOf(manifest, close, excluded, openings) {
  const excludedTags = new Set(excluded.flatMap(({ tags }) => tags));
  return { manifest, close, excluded, excludedTags, openings };
}

// The lines of the result note, without their line feeds.
export function* resultLines(drawing, values) {
  const { manifest, close, excluded } = drawing;
  yield `${PREFIX} result`;
  yield `manifest ${manifest.hash}`;
  yield `close ${close.hash}`;
  for (const { line, outcome } of excluded) yield `excluded ${line} ${outcome}`;
  for (const [place, value] of values.entries()) yield `source ${place + 1} ${value}`;
  const seed = seedOf(manifest, close, values);
  yield `seed ${seed}`;
  const walk = new Walk(drawing, seed);
  for (const slot of slotsOf(manifest)) yield* walk.fill(slot);
  yield `end ${walk.position}`;
}

// All lines of the result and the settlements that say what happened at a place of the order or
// to a slot; `fill` lines are left out.
export function allLines(result, settles) {
  const later = settles.flatMap((settle) => settle.lines.filter(({ what }) => what !== "fill"));
  return result.lines.concat(later);
}

// The openings that result and settlements publish, by ticket.
export function publishedOpenings(result, settles) {
  const openings = new Map();
  for (const { index, opening } of allLines(result, settles)) {
    if (opening) openings.set(index, opening);
  }
  return openings;
}

// Who holds each slot: every slot of the result in its order, with its ticket or null.
export class Holdings {
  constructor(result, settles) {
    this.slots = [];
    this.places = new Map();
    this.twice = null;
    for (const { what, slot, index } of result.lines) {
      if (what !== "slot" && what !== "unfilled") continue;
      if (this.places.has(slot)) this.twice = slot;
      this.places.set(slot, this.slots.length);
      this.slots.push({ slot, index: what === "slot" ? index : null });
    }
    for (const settle of settles) this.apply(settle);
  }

  // Puts a ticket into a slot and gives back the one that was there.
  put(slot, index) {
    const place = this.places.get(slot);
    if (place === undefined) return null;
    const before = this.slots[place].index;
    this.slots[place].index = index;
    return before;
  }

  apply(settle) {
    for (const { slot } of settle.vacates) this.put(slot, null);
    for (const { what, slot, index, reserve } of settle.lines) {
      if (what === "fill") this.put(slot, this.put(reserve, null));
      else if (what === "slot") this.put(slot, index);
    }
  }

  held() {
    return this.slots.filter(({ index }) => index !== null);
  }

  // Empties the slots that a settlement names and lists them in slot order.
  vacate(vacates) {
    if (this.twice !== null) throw new Refused(`the result names the slot ${this.twice} twice`);
    const vacated = vacates.map(({ slot, code }) => {
      const index = this.put(slot, null);
      if (index === null) throw new Refused(`nobody holds the slot ${slot}, or it is named twice`);
      return { slot, index, code, place: this.places.get(slot) };
    });
    return vacated.sort((a, b) => a.place - b.place);
  }
}

// The lines of the settlement `settle` as they follow from the notes before it and what it vacates.
// It goes on behind the tickets drawn so far, whatever those notes say of their end.
export function* settleLines(drawing, result, earlier, settle) {
  const { manifest } = drawing;
  const holdings = new Holdings(result, earlier);
  const vacated = holdings.vacate(settle.vacates);
  const reserves = holdings.held().filter(({ slot }) => isReserve(slot));
  const before = earlier.at(-1) ?? result;

  yield `${PREFIX} settle`;
  yield `manifest ${manifest.hash}`;
  yield `result ${result.hash}`;
  yield `seq ${earlier.length + 1}`;
  yield `prev ${before.hash}`;
  yield `vacates ${vacated.length}`;
  for (const { slot, index, code } of vacated) yield `vacate ${slot} ${index} ${code}`;

  const walk = new Walk(drawing, result.seed);
  walk.pass(allLines(result, earlier));
  for (const { slot } of vacated) {
    if (isReserve(slot)) continue;
    const moved = reserves.shift();
    if (moved === undefined) yield* walk.fill(slot);
    else yield `fill ${slot} ${moved.index} ${moved.slot}`;
  }
  yield `end ${walk.position}`;
}

// The first `sample` non-void tickets of the order under TH("audit", seed) (section 4.9).
export function auditSample(seed, close, sample) {
  const tickets = [];
  if (sample === 0) return tickets;
  for (const index of orderOf(fromHex(taggedHash("audit", fromHex(seed))), close.size)) {
    if (!close.voids.has(index)) tickets.push(index);
    if (tickets.length === sample) break;
  }
  return tickets;
}
