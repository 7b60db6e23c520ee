#!/usr/bin/env python3
"""Checks the bundle of a lucky draw, offline, with nothing but this file and Python 3.9 or newer.

A bundle is the zip file that a draw's page offers as "bundle.zip". It holds the rules, the signed
promises made before the first entry, the public randomness and the result. This program computes
the whole draw again from it and compares every byte. There is no personal data in a bundle.

  python3 lucky_draw_verify.py bundle.zip
  python3 lucky_draw_verify.py bundle.zip --vkey 'library.example.tw+0a1b2c3d+AbCd...'
  python3 lucky_draw_verify.py bundle.zip --receipt my.tlog-proof --id A123456789
  python3 lucky_draw_verify.py bundle.zip --secret 7GQ4-X2MN-8R3T-K9WP-ABCD-9 --id A123456789
  python3 lucky_draw_verify.py bundle.zip --require-time
  python3 lucky_draw_verify.py --json bundle.zip
  python3 lucky_draw_verify.py --json-lines FOLDER

Each line of the output is one check: passed, failed, not applicable or could not check; a tab; the
check's name; a tab; the reason. The last line is the result.

  format          the zip and every file in it have the one form that they may have
  signatures      every note is signed by the site's key
  links           the notes name each other: rules, manifest, close, freeze, result, settlements
  journal         the notes stand in the site's public journal, and none was picked among several
  time            outside witnesses saw the list frozen before the randomness was public
  beacon          the public randomness is signed by the drand network
  numbers-origin  lottery numbers, if used: only the lottery itself can confirm them
  seed            the seed follows from the rules, the list and the randomness
  order           the tickets were drawn in the order that the seed gives
  openings        every drawn ticket is in the list and belongs to one tag
  voids           exactly the tickets that were void before the draw were skipped
  result          who won what, computed again
  settle          who moved up for winners who did not claim, computed again
  entries         the whole list, if the bundle carries it
  purge           the notes about the destruction of personal data belong to this draw
  receipt         your own ticket, if you give your receipt

What it does not check:

  * the BLS signature of the drand network, unless the package py_ecc is installed (`pip install
    py_ecc`). Without it `beacon` is "could not check", everything else is computed from the
    randomness as the bundle gives it, and the exit status is 2. Compare the round's signature with
    https://api.drand.sh/<chain hash>/public/<round>, or install py_ecc.
  * the site's key, unless you give --vkey from a place that whoever gave you the bundle does not
    control: a poster in the library, the printed rules, somebody else's copy.
  * that lottery numbers are those that the lottery drew.
  * that personal data was destroyed: no file can show that, only who says so.

Your receipt is as sensitive as your ID number. Nothing that you give is printed, stored or sent.

Exit status: 0 nothing failed (the result line may say "time not proven"); 1 something failed;
2 something could not be checked (time and numbers-origin count only with --require-time); 64 the
arguments are not right.

This is one of three verifiers, written from docs/draw-protocol.md alone and not from the others;
"4.7" in a comment is a section of that page. Read it from top to bottom: hashes and signatures,
the texts, the files, the draw, the checks, the command line. It has no dependencies: copy it.
"""

import argparse
import base64
import hashlib
import itertools
import json
import multiprocessing
import os
import re
import struct
import sys
import zlib
from collections import Counter, namedtuple
from functools import lru_cache

PROTOCOL = "lucky-draw/v1"
VERSION = "1.0"

PASSED, FAILED = "passed", "failed"
NOT_APPLICABLE, COULD_NOT_CHECK = "not applicable", "could not check"
SEVERITY = {NOT_APPLICABLE: 0, PASSED: 1, COULD_NOT_CHECK: 2, FAILED: 3}


class Finding(Exception):
    """Ends a check with an outcome other than `passed`."""

    def __init__(self, outcome, reason):
        super().__init__(reason)
        self.outcome, self.reason = outcome, reason


class Refused(Exception):
    """A text or a file is not of its form."""


def fail(reason):
    raise Finding(FAILED, reason)


def could_not(reason):
    raise Finding(COULD_NOT_CHECK, reason)


def show(value):
    return value.hex() if isinstance(value, bytes) else "none" if value is None else str(value)


def same(what, expected, found):
    if expected != found:
        fail(f"{what}: expected {show(expected)}, found {show(found)}")


# ---- 4.1 Hashes -----------------------------------------------------------------------------


def sha256(data):
    return hashlib.sha256(data).digest()


def tagged_hash(label, *parts):
    """TH: the hash of the label and each part, each behind its length."""
    parts = (f"{PROTOCOL}/{label}".encode(),) + parts
    return sha256(b"".join(struct.pack(">I", len(part)) + part for part in parts))


# ---- 4.2 Merkle trees (RFC 9162 section 2.1) -------------------------------------------------


def leaf_hash(data):
    return sha256(b"\x00" + data)


def node_hash(left, right):
    return sha256(b"\x01" + left + right)


class Frontier:
    """An append-only tree of which only the roots of the perfect subtrees are kept."""

    def __init__(self, size=0, roots=()):
        self.size, self.roots = size, list(roots)

    def push(self, leaf):
        size = self.size
        while size & 1:
            leaf = node_hash(self.roots.pop(), leaf)
            size >>= 1
        self.roots.append(leaf)
        self.size += 1

    def root(self):
        if not self.roots:
            return sha256(b"")
        root = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            root = node_hash(left, root)
        return root


def check_inclusion(what, leaf, index, size, path, root):
    """The leaf hash stands at `index` of the tree (RFC 9162 section 2.1.3.2)."""
    if index >= size:
        fail(f"{what}: the proof is about a position outside the tree")
    node, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            fail(f"{what}: the proof has the wrong number of hashes")
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    if last:
        fail(f"{what}: the proof has the wrong number of hashes")
    if found != root:
        fail(f"{what}: expected root {root.hex()}, the proof gives {found.hex()}")


# ---- 4.9 Ed25519, checked strictly (RFC 8032) ------------------------------------------------

FIELD = 2**255 - 19
GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE_D = -121665 * pow(121666, -1, FIELD) % FIELD
SQRT_OF_MINUS_1 = pow(2, (FIELD - 1) // 4, FIELD)
IDENTITY = (0, 1, 1, 0)


def point_add(a, b):
    """Points are (X, Y, Z, T) with x = X/Z, y = Y/Z, x*y = T/Z."""
    p = (a[1] - a[0]) * (b[1] - b[0]) % FIELD
    q = (a[1] + a[0]) * (b[1] + b[0]) % FIELD
    r = 2 * a[3] * b[3] * CURVE_D % FIELD
    s = 2 * a[2] * b[2] % FIELD
    e, f, g, h = q - p, s - r, s + r, q + p
    return e * f % FIELD, g * h % FIELD, f * g % FIELD, e * h % FIELD


def point_double(a):
    p, q = a[0] * a[0] % FIELD, a[1] * a[1] % FIELD
    r, s = 2 * a[2] * a[2], a[0] + a[1]
    h = p + q
    e, g = h - s * s % FIELD, p - q
    f = r + g
    return e * f % FIELD, g * h % FIELD, f * g % FIELD, e * h % FIELD


@lru_cache(maxsize=256)
def point_decode(data):
    """The point that 32 bytes stand for, or None; every point has exactly one encoding."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= FIELD:
        return None
    u, v = (y * y - 1) % FIELD, (CURVE_D * y * y + 1) % FIELD
    x = u * pow(v, 3, FIELD) * pow(u * pow(v, 7, FIELD), (FIELD - 5) // 8, FIELD) % FIELD
    if v * x * x % FIELD == -u % FIELD:
        x = x * SQRT_OF_MINUS_1 % FIELD
    if v * x * x % FIELD != u or (x == 0 and sign):
        return None
    x = FIELD - x if x & 1 != sign else x
    return x, y, 1, x * y % FIELD


def point_encode(point):
    inverse = pow(point[2], -1, FIELD)
    x, y = point[0] * inverse % FIELD, point[1] * inverse % FIELD
    return (y | (x & 1) << 255).to_bytes(32, "little")


def has_small_order(point):
    for _ in range(3):
        point = point_double(point)
    return point[0] == 0 and point[1] == point[2]


BASE_POINT = point_decode((4 * pow(5, -1, FIELD) % FIELD).to_bytes(32, "little"))


def is_sound_key(key):
    point = point_decode(key)
    return point is not None and not has_small_order(point)


@lru_cache(maxsize=4096)
def is_signed(key, message, signature):
    """Strict verification: s is reduced, and R is the one encoding of [s]B - [k]A, no cofactor."""
    if len(signature) != 64 or not is_sound_key(key):
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= GROUP_ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + key + message).digest()
    k = int.from_bytes(digest, "little") % GROUP_ORDER
    x, y, _, t = point_decode(key)
    minus_key = (FIELD - x, y, 1, FIELD - t)
    both = point_add(BASE_POINT, minus_key)
    found = IDENTITY
    for bit in range(252, -1, -1):
        found = point_double(found)
        in_s, in_k = s >> bit & 1, k >> bit & 1
        if in_s and in_k:
            found = point_add(found, both)
        elif in_s:
            found = point_add(found, BASE_POINT)
        elif in_k:
            found = point_add(found, minus_key)
    return point_encode(found) == signature[:32] and not has_small_order(found)


# ---- 4.6 The stream, integers and the order --------------------------------------------------


def chacha20_block(key, counter):
    """Sixteen words of the key stream (RFC 8439 section 2.3) with a nonce of zeros."""
    start = (0x61707865, 0x3320646E, 0x79622D32, 0x6B206574) + key
    start += (counter & 0xFFFFFFFF, counter >> 32, 0, 0)
    x = list(start)
    columns = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15))
    diagonals = ((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))
    for a, b, c, d in (columns + diagonals) * 10:
        i, j, k, m = x[a], x[b], x[c], x[d]
        i = (i + j) & 0xFFFFFFFF
        m ^= i
        m = (m << 16 | m >> 16) & 0xFFFFFFFF
        k = (k + m) & 0xFFFFFFFF
        j ^= k
        j = (j << 12 | j >> 20) & 0xFFFFFFFF
        i = (i + j) & 0xFFFFFFFF
        m ^= i
        m = (m << 8 | m >> 24) & 0xFFFFFFFF
        k = (k + m) & 0xFFFFFFFF
        j ^= k
        x[a], x[b], x[c], x[d] = i, (j << 7 | j >> 25) & 0xFFFFFFFF, k, m
    return [(a + b) & 0xFFFFFFFF for a, b in zip(x, start)]


def stream(seed):
    """The key stream as 64-bit integers, little-endian."""
    key = struct.unpack("<8I", seed)
    for counter in itertools.count():
        block = chacha20_block(key, counter)
        for low, high in zip(block[::2], block[1::2]):
            yield high << 32 | low


def uniform(values, m):
    """A uniform integer below m: what would make small numbers likelier is thrown away."""
    limit = 2**64 // m * m
    for value in values:
        if value < limit:
            return value % m


def order(seed, n):
    """The tickets 0..n-1 as they leave the drum: Fisher-Yates, remembering only what moved."""
    values, moved = stream(seed), {}
    for j in range(n):
        r = j + uniform(values, n - j)
        mine = moved.pop(j, j)
        if r == j:
            yield mine
        else:
            yield moved.get(r, r)
            moved[r] = mine


# ---- 4.1 The grammar of all texts ------------------------------------------------------------

MAX_INTEGER = 2**53 - 1
MAX_TICKETS = 2**32 - 1
MAX_32_BIT = 2**32 - 1


def integer(low, high):
    """A decimal integer without sign or leading zero."""

    def read(token):
        if re.fullmatch("0|[1-9][0-9]{0,15}", token) and low <= int(token) <= high:
            return int(token)
        raise Refused(f"an integer from {low} to {high}")

    return read


def digest(token):
    if re.fullmatch("[0-9a-f]{64}", token):
        return bytes.fromhex(token)
    raise Refused("64 lower-case hexadecimal digits")


def hex_bytes(token):
    if re.fullmatch("(?:[0-9a-f]{2})+", token):
        return bytes.fromhex(token)
    raise Refused("hexadecimal digits")


def digest_or(word):
    """A hash, or one word in its place, which is read as None."""

    def read(token):
        return None if token == word else digest(token)

    return read


def matching(pattern, what):
    def read(token):
        if re.fullmatch(pattern, token):
            return token
        raise Refused(what)

    return read


def one_of(*words):
    return matching("|".join(map(re.escape, words)), " or ".join(words))


KEY_NAME = r"[!-*,-~]{1,255}"  # 0x21-0x7E without '+'
SLUG = r"[a-z0-9-]{1,32}"
ticket_index = integer(0, MAX_TICKETS - 1)
key_name = matching(KEY_NAME, "1 to 255 printable characters without space and '+'")
slug = matching(SLUG, "a name of small letters, digits and hyphens")
reason_code = matching("[A-Z][A-Z0-9]{0,7}", "a reason code")
void_code = one_of("W", "D", "I", "T")
slot_place = r"(?:[1-9][0-9]{0,4}|100000)"
any_slot = matching(f"{SLUG}/{slot_place}", "a slot such as grand/1 or reserve/3")
prize_slot = matching(f"(?!reserve/){SLUG}/{slot_place}", "a prize slot such as grand/1")
reserve_slot = matching(f"reserve/{slot_place}", "a reserve slot")


class Lines:
    """The lines of one text, read in order: one space between fields, a line feed at each end."""

    def __init__(self, text, kind=None):
        stray = re.search("[^ -~\n]", text)
        if stray:
            line = 1 + text[: stray.start()].count("\n")
            raise Refused(f"line {line}: expected plain ASCII, found another character")
        if not text.endswith("\n"):
            raise Refused("expected a line feed at the end")
        self.lines = text.split("\n")[:-1]
        self.at = 0
        if kind:
            self.read(PROTOCOL, one_of(kind))

    def peek(self):
        """The fields of the next line."""
        return self.lines[self.at].split(" ") if self.at < len(self.lines) else [""]

    def next_is(self, keyword):
        return self.peek()[0] == keyword

    def read(self, keyword, *kinds):
        """The next line: the keyword, and one field of each kind and no more."""
        fields = self.peek()
        self.at += 1
        if fields[0] != keyword:
            raise Refused(f"line {self.at}: expected {keyword}")
        if len(fields) - 1 != len(kinds) or "" in fields:
            raise Refused(f"line {self.at}: expected {len(kinds)} fields after {keyword}")
        try:
            return [kind(field) for kind, field in zip(kinds, fields[1:])]
        except Refused as error:
            raise Refused(f"line {self.at}: expected {error}") from None

    def refuse(self, what):
        raise Refused(f"line {self.at}: expected {what}")

    def end(self):
        if self.at < len(self.lines):
            raise Refused(f"line {self.at + 1}: expected the end of the text")


# ---- 4.3 The manifest ------------------------------------------------------------------------

FREEZE_LEAD = 600

Drand = namedtuple("Drand", "chain round")
Numbers = namedtuple("Numbers", "slug sorted count")
Commit = namedtuple("Commit", "commitment")


class Record:
    """A text that was read; its fields are attributes, its hash is that of the text."""

    def __init__(self, kind, text, **fields):
        self.kind, self.text = kind, text
        self.hash = sha256(text.encode("ascii"))
        self.__dict__.update(fields)


def read_source(lines):
    kind = (lines.peek() + [""])[1]
    if kind == "drand":
        _, chain, number = lines.read("source", str, digest, integer(1, MAX_INTEGER))
        return Drand(chain, number)
    if kind == "numbers":
        fields = lines.read("source", str, slug, one_of("sorted", "ordered"), integer(1, 64))
        return Numbers(fields[1], fields[2] == "sorted", fields[3])
    fields = lines.read("source", one_of("commit"), digest)
    return Commit(fields[1])


def read_manifest(text):
    lines = Lines(text, "manifest")
    unix = integer(0, MAX_INTEGER)
    (origin,) = lines.read("origin", key_name)
    (rules,) = lines.read("rules", digest)
    (opens,) = lines.read("opens", unix)
    (closes,) = lines.read("closes", unix)
    if closes <= opens:
        lines.refuse("a closing time after the opening time")
    (freezes,) = lines.read("freezes", integer(closes, MAX_INTEGER))
    sources = [read_source(lines)]
    while lines.next_is("source"):
        sources.append(read_source(lines))
        if len(sources) > 4:
            lines.refuse("at most 4 sources")
    prizes = {}
    while lines.next_is("prize") or not prizes:
        name, units = lines.read("prize", slug, integer(1, 100000))
        if name in prizes or name == "reserve" or len(prizes) == 64:
            lines.refuse("at most 64 prizes, each with a name of its own")
        prizes[name] = units
    (reserves,) = lines.read("reserves", integer(0, 100000))
    (wins,) = lines.read("wins-per-person", integer(1, 65535))
    (tickets,) = lines.read("tickets-per-person", integer(1, 65535))
    excludes = []
    while lines.next_is("excludes"):
        excludes += lines.read("excludes", digest)
        if len(excludes) > 16 or excludes[-2:-1] >= excludes[-1:]:
            lines.refuse("at most 16 excludes lines in ascending order")
    supersedes = None
    if lines.next_is("supersedes"):
        supersedes, _ = lines.read("supersedes", digest, reason_code)
    lines.end()
    return Record(
        "manifest", text, origin=origin, rules=rules, opens=opens, closes=closes, freezes=freezes,
        sources=sources, prizes=prizes, reserves=reserves, wins_per_person=wins,
        tickets_per_person=tickets, excludes=excludes, supersedes=supersedes,
    )  # fmt: skip


def slots_of(manifest):
    """All slots in the order in which they are filled."""
    for name, units in manifest.prizes.items():
        for unit in range(1, units + 1):
            yield f"{name}/{unit}"
    for place in range(1, manifest.reserves + 1):
        yield f"reserve/{place}"


def round_times(manifest):
    """When the named rounds of pinned chains are due, with the number of their source line."""
    for line, source in enumerate(manifest.sources, 1):
        if isinstance(source, Drand) and source.chain in CHAINS:
            yield line, CHAINS[source.chain].time_of(source.round)


def draw_time(manifest):
    """T0 of 4.9: the earliest round, or the freeze and 600 seconds without drand."""
    times = [time for _, time in round_times(manifest)]
    return min(times, default=manifest.freezes + FREEZE_LEAD)


# ---- 4.4 and 4.9 The other notes -------------------------------------------------------------


def read_anchor(text):
    lines = Lines(text, "anchor")
    (manifest,) = lines.read("manifest", digest)
    lines.read("size", integer(0, MAX_TICKETS))
    lines.read("root", digest)
    lines.end()
    return Record("anchor", text, manifest=manifest)


def read_close(text):
    lines = Lines(text, "close")
    (manifest,) = lines.read("manifest", digest)
    (seq,) = lines.read("seq", integer(0, MAX_32_BIT))
    (size,) = lines.read("size", integer(0, MAX_TICKETS))
    (root,) = lines.read("root", digest)
    (count,) = lines.read("voids", integer(0, size))
    voids, least = {}, 0
    for _ in range(count):
        index, code = lines.read("void", integer(least, size - 1), void_code)
        voids[index], least = code, index + 1
    lines.end()
    return Record("close", text, manifest=manifest, seq=seq, size=size, root=root, voids=voids)


def read_key_note(text):
    lines = Lines(text, "key")
    (manifest,) = lines.read("manifest", digest)
    (tag_key,) = lines.read("tag-key", digest)
    count, quorum = lines.read("witnesses", integer(0, MAX_INTEGER), integer(0, MAX_INTEGER))
    if (count, quorum) != (0, 0) and not (1 <= quorum <= count and 2 * quorum > count):
        lines.refuse("a quorum of more than half of the witnesses, or 0 0")
    witnesses, last = [], ""
    for _ in range(count):
        (vkey,) = lines.read("witness", str)
        if vkey <= last:
            lines.refuse("witnesses in byte order, each once")
        witnesses.append(read_vkey(vkey, COSIGNATURE))
        last = vkey
    lines.end()
    return Record(
        "key", text, manifest=manifest, tag_key=tag_key, quorum=quorum, witnesses=witnesses
    )


def read_freeze(text):
    lines = Lines(text, "freeze")
    (manifest,) = lines.read("manifest", digest)
    (close,) = lines.read("close", digest)
    lines.end()
    return Record("freeze", text, manifest=manifest, close=close)


def read_reveal(text):
    lines = Lines(text, "reveal")
    (manifest,) = lines.read("manifest", digest)
    (secret,) = lines.read("secret", digest)
    lines.end()
    return Record("reveal", text, manifest=manifest, secret=secret)


def read_cancel(text):
    lines = Lines(text, "cancel")
    (manifest,) = lines.read("manifest", digest)
    (reason,) = lines.read("reason", reason_code)
    lines.end()
    return Record("cancel", text, manifest=manifest, reason=reason)


def read_audit(text):
    lines = Lines(text, "audit")
    (manifest,) = lines.read("manifest", digest)
    (result,) = lines.read("result", digest)
    (sample,) = lines.read("sample", integer(0, MAX_TICKETS))
    found = one_of("found", "missing")
    leaves = [lines.read("leaf", ticket_index, found) for _ in range(sample)]
    (over_cap,) = lines.read("over-cap", integer(0, MAX_INTEGER))
    lines.end()
    return Record("audit", text, manifest=manifest, result=result, leaves=leaves, over_cap=over_cap)


def read_purge(text):
    lines = Lines(text, "purge")
    hash_or_none = digest_or("none")
    (manifest,) = lines.read("manifest", hash_or_none)
    (result,) = lines.read("result", hash_or_none)
    if result and not manifest:
        lines.refuse("none, because there is no manifest")
    (settle,) = lines.read("settle", hash_or_none)
    if (settle is None) != (result is None):
        lines.refuse("a hash exactly where there is a result")
    lines.read("destroyed", one_of("contact,keys,openings"))
    (bundle,) = lines.read("bundle", hash_or_none)
    if (bundle is None) != (manifest is None):
        lines.refuse("a hash exactly where there is a manifest")
    (phase,) = lines.read("phase", integer(1, 2))
    (certificate,) = lines.read("certificate", digest)
    lines.end()
    return Record(
        "purge", text, manifest=manifest, result=result, settle=settle, bundle=bundle,
        phase=phase, certificate=certificate,
    )  # fmt: skip


MAX_SITE_LINES = 20


def read_site(text):
    """What a site states about itself; no check of a draw depends on it."""
    lines = Lines(text, "site")
    (of,) = lines.read("of", slug)
    said = []
    while lines.at < len(lines.lines) and len(said) < MAX_SITE_LINES:
        name, _, value = lines.lines[lines.at].partition(" ")
        lines.at += 1
        if not re.fullmatch(SLUG, name) or len(value) > 255 or "" in value.split(" "):
            lines.refuse("a name and its value")
        said.append((name, value))
    if not said:
        lines.refuse("a name and its value")
    lines.end()
    return Record("site", text, of=of, lines=said)


# ---- 4.7 and 4.8 Result and settlements, as texts --------------------------------------------

Opening = namedtuple("Opening", "tag bind ticket_no")
# One draw line. `slot` is None for void and dup lines, `opening` for void and unopened ones.
Draw = namedtuple("Draw", "j index void slot opening")
Fill = namedtuple("Fill", "slot index reserve")
Unfilled = namedtuple("Unfilled", "slot")
Vacate = namedtuple("Vacate", "slot index code")


def read_draw(lines):
    fields = lines.peek() + [""] * 5
    what, place = fields[3], (ticket_index, ticket_index)
    opening = (digest, digest, integer(0, MAX_32_BIT))
    if what == "void":
        j, index, _, code = lines.read("draw", *place, str, void_code)
        return Draw(j, index, code, None, None)
    if what == "dup":
        j, index, _, *opened = lines.read("draw", *place, str, *opening)
        return Draw(j, index, None, None, Opening(*opened))
    if fields[4] == "unopened":
        j, index, slot, _ = lines.read("draw", *place, any_slot, str)
        return Draw(j, index, None, slot, None)
    j, index, slot, *opened = lines.read("draw", *place, any_slot, *opening)
    return Draw(j, index, None, slot, Opening(*opened))


def read_result(text):
    lines = Lines(text, "result")
    (manifest,) = lines.read("manifest", digest)
    (close,) = lines.read("close", digest)
    while lines.next_is("excluded"):
        lines.read("excluded", digest, digest_or("cancelled"))
    values = []
    while lines.next_is("source") or not values:
        number = len(values) + 1
        _, value = lines.read("source", integer(number, min(number, 4)), hex_bytes)
        values.append(value)
    (seed,) = lines.read("seed", digest)
    body = []
    while lines.next_is("draw"):
        body.append(read_draw(lines))
    while lines.next_is("unfilled"):
        body.append(Unfilled(*lines.read("unfilled", any_slot)))
    (end,) = lines.read("end", integer(0, MAX_TICKETS))
    lines.end()
    return Record(
        "result",
        text,
        manifest=manifest,
        close=close,
        values=values,
        seed=seed,
        lines=body,
        end=end,
    )


def read_settle(text):
    lines = Lines(text, "settle")
    (manifest,) = lines.read("manifest", digest)
    (result,) = lines.read("result", digest)
    (seq,) = lines.read("seq", integer(1, MAX_32_BIT))
    (prev,) = lines.read("prev", digest)
    (count,) = lines.read("vacates", integer(1, MAX_INTEGER))
    code = one_of("F", "D", "I", "E")
    vacates = [Vacate(*lines.read("vacate", any_slot, ticket_index, code)) for _ in range(count)]
    body = []
    while not lines.next_is("end"):
        if lines.next_is("fill"):
            body.append(Fill(*lines.read("fill", prize_slot, ticket_index, reserve_slot)))
        elif lines.next_is("draw"):
            body.append(read_draw(lines))
        else:
            body.append(Unfilled(*lines.read("unfilled", any_slot)))
    (end,) = lines.read("end", integer(0, MAX_TICKETS))
    lines.end()
    return Record(
        "settle", text, manifest=manifest, result=result, seq=seq, prev=prev, vacates=vacates,
        lines=body, end=end,
    )  # fmt: skip


READERS = {
    "manifest": read_manifest, "key": read_key_note, "anchor": read_anchor, "close": read_close,
    "freeze": read_freeze, "reveal": read_reveal, "result": read_result, "settle": read_settle,
    "audit": read_audit, "cancel": read_cancel, "purge": read_purge, "site": read_site,
}  # fmt: skip


def read_record(text):
    """Any leaf of the journal, by the kind that its first line names."""
    first = text.split("\n", 1)[0]
    prefix = PROTOCOL + " "
    kind = first[len(prefix) :] if first.startswith(prefix) else ""
    if kind not in READERS:
        raise Refused("line 1: expected a kind of record that the protocol knows")
    return READERS[kind](text)


# ---- 4.9 Signed notes, checkpoints, proofs (C2SP) --------------------------------------------

ED25519, COSIGNATURE = 0x01, 0x04


def from_base64(text):
    """Standard padded base64, in the one form that encoding gives."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Refused("standard padded base64") from None
    if base64.b64encode(data).decode("ascii") != text:
        raise Refused("standard padded base64")
    return data


class Key(namedtuple("Key", "name kind key")):
    """A verifier key: name, signature type and Ed25519 public key."""

    @property
    def key_id(self):
        return sha256(self.name.encode("ascii") + b"\n" + bytes([self.kind]) + self.key)[:4]

    def vkey(self):
        encoded = base64.b64encode(bytes([self.kind]) + self.key).decode("ascii")
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    def wrote(self, line):
        return (line.name, line.key_id) == (self.name, self.key_id)


def read_vkey(text, kind):
    refused = Refused("not a verifier key of the expected kind, or its key ID does not match")
    parts = text.split("+", 2)
    if len(parts) != 3 or not re.fullmatch(KEY_NAME, parts[0]):
        raise refused
    try:
        data = from_base64(parts[2])
    except Refused:
        raise refused from None
    key = Key(parts[0], kind, data[1:])
    if len(data) != 33 or key.vkey() != text or not is_sound_key(key.key):
        raise refused
    return key


SignatureLine = namedtuple("SignatureLine", "name key_id signature")
SignedNote = namedtuple("SignedNote", "text lines")
Checkpoint = namedtuple("Checkpoint", "origin size root")
TlogProof = namedtuple("TlogProof", "extra index path checkpoint")


def read_signed_note(note):
    """Takes text and signature lines apart; no signature is checked here."""
    refused = Refused("not a note: expected a text, a blank line and signature lines")
    blank = note.rfind("\n\n")
    if blank < 0 or not note.endswith("\n") or blank + 2 == len(note):
        raise refused
    lines = []
    for line in note[blank + 2 : -1].split("\n"):
        parts = re.fullmatch(f"\u2014 ({KEY_NAME}) ([A-Za-z0-9+/=]+)", line)
        if not parts:
            raise refused
        try:
            data = from_base64(parts[2])
        except Refused:
            raise refused from None
        if len(data) <= 4:
            raise refused
        lines.append(SignatureLine(parts[1], data[:4], data[4:]))
    return SignedNote(note[: blank + 1], lines)


def read_checkpoint(text):
    refused = Refused("not a checkpoint: expected origin, size and base64 root")
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not re.fullmatch(KEY_NAME, lines[0]):
        raise refused
    try:
        size, root = integer(0, MAX_INTEGER)(lines[1]), from_base64(lines[2])
    except Refused:
        raise refused from None
    if len(root) != 32:
        raise refused
    return Checkpoint(lines[0], size, root)


def read_tlog_proof(text):
    refused = Refused("not a c2sp.org/tlog-proof@v1 file")
    head, _, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not checkpoint or lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise refused
    try:
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = from_base64(lines.pop(0)[len("extra ") :])
        if not lines or not lines[0].startswith("index "):
            raise refused
        index = integer(0, MAX_INTEGER)(lines[0][len("index ") :])
        path = [from_base64(line) for line in lines[1:]]
    except Refused:
        raise refused from None
    if any(len(node) != 32 for node in path):
        raise refused
    return TlogProof(extra, index, path, checkpoint)


WRONG_LINES = "a signature line is missing, surplus or out of order"
WRONG_SIGNATURE = "the signature does not match the text"


def check_signature(what, key, note, line):
    if not key.wrote(line):
        fail(f"{what}: {WRONG_LINES}")
    if not is_signed(key.key, note.text.encode(), line.signature):
        fail(f"{what}: {WRONG_SIGNATURE}")


def open_note(what, key, signed):
    """The text of a note that carries exactly one signature line, this key's."""
    try:
        note = read_signed_note(signed)
    except Refused as error:
        fail(f"{what}: {error}")
    if len(note.lines) != 1:
        fail(f"{what}: {WRONG_LINES}")
    check_signature(what, key, note, note.lines[0])
    return note.text


def cosignature_times(proof, site, witnesses):
    """When witnesses saw a checkpoint, after checking every line: the log's, then theirs."""
    note = proof.note
    check_signature(proof.name, journal_key(site), note, note.lines[0])
    times, waiting = [], iter(witnesses)
    for line in note.lines[1:]:
        witness = next((witness for witness in waiting if witness.wrote(line)), None)
        if witness is None:
            fail(f"{proof.name}: {WRONG_LINES}")
        time = int.from_bytes(line.signature[:8], "big")
        message = f"cosignature/v1\ntime {time}\n{note.text}".encode()
        if len(line.signature) != 72 or not is_signed(witness.key, message, line.signature[8:]):
            fail(f"{proof.name}: {WRONG_SIGNATURE}")
        times.append(time)
    return times


def journal_key(site):
    return site._replace(name=f"{site.name}/journal")


# ---- 4.5b drand ------------------------------------------------------------------------------

BLS_FIELD = int(
    "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f624"
    "1eabfffeb153ffffb9feffffffffaaab",
    16,
)


class Chain(namedtuple("Chain", "name genesis period public_key group_hash length chained dst")):
    def time_of(self, number):
        return self.genesis + (number - 1) * self.period


QUICKNET = Chain(
    name="quicknet",
    genesis=1692803367,
    period=3,
    public_key=bytes.fromhex(
        "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c"
        "8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb"
        "5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
    ),
    group_hash=bytes.fromhex("f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e"),
    length=48,
    chained=False,
    dst=b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_",
)
DEFAULT = Chain(
    name="default",
    genesis=1595431050,
    period=30,
    public_key=bytes.fromhex(
        "868f005eb8e6e4ca0a47c8a77ceaa5309a47978a7c71bc5cce96366b5d7a5699"
        "37c529eeda66c7293784a9402801af31"
    ),
    group_hash=bytes.fromhex("176f93498eac9ca337150b46d21dd58673ea4e3581185f869672e59fa4cb390a"),
    length=96,
    chained=True,
    dst=b"BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_",
)
CHAINS = {
    bytes.fromhex("52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"): QUICKNET,
    bytes.fromhex("8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce"): DEFAULT,
}

Beacon = namedtuple("Beacon", "round signature previous")


def read_beacon(text):
    """The one form of a round: fixed keys, no white space, a line feed."""
    form = (
        r'\{"round":([1-9][0-9]{0,15}),"randomness":"([0-9a-f]{64})"'
        r',"signature":"((?:[0-9a-f]{2})*)"(?:,"previous_signature":"((?:[0-9a-f]{2})+)")?\}\n'
    )
    found = re.fullmatch(form, text)
    if not found or int(found[1]) > MAX_INTEGER:
        raise Refused("not the JSON of a drand round")
    signature = bytes.fromhex(found[3])
    if bytes.fromhex(found[2]) != sha256(signature):
        raise Refused("the randomness is not the hash of the signature")
    return Beacon(int(found[1]), signature, bytes.fromhex(found[4]) if found[4] else None)


def is_canonical_point(data):
    """What an encoded BLS12-381 point shows without arithmetic in its groups: flags, lengths,
    coordinates below p, and that some point of the curve has this x."""
    if not data[0] & 0x80 or data[0] & 0x40:
        return False
    coordinates = [int.from_bytes(data[at : at + 48], "big") for at in range(0, len(data), 48)]
    coordinates[0] &= 2**381 - 1
    if any(coordinate >= BLS_FIELD for coordinate in coordinates):
        return False
    if len(coordinates) == 1:
        square = pow(coordinates[0], 3, BLS_FIELD) + 4
    else:
        # x = a + bi; y^2 = x^3 + 4 + 4i is a square of Fp2 if its norm is one of Fp.
        b, a = coordinates
        real, imaginary = a**3 - 3 * a * b * b + 4, 3 * a * a * b - b**3 + 4
        square = real * real + imaginary * imaginary
    return pow(square, (BLS_FIELD - 1) // 2, BLS_FIELD) in (0, 1)


@lru_cache(maxsize=1)
def bls_library():
    """py_ecc, where it is installed."""
    try:
        from py_ecc.bls import hash_to_curve, point_compression
        from py_ecc.optimized_bls12_381 import optimized_curve, optimized_pairing
    except Exception:  # not there, or not usable here: both mean that BLS cannot be checked
        return None
    return hash_to_curve, point_compression, optimized_curve, optimized_pairing


BLS_ENCODING = "the signature is not the canonical encoding of a point of the group"
BLS_SIGNATURE = "the signature was not made by the chain's key for this round"


@lru_cache(maxsize=256)
def bls_mistake(chain, message, signature):
    """What is wrong with a signature that is_canonical_point, or None if the key made it."""
    hashing, compression, curve, pairing = bls_library()

    def decode(data):
        if len(data) == 48:
            return compression.decompress_G1(int.from_bytes(data, "big"))
        halves = int.from_bytes(data[:48], "big"), int.from_bytes(data[48:], "big")
        return compression.decompress_G2(halves)

    try:
        point = decode(signature)
    except ValueError:
        return BLS_ENCODING
    if curve.is_inf(point) or not curve.is_inf(curve.multiply(point, curve.curve_order)):
        return BLS_ENCODING
    key = decode(chain.public_key)
    hash_to_group = hashing.hash_to_G1 if chain.length == 48 else hashing.hash_to_G2
    hashed = hash_to_group(message, chain.dst, hashlib.sha256)
    if chain.length == 48:
        sides = (curve.G2, point), (key, curve.neg(hashed))
    else:
        sides = (point, curve.G1), (curve.neg(hashed), key)
    product = curve.FQ12.one()
    for of_g2, of_g1 in sides:
        product *= pairing.pairing(of_g2, of_g1, final_exponentiate=False)
    if pairing.final_exponentiate(product) != curve.FQ12.one():
        return BLS_SIGNATURE
    return None


def check_round(source, beacon):
    """Whether the BLS signature could be checked; raises Refused if something is wrong."""
    chain = CHAINS.get(source.chain)
    if chain is None:
        raise Refused(f"the drand chain {source.chain.hex()} is not one of the pinned chains")
    if beacon.round != source.round:
        raise Refused(f"expected round {source.round}, found round {beacon.round}")
    if len(beacon.signature) != chain.length:
        raise Refused(
            f"expected a signature of {chain.length} bytes, found {len(beacon.signature)}"
        )
    message = struct.pack(">Q", beacon.round)
    previous = beacon.previous
    if not chain.chained:
        fits = previous is None
    elif beacon.round == 1:
        fits = previous == chain.group_hash
    else:
        fits = previous is not None and len(previous) == chain.length
    if not fits:
        raise Refused("the previous signature is missing, surplus or not of the chain's length")
    if not is_canonical_point(beacon.signature):
        raise Refused(BLS_ENCODING)
    if bls_library() is None:
        return False
    mistake = bls_mistake(chain, sha256((previous or b"") + message), beacon.signature)
    if mistake:
        raise Refused(mistake)
    return True


# ---- 4.10 The bundle: one canonical zip ------------------------------------------------------

LOCAL_HEADER, CENTRAL_HEADER, END_RECORD = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


def packed_again(what):
    return Refused(
        f"this zip was packed again: {what}; its contents were not checked, download bundle.zip"
        " again and keep it as it is"
    )


def read_zip(data):
    """The files of a canonical zip: whatever the bytes say, they must be those that writing the
    files again would give, so nothing can hide between, before or behind them."""
    files, offset = {}, 0
    if len(data) >= 2**32:
        raise Refused("expected a zip of less than 4 GiB")
    other = packed_again(
        "its order, times, comments or other fields are not those of the one canonical zip of"
        " its files"
    )
    while data[offset : offset + 4] == LOCAL_HEADER:
        stop = Refused(f"expected a zip of stored files, found other bytes at {offset}")
        header = data[offset : offset + 30]
        if len(header) < 30:
            raise stop
        flags, method = struct.unpack_from("<HH", header, 6)
        if flags & 1:
            raise packed_again(f"the file that starts at {offset} is encrypted")
        if method:
            raise packed_again(f"the file that starts at {offset} is compressed")
        if flags & 8:
            raise other
        crc, size = struct.unpack_from("<II", header, 14)
        name_length, extra_length = struct.unpack_from("<HH", header, 26)
        name_end = offset + 30 + name_length
        start = name_end + extra_length
        name, content = data[offset + 30 : name_end], data[start : start + size]
        if not re.fullmatch(rb"[!-~]+", name) or start + size > len(data):
            raise stop
        if zlib.crc32(content) != crc:
            raise Refused(
                f"the file that starts at {offset} does not match its CRC-32: "
                "it was changed or damaged"
            )
        files[name.decode("ascii")] = content
        offset = start + size
    if data[offset : offset + 4] not in (CENTRAL_HEADER, END_RECORD):
        raise Refused(f"expected a zip of stored files, found other bytes at {offset}")
    if len(files) > 65535 or write_zip(files) != data:
        raise other
    return files


def write_zip(files):
    local, central = [], []
    offset = 0
    for name in sorted(files):
        content, encoded = files[name], name.encode("ascii")
        # Version 10; flags, method, time and date 0; CRC-32, sizes, name length, no extra field.
        fields = struct.pack("<HQIII", 10, 0, zlib.crc32(content), len(content), len(content))
        fields += struct.pack("<HH", len(encoded), 0)
        local += [LOCAL_HEADER, fields, encoded, content]
        # Comment length, disk, attributes 0; where the local header starts.
        central += [CENTRAL_HEADER, struct.pack("<H", 10), fields, bytes(10)]
        central += [struct.pack("<I", offset), encoded]
        offset += 30 + len(encoded) + len(content)
    directory = b"".join(central)
    count = len(files)
    end = struct.pack("<IHHIIH", 0, count, count, len(directory), offset, 0)
    return b"".join(local) + directory + END_RECORD + end


def hash_without_purge(files):
    """`bundle` of purge notes (4.9)."""
    lines = [
        f"{name} {sha256(files[name]).hex()}\n"
        for name in sorted(files)
        if not name.startswith(("purge-", "certificate-")) and name != "entries.bin"
    ]
    return sha256("".join(lines).encode("ascii"))


# ---- 4.10 The files of a bundle, each by its grammar -----------------------------------------

Note = namedtuple("Note", "name signed text value")
LogProof = namedtuple("LogProof", "name index path note checkpoint")
Segment = namedtuple("Segment", "start frontier leaves")
ProofLine = namedtuple("ProofLine", "index commitment path")
Purged = namedtuple("Purged", "note certificate")
Revealed = namedtuple("Revealed", "note proof")


def read_segment(text):
    lines = Lines(text, "journal")
    (start,) = lines.read("start", integer(0, MAX_INTEGER))
    frontier = [lines.read("frontier", digest)[0] for _ in range(bin(start).count("1"))]
    (end,) = lines.read("end", integer(start, MAX_INTEGER))
    leaves = []
    for _ in range(start, end):
        (data,) = lines.read("leaf", from_base64)
        try:
            leaves.append(data.decode())
        except UnicodeDecodeError:
            lines.refuse("a text in base64")
    lines.end()
    return Segment(start, frontier, leaves)


def read_proofs(text):
    if not text:
        return []
    lines, proofs, least = Lines(text), [], 0
    while lines.next_is("leaf"):
        hashes = [digest] * (len(lines.peek()) - 3)
        index, *path = lines.read("leaf", integer(least, MAX_TICKETS - 1), digest, *hashes)
        proofs.append(ProofLine(index, path[0], path[1:]))
        least = index + 1
    lines.end()
    return proofs


def read_numbers(source):
    def read(text):
        refused = Refused("expected the numbers, each with a dot")
        if not re.fullmatch(rf"(?:(?:0|[1-9][0-9]{{0,9}})\.){{{source.count}}}\n", text):
            raise refused
        numbers = [int(number) for number in text.split(".")[:-1]]
        if max(numbers) > MAX_32_BIT or (source.sorted and numbers != sorted(numbers)):
            raise refused
        return text[:-1].encode("ascii")

    return read


class Files:
    """The files that have not been read yet; at the end there must be none."""

    def __init__(self, files):
        self.left = dict(files)

    def take(self, name):
        if name not in self.left:
            raise Refused(f"the file {name} is missing")
        return self.left.pop(name)

    def parsed(self, name, read):
        content = self.take(name)
        try:
            return read(content.decode())
        except UnicodeDecodeError:
            raise Refused(f"{name}: not a text") from None
        except Refused as error:
            raise Refused(f"{name}: {error}") from None

    def note(self, name, read):
        def read_note(signed):
            note = read_signed_note(signed)
            if len(note.lines) != 1:
                raise Refused("expected exactly one signature line")
            return Note(name, signed, note.text, read(note.text))

        return self.parsed(name, read_note)

    def note_if(self, name, read):
        return self.note(name, read) if name in self.left else None

    def numbered(self, prefix, first, read):
        notes = []
        for number in itertools.count(first):
            note = self.note_if(f"{prefix}{number}.note", read)
            if note is None:
                return notes
            notes.append(note)

    def proof(self, name):
        def read(text):
            proof = read_tlog_proof(text)
            if proof.extra is not None:
                raise Refused("expected no extra line")
            note = read_signed_note(proof.checkpoint)
            return LogProof(name, proof.index, proof.path, note, read_checkpoint(note.text))

        return self.parsed(name, read)

    def site_key(self):
        def read(text):
            if not text.endswith("\n"):
                raise Refused("expected a line feed at the end")
            return read_vkey(text[:-1], ED25519)

        return self.parsed("site.vkey", read)

    def purges(self):
        purges = []
        for phase in (1, 2):
            note = self.note_if(f"purge-{phase}.note", read_purge)
            if note:
                purges.append(Purged(note, self.take(f"certificate-{phase}.json")))
        return purges

    def source(self, line, source):
        """What the bundle holds for one source line."""
        if isinstance(source, Drand):
            return self.parsed(f"beacon-{line}.json", read_beacon)
        if isinstance(source, Numbers):
            return self.parsed(f"numbers-{line}.txt", read_numbers(source))
        note = self.note_if(f"reveal-{line}.note", read_reveal)
        return Revealed(note, self.proof(f"reveal-{line}.proof")) if note else None


class Bundle:
    """All files of one bundle, read; `self.cancelled` says which of the two kinds it is."""

    def __init__(self, contents):
        self.contents = contents
        files = Files(contents)
        self.cancelled = "cancel.note" in contents
        if self.cancelled:
            self.read_promise(files)
            self.cancel = files.note("cancel.note", read_cancel)
            self.cancel_proof = files.proof("cancel.proof")
        else:
            self.read_draw(files)
        self.purges = files.purges()
        self.entries = None if self.cancelled else files.left.pop("entries.bin", None)
        for name in files.left:
            raise Refused(f"the file {name} does not belong in this bundle")

    def read_promise(self, files, last=None):
        """The files of the last manifest, which was read before those of a draw."""
        self.site = files.site_key()
        self.rules = files.take("rules.txt")
        self.last = last or files.note("manifest.note", read_manifest)
        self.manifest = self.last.value
        self.manifest_proof = files.proof("manifest.proof")

    def read_draw(self, files):
        # The supersedes chain: the base first, the manifest that counts last.
        superseded = files.numbered("base-", 0, read_manifest)
        last = files.note("manifest.note", read_manifest)
        self.chain = superseded + [last]
        self.base = self.chain[0].value.hash
        self.key = files.note("key.note", read_key_note)
        self.witnesses, self.quorum = self.key.value.witnesses, self.key.value.quorum
        self.closes = files.numbered("close-", 0, read_close)
        if not self.closes:
            raise Refused("the file close-0.note is missing")
        self.close = self.closes[-1].value
        self.read_promise(files, last)
        self.key_proof = files.proof("key.proof")
        self.freeze = files.note("freeze.note", read_freeze)
        self.freeze_proof = files.proof("freeze.proof")
        self.segment = files.parsed("journal.txt", read_segment)
        sources = enumerate(self.manifest.sources, 1)
        self.sources = [files.source(line, source) for line, source in sources]
        excludes = range(1, len(self.manifest.excludes) + 1)
        self.excluded = [files.take(f"excluded-{line}.zip") for line in excludes]
        self.result = files.note("result.note", read_result)
        self.proofs = files.parsed("proofs.txt", read_proofs)
        self.settles = files.numbered("settle-", 1, read_settle)
        self.audit = files.note_if("audit.note", read_audit)

    def reveals(self):
        return [file for file in self.sources if isinstance(file, Revealed)]

    def drawn(self, settles=None):
        """The draw lines of the result and of its settlements, or of the first of them."""
        notes = [self.result] + (self.settles if settles is None else settles)
        return [line for note in notes for line in note.value.lines if isinstance(line, Draw)]

    def openings(self):
        return {line.index: line.opening for line in self.drawn() if line.opening}


# ---- 4.7 and 4.8 The draw itself -------------------------------------------------------------


class Drum:
    """One walk along the order of the seed."""

    def __init__(self, bundle, seed, excluded_tags):
        self.order = order(seed, bundle.close.size)
        self.voids, self.openings = bundle.close.voids, bundle.openings()
        self.most, self.excluded = bundle.manifest.wins_per_person, excluded_tags
        self.position, self.wins = 0, Counter()

    def go_on_after(self, lines):
        """Goes on behind draw lines of earlier notes, with the wins that they gave."""
        for line in lines:
            next(self.order, None)
            self.position += 1
            if line.slot and line.opening:
                self.wins[line.opening.tag] += 1

    def fill(self, slot):
        """The lines until the slot is taken, or the one that says that it stays empty."""
        for index in self.order:
            line = f"draw {self.position} {index} "
            self.position += 1
            if index in self.voids:
                yield f"{line}void {self.voids[index]}"
                continue
            opening = self.openings.get(index)
            if opening is None:
                yield f"{line}{slot} unopened"
                return
            opened = f"{opening.tag.hex()} {opening.bind.hex()} {opening.ticket_no}"
            if self.wins[opening.tag] >= self.most or opening.tag in self.excluded:
                yield f"{line}dup {opened}"
                continue
            self.wins[opening.tag] += 1
            yield f"{line}{slot} {opened}"
            return
        yield f"unfilled {slot}"


def seed_of(bundle, values):
    return tagged_hash("seed", bundle.manifest.hash, bundle.close.hash, *values)


def result_lines(bundle, excluded, values):
    """The result, line by line, from manifest, close, values and openings."""
    seed = seed_of(bundle, values)
    tags = frozenset().union(*(draw.tags for draw in excluded))
    drum = Drum(bundle, seed, tags)
    yield f"{PROTOCOL} result"
    yield f"manifest {bundle.manifest.hash.hex()}"
    yield f"close {bundle.close.hash.hex()}"
    for draw in excluded:
        yield f"excluded {draw.line.hex()} {draw.result.hex() if draw.result else 'cancelled'}"
    for number, value in enumerate(values, 1):
        yield f"source {number} {value.hex()}"
    yield f"seed {seed.hex()}"
    for slot in slots_of(bundle.manifest):
        yield from drum.fill(slot)
    yield f"end {drum.position}"


def slots_held(bundle, settles):
    """Slot to ticket (None if empty) after the result and some settlements, in slot order."""
    held = {}
    for line in bundle.result.value.lines:
        if line.slot:
            held[line.slot] = line.index if isinstance(line, Draw) else None
    for note in settles:
        for vacate in note.value.vacates:
            if vacate.slot in held:
                held[vacate.slot] = None
        for line in note.value.lines:
            if line.slot not in held:
                continue
            if isinstance(line, Fill):
                held[line.slot] = held.get(line.reserve)
                held[line.reserve] = None
            elif isinstance(line, Draw):
                held[line.slot] = line.index
    return held


def settle_lines(bundle, excluded, place):
    """Settlement number `place` + 1, line by line, from what it vacates and the notes before."""
    note, earlier = bundle.settles[place], bundle.settles[:place]
    result = bundle.result.value
    held = slots_held(bundle, earlier)
    asked = {vacate.slot: vacate.code for vacate in note.value.vacates}
    if len(asked) < len(note.value.vacates):
        fail(f"{note.name}: a slot is vacated twice")
    for slot in asked:
        if held.get(slot) is None:
            fail(f"{note.name}: nobody holds the slot {slot}")
    vacated = [slot for slot in held if slot in asked]
    drum = Drum(bundle, result.seed, frozenset().union(*(draw.tags for draw in excluded)))
    drum.go_on_after(bundle.drawn(earlier))
    prev = earlier[-1].value if earlier else result
    yield f"{PROTOCOL} settle"
    yield f"manifest {bundle.manifest.hash.hex()}"
    yield f"result {result.hash.hex()}"
    yield f"seq {place + 1}"
    yield f"prev {prev.hash.hex()}"
    yield f"vacates {len(vacated)}"
    for slot in vacated:
        yield f"vacate {slot} {held[slot]} {asked[slot]}"
        held[slot] = None
    reserves = iter([slot for slot in held if is_reserve(slot) and held[slot] is not None])
    for slot in vacated:
        if is_reserve(slot):
            continue
        reserve = next(reserves, None)
        if reserve:
            yield f"fill {slot} {held[reserve]} {reserve}"
        else:
            yield from drum.fill(slot)
    yield f"end {drum.position}"


def is_reserve(slot):
    return slot.startswith("reserve/")


def compare_text(name, expected_lines, found):
    """Compares line by line, stops at the first difference, and gives the hash of the lines."""
    found_lines, computed = found.split("\n")[:-1], hashlib.sha256()
    for number, expected in enumerate(expected_lines):
        actual = found_lines[number] if number < len(found_lines) else "nothing"
        if expected != actual:
            was = f"found \u201c{actual}\u201d"
            fail(f"{name} line {number + 1}: expected \u201c{expected}\u201d, {was}")
        computed.update(expected.encode("ascii") + b"\n")
    if len(found_lines) > number + 1:
        fail(f"{name} line {number + 2}: expected the end of the text")
    return computed.hexdigest()


# ---- The checks ------------------------------------------------------------------------------


def check_site_key(site, options):
    if options.site_key and options.site_key != site:
        fail(f"site key: expected {options.site_key.vkey()}, found {site.vkey()}")


def check_signatures_of(site, witnesses, notes, proofs):
    for note in notes:
        open_note(note.name, site, note.signed)
    seen = sum(len(cosignature_times(proof, site, witnesses)) for proof in proofs)
    count = len(notes) + len(proofs)
    return f"{count} signatures of {site.name} and {seen} of witnesses match"


def check_signatures(bundle, options):
    check_site_key(bundle.site, options)
    notes = bundle.chain + [bundle.key] + bundle.closes + [bundle.freeze, bundle.result]
    notes += bundle.settles + ([bundle.audit] if bundle.audit else [])
    notes += [purged.note for purged in bundle.purges]
    notes += [revealed.note for revealed in bundle.reveals()]
    proofs = [bundle.manifest_proof, bundle.key_proof, bundle.freeze_proof]
    proofs += [revealed.proof for revealed in bundle.reveals()]
    return check_signatures_of(bundle.site, bundle.witnesses, notes, proofs)


def check_links(bundle, excluded):
    manifest, result = bundle.manifest.hash, bundle.result.value
    same("rules.txt by the manifest", bundle.manifest.rules, sha256(bundle.rules))
    check_chain(bundle.chain)
    same("key.note's manifest", bundle.base, bundle.key.value.manifest)
    first = bundle.closes[0].value
    for seq, note in enumerate(bundle.closes):
        same(f"{note.name}'s manifest", manifest, note.value.manifest)
        same(f"{note.name}'s seq", seq, note.value.seq)
        same(f"{note.name}'s size", first.size, note.value.size)
        same(f"{note.name}'s root", first.root, note.value.root)
    same("freeze.note's manifest", manifest, bundle.freeze.value.manifest)
    same("freeze.note's close", bundle.close.hash, bundle.freeze.value.close)
    same("result.note's manifest", manifest, result.manifest)
    same("result.note's close", bundle.close.hash, result.close)
    prev = result.hash
    for seq, note in enumerate(bundle.settles, 1):
        same(f"{note.name}'s manifest", manifest, note.value.manifest)
        same(f"{note.name}'s result", result.hash, note.value.result)
        same(f"{note.name}'s prev", prev, note.value.prev)
        same(f"{note.name}'s seq", seq, note.value.seq)
        prev = note.value.hash
    audited = ""
    if bundle.audit:
        audit = bundle.audit.value
        same("audit.note's manifest", manifest, audit.manifest)
        same("audit.note's result", result.hash, audit.result)
        missing = sum(found == "missing" for _, found in audit.leaves)
        audited = (
            f"; an audit of {len(audit.leaves)} tickets found no person behind {missing}"
            f" and {audit.over_cap} persons above the limit"
        )
    for draw in excluded:
        if draw.known:
            check_excluded_draw(bundle, draw)
    for draw in excluded:
        if not draw.known:
            could_not(f"{draw.name} could not be read")
    return (
        f"rules, manifest, key, closes ({len(bundle.closes)}), freeze, result and settlements"
        f" ({len(bundle.settles)}) name each other{audited}"
    )


def check_chain(chain):
    """Each manifest but the first supersedes the one before it and changes only what it may."""
    first = chain[0].value.supersedes
    if first:
        fail(f"{chain[0].name} supersedes {first.hex()}, which is not in the bundle")

    def promises(note):
        free = ("source ", "closes ", "freezes ", "supersedes ")
        return [line for line in note.text.split("\n") if not line.startswith(free)]

    for old, new in zip(chain, chain[1:]):
        same(f"{new.name}'s supersedes line", old.value.hash, new.value.supersedes)
        if promises(old) != promises(new):
            fail(f"{new.name} changes more than sources, closing and freeze of {old.name}")


def check_excluded_draw(bundle, draw):
    """It is the one that the manifest names, of this activity, with its own log, and earlier."""
    if draw.line not in draw.chain:
        same(f"{draw.name}'s manifest", draw.line, draw.manifest.hash)
    if draw.manifest.origin == bundle.manifest.origin:
        fail(f"{draw.name} has the same log origin as this draw")
    if draw.result is None:
        return
    same(f"{draw.name}'s tag-key", bundle.key.value.tag_key, draw.tag_key)
    times = [time for _, time in round_times(draw.manifest)]
    latest = max(times, default=draw_time(draw.manifest))
    if latest > draw_time(bundle.manifest):
        fail(f"{draw.name} is drawn at {latest} (Unix time), after this draw")


def check_included(text, proof, site):
    """A note's text is the journal leaf that its proof says."""
    origin, checkpoint = journal_key(site).name, proof.checkpoint
    same(f"{proof.name}'s log", origin, checkpoint.origin)
    leaf = leaf_hash(text.encode())
    check_inclusion(proof.name, leaf, proof.index, checkpoint.size, proof.path, checkpoint.root)


def check_journal(bundle):
    notes = [
        (bundle.last, bundle.manifest_proof),
        (bundle.key, bundle.key_proof),
        (bundle.freeze, bundle.freeze_proof),
    ] + bundle.reveals()
    start, leaves = bundle.segment.start, bundle.segment.leaves
    for note, proof in notes:
        check_included(note.text, proof, bundle.site)
        if proof.index < start:
            fail(f"{proof.name} is about a journal leaf before the base manifest")
    same("journal.txt's end", bundle.freeze_proof.checkpoint.size, start + len(leaves))
    tree = Frontier(start, bundle.segment.frontier)
    for leaf in leaves:
        tree.push(leaf_hash(leaf.encode()))
        for _, proof in notes:
            if proof.checkpoint.size == tree.size:
                what = f"root of journal.txt at the size of {proof.name}"
                same(what, proof.checkpoint.root, tree.root())
    records = {}
    for index, leaf in enumerate(leaves, start):
        try:
            records[index] = read_record(leaf)
        except Refused as error:
            fail(f"journal leaf {index}: {error}")
    check_manifests_in_journal(bundle, records)
    same_place("key", bundle.base, records, bundle.key_proof)
    freeze = same_place("freeze", bundle.manifest.hash, records, bundle.freeze_proof)
    check_closes_in_journal(bundle, records, freeze)
    return (
        f"{len(leaves)} journal leaves from {start} give the signed root;"
        " the first key and freeze note and all closes are in the bundle"
    )


def check_manifests_in_journal(bundle, records):
    """The chain stands in order, starting with the segment; no other manifest has its origin."""
    waiting = [note.value.text for note in bundle.chain]
    known, origin = set(waiting), bundle.chain[0].value.origin
    for index, record in records.items():
        if waiting and record.text == waiting[0]:
            waiting.pop(0)
            if not waiting:
                same("journal index of manifest.proof", index, bundle.manifest_proof.index)
        elif index == bundle.segment.start:
            fail("journal.txt does not start with the base manifest")
        elif record.kind == "manifest" and record.origin == origin and record.text not in known:
            fail(
                f"journal leaf {index} is another manifest of this draw"
                f" that nothing supersedes: {record.hash.hex()}"
            )
    if waiting:
        note = bundle.chain[len(bundle.chain) - len(waiting)]
        fail(f"{note.name} is not in journal.txt in its place")


def same_place(kind, manifest, records, proof):
    """Where the first note of a kind stands that names the manifest; it must be the bundle's."""
    for index, record in records.items():
        if record.kind == kind and record.manifest == manifest:
            same(f"journal index of {proof.name}", index, proof.index)
            return index
    fail(f"no {kind} note of this draw is in journal.txt")


def check_closes_in_journal(bundle, records, freeze):
    """The closes before the freeze note are those of the bundle, in order; nothing cancels."""
    waiting = [note for note in bundle.closes]
    for index, record in records.items():
        if index >= freeze or getattr(record, "manifest", None) != bundle.manifest.hash:
            continue
        if record.kind == "close":
            if not waiting or waiting.pop(0).text != record.text:
                fail(f"journal leaf {index} is a close that is not the bundle's next one")
        elif record.kind == "cancel":
            fail(f"journal leaf {index} cancels this draw ({record.reason})")
    if waiting:
        fail(f"{waiting[0].name} is not in journal.txt before the freeze note")


WITNESS_LEAD, REVEAL_LIMIT = 300, 86400


def seen_by(bundle, proof, latest):
    """The times, up to `latest`, at which witnesses saw a checkpoint, if they are enough."""
    times = cosignature_times(proof, bundle.site, bundle.witnesses)
    good = [time for time in times if 1 <= time <= latest]
    if len(good) < bundle.quorum:
        fail(
            f"{proof.name}: expected {bundle.quorum} witnesses by {latest} (Unix time),"
            f" found {len(good)}"
        )
    return good


def check_time(bundle):
    manifest, draw = bundle.manifest, draw_time(bundle.manifest)
    for line, time in round_times(manifest):
        if time < manifest.freezes + FREEZE_LEAD:
            fail(
                f"source {line}: expected a round at or after {manifest.freezes + FREEZE_LEAD},"
                f" the round is due at {time}"
            )
    if bundle.quorum == 0:
        could_not(
            "no witnesses are named, so nothing outside the site shows that the list was frozen"
            f" before {draw} (Unix time)"
        )
    seen_by(bundle, bundle.key_proof, manifest.opens)
    seen = seen_by(bundle, bundle.freeze_proof, draw - WITNESS_LEAD)
    early = sum(time < manifest.freezes for time in seen)
    if early >= bundle.quorum:
        fail(
            f"{early} witnesses saw the freeze note before the freeze at"
            f" {manifest.freezes} (Unix time)"
        )
    check_superseded_in_time(bundle)
    return (
        f"{len(seen)} of {len(bundle.witnesses)} witnesses saw the freeze note at least"
        f" {WITNESS_LEAD} seconds before the randomness of {draw} (Unix time)"
    )


def check_superseded_in_time(bundle):
    """A successor was journaled before the first round of the manifest that it replaces."""
    replaced = bundle.chain[:-1]
    for note in reversed(replaced):
        try:
            seen_by(bundle, bundle.manifest_proof, draw_time(note.value) - 1)
        except Finding as finding:
            if note is replaced[-1]:
                fail(f"redraw: {finding.reason}")
            could_not(f"nothing in the bundle shows when {note.name} was replaced")


Values = namedtuple("Values", "finding values")


def source_values(bundle):
    """The values of the sources (None if one is not known) and how the check `beacon` ends."""
    values, said, unchecked, withheld = [], [], [], None
    for line, (source, file) in enumerate(zip(bundle.manifest.sources, bundle.sources), 1):
        try:
            if isinstance(source, Numbers):
                values.append(file)
            elif isinstance(source, Drand):
                checked = check_round(source, file)
                name = f"round {source.round} of drand {CHAINS[source.chain].name}"
                values.append(sha256(file.signature))
                if checked:
                    said.append(f"{name} is signed by the chain's key")
                else:
                    unchecked.append(name)
            else:
                secret = revealed_secret(bundle, source, file)
                values.append(secret or bytes(32))
                said.append("the operator revealed its secret in time")
                withheld = withheld if secret else line
        except Refused as error:
            return Values((FAILED, f"source {line}: {error}"), None)
    kinds = {type(source) for source in bundle.manifest.sources}
    if withheld:
        reason = f"source {withheld}: operator withheld; 32 zero bytes stand for the secret"
        return Values((FAILED, reason), values)
    if kinds == {Commit}:
        reason = "a commit source needs a drand or numbers source beside it"
        return Values((FAILED, reason), values)
    warning = "warning: no drand source, the randomness rests on the others alone"
    if kinds == {Numbers}:
        return Values((NOT_APPLICABLE, warning), values)
    if Drand not in kinds:
        said.append(warning)
    if unchecked:
        reason = (
            f"{'; '.join(unchecked)}: the signature has the right form, but checking it needs"
            " the Python package py_ecc; seed and result follow from it as it stands"
        )
        return Values((COULD_NOT_CHECK, reason), values)
    return Values((PASSED, "; ".join(said)), values)


def revealed_secret(bundle, source, revealed):
    """The operator's secret if it was revealed rightly and in time, else None (4.5)."""
    if bundle.quorum == 0:
        raise Refused("a commit source needs witnesses, the key note names none")
    if revealed is None:
        return None
    reveal = revealed.note.value
    if reveal.manifest != bundle.manifest.hash:
        return None
    if tagged_hash("opseed", reveal.secret) != source.commitment:
        return None
    rounds = [time for _, time in round_times(bundle.manifest)]
    latest = max([bundle.manifest.freezes] + rounds) + REVEAL_LIMIT
    try:
        seen_by(bundle, revealed.proof, latest)
    except Finding:
        return None
    return reveal.secret


def check_numbers_origin(bundle):
    look_up = []
    for line, source in enumerate(bundle.manifest.sources, 1):
        if isinstance(source, Numbers):
            if not re.fullmatch(".+-[0-9]+", source.slug):
                fail(f"source {line}: expected <game>-<issue number>")
            look_up.append(f"{source.slug} = {bundle.sources[line - 1].decode('ascii')}")
    if not look_up:
        raise Finding(NOT_APPLICABLE, "no lottery numbers are used")
    could_not(
        "look up with the lottery that these are the numbers, and that they were drawn after"
        f" {bundle.manifest.freezes} (Unix time): {', '.join(look_up)}"
    )


def check_seed(bundle, values, computed):
    if values is None:
        could_not("the source values are not known")
    seed, result = seed_of(bundle, values), bundle.result.value
    computed["seed"] = seed.hex()
    pairs = itertools.zip_longest(result.values, values)
    for line, (found, expected) in enumerate(pairs, 1):
        if found != expected:
            fail(f"result.note's source {line} is not the value that the source gives")
    same("seed", seed, result.seed)
    return f"the seed is {seed.hex()}"


def check_order(bundle):
    size, seed = bundle.close.size, bundle.result.value.seed
    drawn, consumed = order(seed, size), 0
    for note in [bundle.result] + bundle.settles:
        for line in note.value.lines:
            if not isinstance(line, Draw):
                continue
            index = next(drawn, None)
            if (consumed, index) != (line.j, line.index):
                known = (
                    "no more tickets" if index is None else f"position {consumed} ticket {index}"
                )
                same(note.name, known, f"position {line.j} ticket {line.index}")
            consumed += 1
        same(f"{note.name}'s end", consumed, note.value.end)
    if bundle.audit:
        found = [index for index, _ in bundle.audit.value.leaves]
        picked = (i for i in order(tagged_hash("audit", seed), size) if i not in bundle.close.voids)
        if found != list(itertools.islice(picked, len(found))):
            fail("audit.note does not name the tickets that the seed picks for the audit")
    return f"{consumed} of {size} tickets were drawn in the order of the seed"


def check_openings(bundle):
    for proof in bundle.proofs:
        what, leaf = f"proofs.txt on ticket {proof.index}", leaf_hash(proof.commitment)
        check_inclusion(what, leaf, proof.index, bundle.close.size, proof.path, bundle.close.root)
    drawn = {line.index for line in bundle.drawn() if not line.void}
    proven = {proof.index for proof in bundle.proofs}
    for index in sorted(drawn ^ proven):
        found = ("no line", "one") if index in proven else ("a line", "none")
        same(f"proofs.txt on ticket {index}", *found)
    openings, cap, tickets = bundle.openings(), bundle.manifest.tickets_per_person, {}
    for proof in bundle.proofs:
        opening = openings.get(proof.index)
        if opening is None:
            fail(
                f"ticket {proof.index} was drawn without its opening;"
                " it holds its slot all the same"
            )
        found = commitment(bundle.base, opening.tag, opening.bind, opening.ticket_no)
        same(f"leaf of ticket {proof.index}", proof.commitment, found)
        if opening.ticket_no >= cap:
            fail(
                f"ticket {proof.index} is number {opening.ticket_no} of its person,"
                f" the manifest allows {cap} from 0"
            )
        other = tickets.setdefault((opening.tag, opening.ticket_no), proof.index)
        if other != proof.index:
            fail(f"tickets {other} and {proof.index} are the same ticket of one person")
    return f"{len(bundle.proofs)} drawn tickets are in the log and open to their leaves"


def commitment(base, tag, bind, ticket_no):
    """C of 4.2: the 32 bytes that the entry log has for a ticket."""
    return tagged_hash("commit", base, tag, bind, struct.pack(">I", ticket_no))


VOID_WORDS = {
    "W": "withdrawn",
    "D": "of a person who has an earlier one",
    "I": "ineligible",
    "T": "staff or test",
}


def check_voids(bundle):
    voids = bundle.close.voids

    def state(code):
        return f"void {code}" if code else "not void"

    for line in bundle.drawn():
        same(f"ticket {line.index}", state(voids.get(line.index)), state(line.void))
    reason = f"{len(voids)} of {bundle.close.size} tickets are void"
    counts = Counter(voids.values())
    for code, words in VOID_WORDS.items():
        if counts[code]:
            reason += f", {counts[code]} {words}"
    for old, new in zip(bundle.closes, bundle.closes[1:]):
        reason += f"; {new.name} changed {void_changes(old.value.voids, new.value.voids)}"
    return reason


def void_changes(old, new):
    changes = []
    for index, code in new.items():
        if index not in old:
            changes.append(f"+{index} {code}")
        elif old[index] != code:
            changes.append(f"{index} {old[index]} to {code}")
    changes += [f"-{index} {code}" for index, code in old.items() if index not in new]
    return ", ".join(changes) or "nothing"


def check_result(bundle, excluded, values, computed):
    if values is None or not all(draw.known for draw in excluded):
        could_not("the source values or the excluded draws are not known")
    expected = result_lines(bundle, excluded, values)
    computed["result"] = compare_text("result.note", expected, bundle.result.text)
    held = sum(1 for line in bundle.result.value.lines if isinstance(line, Draw) and line.slot)
    return f"{held} slots are held by the tickets that the order gives"


def check_settle(bundle, excluded, computed):
    if not bundle.settles:
        raise Finding(NOT_APPLICABLE, "no slot was vacated")
    if not all(draw.known for draw in excluded):
        could_not("the excluded draws are not known")
    slots = [line.slot for line in bundle.result.value.lines if line.slot]
    if len(set(slots)) < len(slots):
        fail("a slot stands twice in result.note")
    for place, note in enumerate(bundle.settles):
        expected = settle_lines(bundle, excluded, place)
        computed["settle"].append(compare_text(note.name, expected, note.text))
    vacated = sum(len(note.value.vacates) for note in bundle.settles)
    held = slots_held(bundle, bundle.settles)
    now = sum(index is not None for index in held.values())
    return f"settlements: {len(bundle.settles)}, slots vacated: {vacated}, slots held now: {now}"


def tree_of(entries, size):
    """The leaf hashes of an entries file, or None if it does not hold `size` tickets."""
    if len(entries) != 32 * size:
        return None
    return (leaf_hash(entries[at : at + 32]) for at in range(0, len(entries), 32))


def check_entries(bundle):
    if bundle.entries is None:
        raise Finding(NOT_APPLICABLE, "the bundle does not carry the whole entry list")
    size = bundle.close.size
    leaves = tree_of(bundle.entries, size)
    if leaves is None:
        same("entries.bin", f"{size} tickets of 32 bytes", f"{len(bundle.entries)} bytes")
    tree = Frontier()
    for leaf in leaves:
        tree.push(leaf)
    same("root of entries.bin", bundle.close.root, tree.root())
    return f"{size} tickets give the root of the close"


def check_purge(bundle, result, settle):
    if not bundle.purges:
        raise Finding(NOT_APPLICABLE, "the personal data has not been purged yet")
    files = hash_without_purge(bundle.contents)
    for phase, (note, certificate) in enumerate(bundle.purges, 1):
        purge = note.value
        if note.name != f"purge-{phase}.note":
            fail(f"{note.name}: expected purge-{phase}.note before it")
        same(f"{note.name}'s phase", phase, purge.phase)
        same(f"{note.name}'s manifest", bundle.manifest.hash, purge.manifest)
        same(f"{note.name}'s result", result, purge.result)
        same(f"{note.name}'s settle", settle, purge.settle)
        same(f"{note.name}'s bundle", files, purge.bundle)
        what = f"certificate-{phase}.json by {note.name}"
        same(what, purge.certificate, sha256(certificate))
    return (
        f"purge notes up to phase {len(bundle.purges)} name this result, these files and their"
        " certificates"
    )


# ---- The caller's own ticket (4.2). Nothing that the caller gave gets into a reason. ---------

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DAMM = (
    "0317598642 7092154863 4206871359 1750983426 6123045978 "
    "3674209581 5869720134 8945362017 9438617205 2581436790"
).split()


def ticket_number(index):
    """The index with its check digit, for example 317-7 (section 2)."""
    check = 0
    for digit in str(index):
        check = int(DAMM[check][int(digit)])
    return f"{index}-{check}"


def half_width(text):
    """Full-width forms of ASCII as ASCII, without white space."""
    narrow = (chr(ord(c) - 0xFEE0) if "\uff01" <= c <= "\uff5e" else c for c in text)
    return "".join(c for c in narrow if not c.isspace())


def read_secret(text):
    """A receipt code as people type it: 20 characters, and a check character that must fit."""
    code = re.sub("[-\u2010-\u2015\u2212]", "", half_width(text))
    code = "".join(c.upper() if c.isascii() else c for c in code)
    code = code.replace("O", "0").replace("I", "1").replace("L", "1")
    for position, character in enumerate(code, 1):
        if character not in CROCKFORD:
            raise Refused(f"character {position} is not one that receipt codes use")
    if len(code) not in (20, 21):
        raise Refused(
            f"a receipt code has 20 characters and one check character, {len(code)} were given"
        )
    secret = code[:20].encode("ascii")
    if len(code) == 21 and code[20] != CROCKFORD[tagged_hash("check", secret)[0] >> 3]:
        raise Refused("the check character does not fit the code")
    return secret


def read_subject(identity):
    """The subject that an ID number stands for; one with a scheme is taken as it is."""
    return (identity if ":" in identity else "twid:" + half_width(identity).upper()).encode()


def nonce_of(secret, base, ticket_no):
    return tagged_hash("nonce", secret, base, struct.pack(">I", ticket_no))


def receipt_not_given():
    return NOT_APPLICABLE, "no receipt was given"


def check_receipt(bundle, options):
    if options.receipt:
        return check_receipt_file(bundle, options)
    if options.secret and options.subject:
        return find_by_code(bundle, options.secret, options.subject)
    if options.secret:
        could_not("a receipt code alone shows nothing: give the ID number as well")
    if options.subject:
        could_not("an ID number alone shows nothing: give the receipt as well")
    raise Finding(*receipt_not_given())


def check_receipt_file(bundle, options):
    receipt = options.receipt
    text = open_note("receipt", bundle.site, receipt.checkpoint)
    try:
        checkpoint = read_checkpoint(text)
    except Refused as error:
        fail(f"receipt: {error}")
    if checkpoint.origin != bundle.manifest.origin:
        fail(
            f"the receipt is of another draw's log: expected {bundle.manifest.origin},"
            f" found {checkpoint.origin}"
        )
    extra, opening = receipt.extra or b"", None
    if len(extra) == 32:
        leaf = extra
    elif len(extra) == 100:
        opening = Opening(extra[:32], extra[32:64], int.from_bytes(extra[64:68], "big"))
        leaf = commitment(bundle.base, *opening)
    else:
        fail("receipt: expected 100 or 32 bytes of extra data")
    check_inclusion(
        "receipt", leaf_hash(leaf), receipt.index, checkpoint.size, receipt.path, checkpoint.root
    )
    opened = whose_ticket(bundle, options, opening, extra[68:])
    return place_in_list(bundle, receipt.index, leaf, checkpoint, opened)


def whose_ticket(bundle, options, opening, nonce):
    """The receipt belongs to the given code and ID number, as far as they are given."""
    if opening is None:
        if options.secret or options.subject:
            could_not("a shareable proof does not show whose ticket it is: give the receipt file")
        return ""
    if options.secret and nonce_of(options.secret, bundle.base, opening.ticket_no) != nonce:
        fail("the receipt belongs to another receipt code")
    if not options.subject:
        return ""
    if tagged_hash("bind", nonce, options.subject) != opening.bind:
        fail("the receipt belongs to another ID number")
    return " and belongs to the given ID number"


def place_in_list(bundle, index, leaf, checkpoint, opened):
    """The log at the moment of the receipt is part of the list that was drawn from."""
    number, close = ticket_number(index), bundle.close
    if checkpoint.size > close.size:
        fail(
            f"ticket {number} is missing: the site signed a log of {checkpoint.size} tickets,"
            f" the close has {close.size}"
        )
    known = close.root if checkpoint.size == close.size else None
    leaves = tree_of(bundle.entries, close.size) if bundle.entries is not None else None
    if known is None and leaves is not None:
        tree = Frontier()
        for known_leaf in itertools.islice(leaves, checkpoint.size):
            tree.push(known_leaf)
        known = tree.root()
    if known is not None and known != checkpoint.root:
        fail(
            f"the site signed two different logs of {checkpoint.size} tickets:"
            f" {checkpoint.root.hex()} for this receipt, {known.hex()} for the draw"
        )
    if known is None:
        proven = {proof.index: proof.commitment for proof in bundle.proofs}
        if index not in proven:
            could_not(
                f"ticket {number} was accepted{opened}; without entries.bin the bundle cannot"
                " show whether it is in the final list"
            )
        same(f"leaf of ticket {number}", leaf, proven[index])
    return f"ticket {number} is in the final list{opened}; {state_of(bundle, index)}"


def find_by_code(bundle, secret, subject):
    """A winner's code and ID number find the ticket among the published openings."""
    for index, opening in sorted(bundle.openings().items()):
        nonce = nonce_of(secret, bundle.base, opening.ticket_no)
        if tagged_hash("bind", nonce, subject) == opening.bind:
            return (
                f"ticket {ticket_number(index)} belongs to the given code and ID number;"
                f" {state_of(bundle, index)}"
            )
    could_not(
        "no drawn ticket belongs to this code and ID number; only the receipt file can show a"
        " ticket that was not drawn"
    )


def state_of(bundle, index):
    """What became of a ticket, in words."""
    code = bundle.close.voids.get(index)
    if code:
        return f"it is void ({code}) and took no part"
    for slot, holder in slots_held(bundle, bundle.settles).items():
        if holder == index:
            return f"it holds {slot}"
    return "it holds no slot"


# ---- The report ------------------------------------------------------------------------------

CHECKS = (
    "format", "signatures", "links", "journal", "time", "beacon", "numbers-origin", "seed",
    "order", "openings", "voids", "result", "settle", "entries", "purge", "receipt",
)  # fmt: skip
LENIENT = ("time", "numbers-origin")

Options = namedtuple("Options", "site_key receipt subject secret require_time")
NO_OPTIONS = Options(None, None, None, None, False)


class Report:
    """Sixteen checks in order; an outcome is never replaced by a better one."""

    def __init__(self, options):
        self.checks = {}
        self.options = options
        self.cancelled = None
        self.computed = None

    def set(self, name, outcome, reason):
        if name not in self.checks or SEVERITY[outcome] >= SEVERITY[self.checks[name][0]]:
            self.checks[name] = (outcome, reason)

    def run(self, name, check, *arguments):
        """Runs one check: it gives its reason for having passed, or raises what it found."""
        try:
            self.set(name, PASSED, check(*arguments))
        except Finding as finding:
            self.set(name, finding.outcome, finding.reason)

    def names(self, outcome):
        return [name for name in CHECKS if self.checks[name][0] == outcome]

    def exit_status(self):
        if self.names(FAILED):
            return 1
        unknown = self.names(COULD_NOT_CHECK)
        if any(self.options.require_time or name not in LENIENT for name in unknown):
            return 2
        return 0

    def result_line(self):
        line = (
            "result: passed",
            f"result: failed ({', '.join(self.names(FAILED))})",
            f"result: could not check ({', '.join(self.names(COULD_NOT_CHECK))})",
        )[self.exit_status()]
        if self.cancelled:
            line += f"; the draw was cancelled ({self.cancelled})"
        unknown = self.names(COULD_NOT_CHECK)
        if "time" in unknown:
            line += "; time not proven"
        if self.checks["format"][0] == PASSED and "numbers-origin" in unknown:
            line += "; numbers not compared with the lottery"
        if not self.options.site_key:
            line += "; site key not pinned"
        return line

    def to_text(self):
        lines = [f"{self.checks[name][0]}\t{name}\t{self.checks[name][1]}" for name in CHECKS]
        return "\n".join(lines + [self.result_line(), ""])

    def to_json(self, file):
        """One line. `computed` has the hashes of what was computed here, not of what was read."""
        keys = ("name", "outcome", "reason")
        checks = [dict(zip(keys, (name,) + self.checks[name])) for name in CHECKS]
        report = {
            "file": file, "checks": checks, "result": self.result_line(),
            "exit": self.exit_status(), "computed": self.computed,
        }  # fmt: skip
        return json.dumps(report, ensure_ascii=False) + "\n"


# ---- Putting the checks together -------------------------------------------------------------

MAX_DEPTH = 16
# What the outer checks need to know of a draw inside; `result` is None if it was cancelled.
ExcludedDraw = namedtuple("ExcludedDraw", "name line known chain manifest tag_key result tags")


def verify(data, options=NO_OPTIONS, depth=0, outer=None):
    """The report on one bundle, given as the bytes of its zip, and the bundle if it was read."""
    report = Report(options)
    try:
        if depth > MAX_DEPTH:
            raise Refused(f"bundles are nested more than {MAX_DEPTH} deep")
        bundle = Bundle(read_zip(data))
    except Refused as error:
        for name in CHECKS:
            report.set(name, COULD_NOT_CHECK, "the bundle's files could not all be read")
        report.set("format", FAILED, str(error))
        if not (options.receipt or options.secret or options.subject):
            report.checks["receipt"] = receipt_not_given()
        return report, None
    report.set("format", PASSED, f"all {len(bundle.contents)} files are of their one form")
    if bundle.cancelled:
        verify_cancelled(bundle, report, outer)
    else:
        verify_draw(bundle, report, depth)
    return report, bundle


def verify_draw(bundle, report, depth):
    excluded = read_excluded(bundle, report, depth)
    beacon, values = source_values(bundle)
    report.computed = computed = {"seed": None, "result": None, "settle": []}
    last = bundle.settles[-1] if bundle.settles else bundle.result
    report.run("signatures", check_signatures, bundle, report.options)
    report.run("links", check_links, bundle, excluded)
    report.run("journal", check_journal, bundle)
    report.run("time", check_time, bundle)
    report.set("beacon", *beacon)
    report.run("numbers-origin", check_numbers_origin, bundle)
    report.run("seed", check_seed, bundle, values, computed)
    report.run("order", check_order, bundle)
    report.run("openings", check_openings, bundle)
    report.run("voids", check_voids, bundle)
    report.run("result", check_result, bundle, excluded, values, computed)
    report.run("settle", check_settle, bundle, excluded, computed)
    report.run("entries", check_entries, bundle)
    report.run("purge", check_purge, bundle, bundle.result.value.hash, last.value.hash)
    report.run("receipt", check_receipt, bundle, report.options)


def read_excluded(bundle, report, depth):
    """Checks the bundles inside; what fails or cannot be checked there counts for this report."""
    options = NO_OPTIONS._replace(site_key=bundle.site)
    draws = []
    for number, line in enumerate(bundle.manifest.excludes, 1):
        name = f"excluded-{number}.zip"
        inside, draw = verify(bundle.excluded[number - 1], options, depth + 1, bundle)
        for check, (outcome, reason) in inside.checks.items():
            if outcome in (FAILED, COULD_NOT_CHECK):
                report.set(check, outcome, f"{name}: {reason}")
        draws.append(excluded_draw(name, line, draw))
    return draws


def excluded_draw(name, line, draw):
    if draw is None:
        return ExcludedDraw(name, line, False, [], None, None, None, frozenset())
    if draw.cancelled:
        chain = [draw.manifest.hash]
        return ExcludedDraw(name, line, True, chain, draw.manifest, None, None, frozenset())
    chain = [note.value.hash for note in draw.chain]
    result = draw.result.value
    winners = (line for line in result.lines if isinstance(line, Draw) and line.slot)
    tags = frozenset(line.opening.tag for line in winners if line.opening)
    tag_key = draw.key.value.tag_key
    return ExcludedDraw(name, line, True, chain, draw.manifest, tag_key, result.hash, tags)


def verify_cancelled(bundle, report, outer):
    """A draw that was cancelled before it took place; the draw around it pins the witnesses."""
    report.cancelled = bundle.cancel.value.reason
    options, witnesses = report.options, outer.witnesses if outer else []
    opened, ended = bundle.manifest_proof, bundle.cancel_proof

    def signatures():
        check_site_key(bundle.site, options)
        notes = [bundle.last, bundle.cancel] + [purged.note for purged in bundle.purges]
        return check_signatures_of(bundle.site, witnesses, notes, [opened, ended])

    def links():
        same("rules.txt by the manifest", bundle.manifest.rules, sha256(bundle.rules))
        same("cancel.note's manifest", bundle.manifest.hash, bundle.cancel.value.manifest)
        return "the cancel note names this manifest"

    def journal():
        check_included(bundle.last.text, opened, bundle.site)
        check_included(bundle.cancel.text, ended, bundle.site)
        if ended.index <= opened.index:
            fail("cancel.note: expected a journal leaf after the manifest")
        if opened.checkpoint.size == ended.checkpoint.size:
            same("root of cancel.proof", opened.checkpoint.root, ended.checkpoint.root)
        return "manifest and cancel note are in the journal"

    def time():
        draw = draw_time(bundle.manifest)
        if not outer or outer.quorum == 0:
            could_not(
                "no witnesses are known, so nothing outside the site shows that the draw was"
                f" cancelled before {draw} (Unix time)"
            )
        times = cosignature_times(ended, bundle.site, witnesses)
        seen = sum(1 <= time < draw for time in times)
        if seen < outer.quorum:
            fail(
                f"cancel.proof: expected {outer.quorum} witnesses before {draw} (Unix time),"
                f" found {seen}"
            )
        return f"{seen} witnesses saw the cancel note before {draw} (Unix time)"

    report.run("signatures", signatures)
    report.run("links", links)
    report.run("journal", journal)
    report.run("time", time)
    report.run("purge", check_purge, bundle, None, None)
    if options.receipt or options.secret or options.subject:
        reason = "the draw was cancelled, so there is no list to look in"
        report.set("receipt", COULD_NOT_CHECK, reason)
    else:
        report.set("receipt", *receipt_not_given())
    for name in CHECKS:
        if name not in report.checks:
            report.set(name, NOT_APPLICABLE, "the draw was cancelled before it took place")


# ---- The command line ------------------------------------------------------------------------

USAGE = 64


class Mistake(Exception):
    """An argument that cannot be used; what was given as ID or code is not shown."""


class Arguments(argparse.ArgumentParser):
    def error(self, message):
        # argparse would repeat stray arguments, which may be somebody's ID number.
        raise Mistake("the arguments are not right")


def read_arguments(arguments):
    parser = Arguments(
        prog="lucky_draw_verify.py",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("bundle", nargs="?", metavar="BUNDLE", help="the bundle of the draw, a zip file")
    add("--receipt", metavar="FILE", help="your receipt or a shareable proof, a .tlog-proof file")
    add("--id", metavar="ID", help="your ID number as you entered it; it is not printed")
    add("--secret", metavar="CODE", help="your receipt code; with --id it finds a drawn ticket")
    add("--vkey", metavar="KEY", help="the site's key as printed on posters")
    add("--require-time", action="store_true", help="time and numbers-origin count as well")
    add("--json", action="store_true", help="one line of JSON instead of the report")
    add("--json-lines", metavar="DIR", help="one line of JSON for each .zip file of a folder")
    add("-V", "--version", action="version", version=f"lucky_draw_verify.py {VERSION} ({PROTOCOL})")
    read = parser.parse_args(arguments)
    if (read.bundle is None) == (read.json_lines is None):
        raise Mistake("give one bundle, or a folder with --json-lines")
    return read


def read_file(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except (OSError, ValueError) as error:
        raise Mistake(
            f"cannot read {path!r}: {getattr(error, 'strerror', None) or error}"
        ) from None


def read_options(read):
    """The options, and why the receipt is none if it is none."""
    site_key = secret = subject = receipt = refused = None
    try:
        site_key = read_vkey(read.vkey.strip(), ED25519) if read.vkey is not None else None
    except Refused as error:
        raise Mistake(f"--vkey: {error}") from None
    try:
        secret = read_secret(read.secret) if read.secret is not None else None
    except Refused as error:
        raise Mistake(f"--secret: {error}") from None
    try:
        subject = read_subject(read.id) if read.id is not None else None
    except UnicodeEncodeError:
        raise Mistake("--id: not a text") from None
    if read.receipt is not None:
        try:
            receipt = read_tlog_proof(read_file(read.receipt).decode())
        except UnicodeDecodeError:
            refused = "receipt: not a c2sp.org/tlog-proof@v1 file"
        except Refused as error:
            refused = f"receipt: {error}"
    return Options(site_key, receipt, subject, secret, read.require_time), refused


def verify_file(job):
    path, options, refused = job
    report, _ = verify(read_file(path), options)
    if refused:
        report.set("receipt", FAILED, refused)
    return report


def json_line(job):
    return verify_file(job).to_json(os.path.basename(job[0]))


def verify_folder(folder, options, refused, write):
    """All bundles of a folder, on all processors; one line each, in order of their names."""
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(".zip"))
    except OSError as error:
        raise Mistake(f"cannot read {folder!r}: {error.strerror}") from None
    jobs = [(os.path.join(folder, name), options, refused) for name in names]
    with multiprocessing.Pool() as pool:
        for line in pool.imap(json_line, jobs, chunksize=4):
            write(line)


def run(arguments):
    read = read_arguments(arguments)
    options, refused = read_options(read)

    def write(text):
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))

    if read.json_lines is not None:
        verify_folder(read.json_lines, options, refused, write)
        status = 0
    else:
        report = verify_file((read.bundle, options, refused))
        write(report.to_json(os.path.basename(read.bundle)) if read.json else report.to_text())
        status = report.exit_status()
    sys.stdout.buffer.flush()
    return status


def main(arguments=None):
    try:
        return run(arguments)
    except Mistake as mistake:
        print(f"lucky_draw_verify.py: {mistake}", file=sys.stderr)
        print("Try 'lucky_draw_verify.py --help'.", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    except OSError:
        # Whoever reads the report went away; Python must not complain about that at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return USAGE


if __name__ == "__main__":
    sys.exit(main())
