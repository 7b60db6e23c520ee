"""Tests of lucky_draw_verify.py: the golden vectors, three sample bundles, and files that lie.

Run with `python3 -m unittest` in this folder. The bundles in samples/ were written by the Rust
library from the plans of protocol/tests/sample; the site's key is the one that those tests use, so
that a file can be changed here and signed again. What all verifiers say of more than a thousand
other bundles is compared in tests/agreement.
"""

import base64
import hashlib
import io
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import unittest
import zipfile
from contextlib import redirect_stderr
from unittest import mock

import lucky_draw_verify as v

HERE = os.path.dirname(os.path.abspath(__file__))
VECTORS = os.path.join(HERE, "..", "tests", "vectors")
PROGRAM = os.path.join(HERE, "lucky_draw_verify.py")
SITE = "library.example.tw/draw"
VKEY = "library.example.tw/draw+abbaa9aa+ARj+u7qp79pqCN03HSZTz6AaX/1wENB7lP1c/pvWNjKz"
# Ticket 2 of plain.zip, and a ticket that won.
ID, CODE = "A100000001", "CYAW-MM5X-S152-C000-0000-P"
WINNER_ID, WINNER_CODE = "A100000001", "CYAW-MM5X-S152-C000-0000-P"


def vectors(name):
    with open(os.path.join(VECTORS, name), encoding="utf-8") as file:
        return json.load(file)


def sample(name):
    with open(os.path.join(HERE, "samples", name), "rb") as file:
        return file.read()


def sign(text, name=SITE, seed=hashlib.sha256(b"the site's seed").digest()):
    """A signed note, as RFC 8032 makes it."""
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little") & (2**254 - 8) | 2**254
    key = multiply(scalar)
    r = int.from_bytes(hashlib.sha512(digest[32:] + text.encode()).digest(), "little")
    point = multiply(r % v.GROUP_ORDER)
    k = int.from_bytes(hashlib.sha512(point + key + text.encode()).digest(), "little")
    s = (r + k * scalar) % v.GROUP_ORDER
    data = v.Key(name, v.ED25519, key).key_id + point + s.to_bytes(32, "little")
    return f"{text}\n\u2014 {name} {base64.b64encode(data).decode()}\n"


def multiply(scalar):
    found, power = v.IDENTITY, v.BASE_POINT
    while scalar:
        if scalar & 1:
            found = v.point_add(found, power)
        power, scalar = v.point_double(power), scalar >> 1
    return v.point_encode(found)


def outcomes(report):
    return {name: outcome for name, (outcome, _) in report.checks.items()}


class Vectors(unittest.TestCase):
    """protocol/tests/vectors: every key of the file is a section of the specification."""

    @classmethod
    def setUpClass(cls):
        cls.vectors = vectors("draw-vectors.json")

    def test_tagged_hashes(self):
        for case in self.vectors["th"]:
            parts = [bytes.fromhex(part) for part in case["parts"]]
            self.assertEqual(v.tagged_hash(case["label"], *parts).hex(), case["hash"])

    def test_receipt_secrets(self):
        for case in self.vectors["receipt_secret"]:
            secret = v.read_secret(case["secret"] + case["check"])
            self.assertEqual(secret.decode(), case["secret"])
            base = bytes.fromhex(case["base"])
            found = [v.nonce_of(secret, base, no).hex() for no in range(len(case["nonce"]))]
            self.assertEqual(found, case["nonce"])

    def test_trees(self):
        def leaf(i):
            return v.leaf_hash(v.sha256(i.to_bytes(4, "big")))

        merkle = self.vectors["merkle"]
        roots = {}
        for case in merkle["roots"]:
            tree = v.Frontier()
            for i in range(case["n"]):
                tree.push(leaf(i))
            self.assertEqual(tree.root().hex(), case["root"])
            roots[case["n"]] = tree.root()
        for case in merkle["inclusion"]:
            path = [bytes.fromhex(node) for node in case["proof"]]
            place = case["i"], case["n"]
            v.check_inclusion("", leaf(case["i"]), *place, path, roots[case["n"]])
            for wrong in (path + [leaf(0)], path[:-1], path[::-1] + [leaf(1)]):
                with self.assertRaises(v.Finding):
                    v.check_inclusion("", leaf(99), *place, wrong, roots[case["n"]])

    def test_the_stream_and_uniform_integers(self):
        case = self.vectors["stream"]
        for seed, numbers in (("00" * 32, "zero_seed_u64"), (case["seed"], "u64")):
            found = itertools.islice(v.stream(bytes.fromhex(seed)), len(case[numbers]))
            self.assertEqual([str(number) for number in found], case[numbers])
        for draw in case["uniform_fresh_stream_each"]:
            values = v.stream(bytes.fromhex(case["seed"]))
            found = [str(v.uniform(values, int(draw["m"]))) for _ in draw["out"]]
            self.assertEqual(found, draw["out"])

    def test_orders(self):
        seed = bytes.fromhex(self.vectors["order"]["seed"])
        for case in self.vectors["order"]["cases"]:
            order = v.order(seed, case["n"])
            if "order" in case:
                self.assertEqual(list(itertools.islice(order, len(case["order"]))), case["order"])
            else:
                whole = b"".join(index.to_bytes(4, "big") for index in order)
                self.assertIn(v.sha256(whole).hex(), case.values())

    def test_notes(self):
        note = self.vectors["note"]
        key = v.read_vkey(note["c2sp_vkey"], v.ED25519)
        self.assertEqual(v.open_note("", key, note["c2sp_note"]), "This is an example message.\n")
        key = v.read_vkey(note["vkey"], v.ED25519)
        self.assertEqual(key.vkey(), note["vkey"])
        signed = note["signed_manifest"]
        self.assertEqual(v.open_note("", key, signed), self.vectors["example"]["manifest_text"])
        with self.assertRaises(v.Finding):
            v.open_note("", key, signed.replace("reserves 3", "reserves 4"))

    def test_site_notes(self):
        for case in self.vectors["site"]["taken"]:
            record = v.read_record(case["text"])
            self.assertEqual((record.kind, record.hash.hex()), ("site", case["hash"]))
        for text in self.vectors["site"]["refused"]:
            with self.assertRaises(v.Refused, msg=text):
                v.read_record(text)

    def test_numbers(self):
        for case in self.vectors["numbers"]:
            source = v.Numbers("", case["mode"] == "sorted", len(case["in"]))
            value = v.read_numbers(source)(case["value"] + "\n")
            self.assertEqual(value.decode(), case["value"])
        two = v.read_numbers(v.Numbers("", True, 2))
        for text in (
            "8.09.",
            "9.8.",
            "8.9",
            "8..",
            "+8.9.",
            "8.4294967296.",
            "\u00b2.9.",
            "8.9.9.",
        ):
            with self.assertRaises(v.Refused):
                two(text + "\n")
        self.assertEqual(two("8.8.\n"), b"8.8.")

    def test_the_worked_example_to_its_last_settlement(self):
        example = self.vectors["example"]

        class Example(v.Bundle):
            def __init__(self):
                self.last = self.note("manifest", v.read_manifest, example["manifest_text"])
                self.manifest = self.last.value
                self.close = v.read_close(example["close_text"])
                self.result = self.note("result", v.read_result, example["result_text"])
                self.settles = [
                    self.note("settle", v.read_settle, case["text"])
                    for case in example["settlements"]
                ]

            @staticmethod
            def note(name, read, text):
                return v.Note(name, text, text, read(text))

        bundle = Example()
        base = bundle.manifest.hash
        self.assertEqual(base.hex(), example["manifest_hash"])
        self.assertEqual(bundle.manifest.rules, v.sha256(example["rules_utf8"].encode()))
        self.assertEqual(bundle.close.hash.hex(), example["close_hash"])
        tree = v.Frontier()
        for entry in example["entries"]:
            bind = v.tagged_hash("bind", bytes.fromhex(entry["nonce"]), entry["subject"].encode())
            self.assertEqual(bind.hex(), entry["bind"])
            leaf = v.commitment(base, bytes.fromhex(entry["tag"]), bind, entry["ticket"])
            self.assertEqual(leaf.hex(), entry["commit"])
            tree.push(v.leaf_hash(leaf))
        self.assertEqual(tree.root(), bundle.close.root)
        values = [bytes.fromhex(value) for value in example["values_hex"]]
        seed = v.seed_of(bundle, values)
        self.assertEqual(seed.hex(), example["seed"])
        self.assertEqual(list(v.order(seed, bundle.close.size)), example["order_full"])
        text = "".join(line + "\n" for line in v.result_lines(bundle, [], values))
        self.assertEqual(text, example["result_text"])
        self.assertEqual(bundle.result.value.hash.hex(), example["result_hash"])
        for place, case in enumerate(example["settlements"]):
            text = "".join(line + "\n" for line in v.settle_lines(bundle, [], place))
            self.assertEqual(text, case["text"])
            self.assertEqual(bundle.settles[place].value.hash.hex(), case["hash"])
        held = v.slots_held(bundle, bundle.settles)
        filled = {slot: index for slot, index in held.items() if index is not None}
        self.assertEqual(filled, {"grand/1": 11, "book/1": 13, "book/2": 12, "book/3": 15})

    def test_drand_rounds(self):
        rounds = vectors("drand-rounds.json")
        chains = {name: bytes.fromhex(c["hash"]) for name, c in rounds["chains"].items()}
        for hash_, chain in v.CHAINS.items():
            name = b"" if chain.name == "default" else chain.name.encode()
            start = chain.period.to_bytes(4, "big") + chain.genesis.to_bytes(8, "big")
            whole = start + chain.public_key + chain.group_hash + name
            self.assertEqual(v.sha256(whole), hash_)
            self.assertTrue(v.is_canonical_point(chain.public_key))
        checked = 0
        for case in rounds["rounds"]:
            source, beacon = v.Drand(chains[case["chain"]], case["round"]), self.beacon(case)
            if source.chain not in v.CHAINS:
                with self.assertRaises(v.Refused):
                    v.check_round(source, beacon)
                continue
            self.assertEqual(v.check_round(source, beacon), v.bls_library() is not None)
            self.assertEqual(v.sha256(beacon.signature).hex(), case["randomness"])
            checked += 1
        self.assertGreater(checked, 10)
        for case in rounds["must_fail"]:
            source, beacon = v.Drand(chains[case["chain"]], case["round"]), self.beacon(case)
            try:
                self.assertFalse(v.check_round(source, beacon), case["why"])
                self.assertIsNone(v.bls_library(), case["why"])
            except v.Refused:
                pass

    @staticmethod
    def beacon(case):
        previous = case.get("previous_signature")
        if case["chain"] == "default" and case["round"] == 1 and not previous:
            previous = v.DEFAULT.group_hash.hex()
        previous = bytes.fromhex(previous) if previous and case["chain"] == "default" else None
        return v.Beacon(case["round"], bytes.fromhex(case["signature"]), previous)


class Strictness(unittest.TestCase):
    """One text, one form: what other readers let pass is refused here."""

    def test_ed25519(self):
        text = "any text\n"
        key = v.read_vkey(VKEY, v.ED25519)
        line = v.read_signed_note(sign(text)).lines[0]
        good = line.signature
        self.assertTrue(v.is_signed(key.key, text.encode(), good))
        s = int.from_bytes(good[32:], "little") + v.GROUP_ORDER
        self.assertFalse(v.is_signed(key.key, text.encode(), good[:32] + s.to_bytes(32, "little")))
        self.assertFalse(v.is_signed(key.key, text.encode(), good + b"\0"))
        self.assertFalse(v.is_signed(key.key, b"another text", good))
        small = [0, 1, v.FIELD - 1, v.FIELD, v.FIELD + 1, 2**255, 2**255 + 1]
        for y in small:
            encoded = (y % 2**256).to_bytes(32, "little")
            self.assertFalse(v.is_sound_key(encoded), y)
            # With a key of small order, R = [s]B and s alone would sign every text.
            self.assertFalse(v.is_signed(encoded, b"x", multiply(5) + bytes([5] + [0] * 31)))
        identity = v.point_encode(v.IDENTITY)
        self.assertFalse(v.is_signed(key.key, b"x", identity + bytes(32)))
        for y in range(v.FIELD, 2**255):
            self.assertIsNone(v.point_decode(y.to_bytes(32, "little")))

    def test_base64(self):
        self.assertEqual(v.from_base64("SGVsbG8="), b"Hello")
        for text in (
            "SGVsbG9=",
            "SGVsbG8",
            "SGVsbA==byB3",
            "SGVs bG8=",
            "SGVsbG8=\n",
            "SGV_bG8=",
            "é",
        ):
            with self.assertRaises(v.Refused):
                v.from_base64(text)

    def test_integers(self):
        read = v.integer(0, 99)
        self.assertEqual([read("0"), read("99")], [0, 99])
        for text in ("", "00", "+1", "-1", "1 ", "100", "1e1", "\u0661", "9" * 5000):
            with self.assertRaises(v.Refused):
                read(text)

    def test_texts(self):
        close = vectors("draw-vectors.json")["example"]["close_text"]
        v.read_close(close)
        lines = close.splitlines(keepends=True)
        wrong = [close[:-1], close + "\n", close + lines[-1], close.replace("\n", "\r\n"), ""]
        wrong += [close.replace(" ", "  ", 1), close.replace("seq", "seq "), "\n" + close]
        wrong += ["".join(lines[:at] + lines[at + 1 :]) for at in range(len(lines))]
        wrong += [close.replace("void 5 W", "void 5 X"), close.replace("void 17", "void 4")]
        wrong += [close.replace("void 20", "void 24"), close.replace("size 24", "size 024")]
        wrong += [close.upper(), close.replace("a", "\u00e4", 1), close.replace("close", "freeze")]
        for text in wrong:
            with self.assertRaises(v.Refused, msg=text):
                v.read_close(text)
        with self.assertRaises(v.Refused):
            v.read_segment("lucky-draw/v1 journal\nstart 0\nend 1\nleaf \n")

    def test_rounds(self):
        case = next(c for c in vectors("drand-rounds.json")["rounds"] if c["chain"] == "quicknet")
        text = '{"round":%d,"randomness":"%s","signature":"%s"}\n'
        right = text % (case["round"], case["randomness"], case["signature"])
        v.read_beacon(right)
        wrong = [right[:-1], right.replace(":", ": ", 1), right.upper(), right + right, "", "{}\n"]
        wrong += [
            right.replace('"round":', '"round":0'),
            right.replace(case["randomness"], "0" * 64),
        ]
        for text in wrong:
            with self.assertRaises(v.Refused):
                v.read_beacon(text)
        signature = bytearray.fromhex(case["signature"])
        for mask in (0x80, 0x40):
            signature[0] ^= mask
            self.assertFalse(v.is_canonical_point(bytes(signature)))
            signature[0] ^= mask
        x = int.from_bytes(signature, "big") % 2**381
        for wrong_x in (x + v.BLS_FIELD, v.BLS_FIELD):
            if wrong_x < 2**381:
                encoded = (wrong_x + 2**383).to_bytes(48, "big")
                self.assertFalse(v.is_canonical_point(encoded))


class Bundles(unittest.TestCase):
    """Whole bundles, honest and changed."""

    def setUp(self):
        # Whether BLS is checked is tested apart; here it counts as checked, and fast.
        patch = mock.patch.object(v, "check_round", self.without_bls)
        patch.start()
        self.addCleanup(patch.stop)
        self.plain, self.everything = sample("plain.zip"), sample("everything.zip")

    check_round = staticmethod(v.check_round)

    def without_bls(self, source, beacon):
        with mock.patch.object(v, "bls_library", lambda: None):
            self.check_round(source, beacon)
        return True

    def report(self, data, **options):
        return v.verify(data, v.NO_OPTIONS._replace(**options))[0]

    def changed(self, data, change):
        files = v.read_zip(data)
        change(files)
        return self.report(v.write_zip(files))

    def resigned(self, data, name, change):
        def again(files):
            text = v.read_signed_note(files[name].decode()).text
            self.assertNotEqual(change(text), text)
            files[name] = sign(change(text)).encode()

        return self.changed(data, again)

    def assert_failed(self, report, name):
        self.assertEqual(report.checks[name][0], v.FAILED, report.to_text())
        self.assertEqual(report.exit_status(), 1)
        self.assertIn(name, report.result_line())

    def test_honest_bundles_pass(self):
        report = self.report(self.plain)
        self.assertEqual(report.exit_status(), 0, report.to_text())
        self.assertEqual(
            report.result_line(), "result: passed; time not proven; site key not pinned"
        )
        report = self.report(self.everything, site_key=v.read_vkey(VKEY, v.ED25519))
        self.assertEqual(report.exit_status(), 0, report.to_text())
        self.assertEqual(report.names(v.NOT_APPLICABLE), ["receipt"])
        self.assertEqual(report.names(v.COULD_NOT_CHECK), ["numbers-origin"])
        report = self.report(sample("cancelled.zip"))
        self.assertEqual(report.exit_status(), 0, report.to_text())
        self.assertIn("the draw was cancelled (TYPHOON)", report.result_line())

    def test_a_report_has_sixteen_lines_and_a_result(self):
        lines = self.report(self.plain).to_text().split("\n")
        self.assertEqual([line.split("\t")[1] for line in lines[:16]], list(v.CHECKS))
        self.assertTrue(all(len(line.split("\t")) == 3 for line in lines[:16]))
        self.assertEqual(lines[17:], [""])
        parsed = json.loads(self.report(self.plain).to_json("plain.zip"))
        self.assertEqual([check["name"] for check in parsed["checks"]], list(v.CHECKS))
        result = v.read_signed_note(v.read_zip(self.plain)["result.note"].decode()).text
        self.assertEqual(parsed["computed"]["result"], v.sha256(result.encode()).hex())
        self.assertEqual(len(parsed["computed"]["settle"]), 1)

    def test_every_bit_of_a_zip_is_evidence(self):
        rng = random.Random(1)
        for at in range(0, len(self.plain), 37):
            flipped = bytearray(self.plain)
            flipped[at] ^= 1 << rng.randrange(8)
            self.assertEqual(self.report(bytes(flipped)).exit_status(), 1, at)
        for data in (b"", b"PK", self.plain[:-1], self.plain + b"\0", b"#!" + self.plain):
            self.assert_failed(self.report(data), "format")
        for _ in range(200):
            self.assert_failed(self.report(b"PK\x03\x04" + rng.randbytes(90)), "format")

    def test_a_zip_that_was_packed_again_is_told_as_that(self):
        again = "its contents were not checked, download bundle.zip again and keep it as it is"
        fields = (
            "this zip was packed again: its order, times, comments or other fields are not those"
            " of the one canonical zip of its files"
        )

        def patched(**places):
            zip_file = bytearray(self.plain)
            for place, byte in places.items():
                zip_file[int(place[1:])] = byte
            return bytes(zip_file)

        files, deflated, dated = v.read_zip(self.plain), io.BytesIO(), io.BytesIO()
        for file, method in ((deflated, zipfile.ZIP_DEFLATED), (dated, zipfile.ZIP_STORED)):
            with zipfile.ZipFile(file, "w", method) as packed:
                for name, content in files.items():
                    packed.writestr(name, content)
        second = self.plain.index(v.LOCAL_HEADER, 1)
        third = self.plain.index(v.LOCAL_HEADER, second + 1)
        swapped = self.plain[second:third] + self.plain[:second] + self.plain[third:]
        start = 30 + self.plain[26]
        extra = patched(_28=4)[:start] + b"UT__" + self.plain[start:]
        comment = self.plain[:-2] + b"\2\0hi"
        compressed = "this zip was packed again: the file that starts at 0 is compressed"
        encrypted = "this zip was packed again: the file that starts at 0 is encrypted"
        for data, reason in (
            (deflated.getvalue(), f"{compressed}; {again}"),
            (patched(_6=8, _8=8), f"{compressed}; {again}"),
            (patched(_6=1, _8=8), f"{encrypted}; {again}"),
            (patched(_6=8), f"{fields}; {again}"),
            (dated.getvalue(), f"{fields}; {again}"),
            (swapped, f"{fields}; {again}"),
            (extra, f"{fields}; {again}"),
            (comment, f"{fields}; {again}"),
            (
                patched(**{f"_{start}": self.plain[start] ^ 1}),
                "the file that starts at 0 does not match its CRC-32: it was changed or damaged",
            ),
            (self.plain[:40], "expected a zip of stored files, found other bytes at 0"),
            (v.write_zip({"": b"x"}), "expected a zip of stored files, found other bytes at 0"),
        ):
            self.assertEqual(self.report(data).checks["format"], (v.FAILED, reason))

    def test_every_bit_of_every_file_is_evidence(self):
        rng = random.Random(2)
        for data in (self.plain, self.everything):
            for name, content in v.read_zip(data).items():
                for _ in range(6):
                    flipped = bytearray(content)
                    at = rng.randrange(len(content))
                    flipped[at] ^= 1 << rng.randrange(8)
                    report = self.changed(data, lambda files: files.update({name: bytes(flipped)}))
                    self.assertEqual(report.exit_status(), 1, f"{name} {at}\n{report.to_text()}")

    def test_a_missing_or_surplus_file_is_refused(self):
        for name in v.read_zip(self.everything):
            if name != "entries.bin":
                report = self.changed(self.everything, lambda files: files.pop(name))
                self.assertEqual(report.exit_status(), 1, name)
        for name in ("readme.txt", "close-9.note", "settle-0.note", "base-00.note", "x y"):
            report = self.changed(self.plain, lambda files: files.update({name: b"x"}))
            self.assert_failed(report, "format")

    def test_a_site_that_lies_in_one_note_is_caught(self):
        text = v.read_signed_note(v.read_zip(self.plain)["result.note"].decode()).text
        result = v.read_result(text)
        seed = result.seed.hex()
        first = next(line for line in text.split("\n") if " grand/1 " in line)
        cases = {
            "seed": lambda t: t.replace(f"seed {seed}", "seed " + "7" * 64),
            "order": lambda t: t.replace(f"end {result.end}", f"end {result.end + 1}"),
            "voids": lambda t: t.replace(first, " ".join(first.split()[:3]) + " void W"),
            "openings": lambda t: t.replace(first, first[:-2] + " 7"),
            "result": lambda t: t.replace(" grand/1 ", " reserve/2 "),
        }
        for name, change in cases.items():
            self.assert_failed(self.resigned(self.plain, "result.note", change), name)

    def test_rules_entries_and_certificates_belong_to_the_draw(self):
        cases = {"rules.txt": "links", "entries.bin": "entries", "certificate-1.json": "purge"}
        for file, name in cases.items():
            self.assert_failed(self.changed(self.plain, lambda f: f.update({file: b"x"})), name)
        report = self.changed(self.everything, lambda f: f.update({"excluded-1.zip": b"no zip"}))
        self.assert_failed(report, "format")
        self.assertEqual(report.checks["links"][0], v.COULD_NOT_CHECK)

    def test_another_site_key_than_the_known_one_is_refused(self):
        key = v.Key(SITE, v.ED25519, multiply(12345))
        self.assert_failed(self.report(self.plain, site_key=key), "signatures")

    def test_the_beacon_without_and_with_bls(self):
        with mock.patch.object(v, "check_round", self.check_round):
            with mock.patch.object(v, "bls_library", lambda: None):
                report = self.report(self.plain)
                self.assertEqual(report.names(v.COULD_NOT_CHECK), ["time", "beacon"])
                self.assertEqual(report.exit_status(), 2)
                self.assertIn("py_ecc", report.checks["beacon"][1])
                wrong_round = lambda t: t.replace(b'"round":1000', b'"round":1001')
                changed = lambda f: f.update({"beacon-1.json": wrong_round(f["beacon-1.json"])})
                self.assert_failed(self.changed(self.plain, changed), "beacon")
        if v.bls_library():
            with mock.patch.object(v, "check_round", self.check_round):
                self.assertEqual(self.report(self.plain).exit_status(), 0)
                self.assert_failed(self.forged_beacon(), "beacon")

    def forged_beacon(self):
        """The signature of round 1001 under the number 1000: only BLS can see it."""
        rounds = vectors("drand-rounds.json")["rounds"]
        other = next(c for c in rounds if c["chain"] == "quicknet" and c["round"] == 1001)
        text = '{"round":1000,"randomness":"%s","signature":"%s"}\n'
        text %= other["randomness"], other["signature"]
        return self.changed(self.plain, lambda f: f.update({"beacon-1.json": text.encode()}))

    def test_a_receipt_shows_the_own_ticket(self):
        proof = v.read_tlog_proof(sample("plain.tlog-proof").decode())
        subject, secret = v.read_subject(ID), v.read_secret(CODE)
        outcome = lambda **options: self.report(self.plain, **options).checks["receipt"]
        for given in ({}, {"subject": subject}, {"subject": subject, "secret": secret}):
            found, reason = outcome(receipt=proof, **given)
            self.assertEqual(found, v.PASSED, reason)
            self.assertTrue(reason.startswith("ticket 2-1 is in the final list"), reason)
        for given in ({"subject": b"twid:Z299999999"}, {"secret": b"0" * 20}):
            self.assertEqual(outcome(receipt=proof, **given)[0], v.FAILED)
        self.assertEqual(outcome(receipt=proof._replace(index=1))[0], v.FAILED)
        self.assertEqual(outcome(receipt=proof._replace(extra=bytes(99)))[0], v.FAILED)
        leaf = v.read_zip(self.plain)["entries.bin"][64:96]
        shared = proof._replace(extra=leaf)
        self.assertEqual(outcome(receipt=shared)[0], v.PASSED)
        self.assertEqual(outcome(receipt=shared, subject=subject)[0], v.COULD_NOT_CHECK)
        self.assertEqual(outcome(subject=subject)[0], v.COULD_NOT_CHECK)
        self.assertEqual(outcome(secret=secret)[0], v.COULD_NOT_CHECK)
        self.assertEqual(outcome(subject=subject, secret=b"0" * 20)[0], v.COULD_NOT_CHECK)
        won = {"subject": v.read_subject(WINNER_ID), "secret": v.read_secret(WINNER_CODE)}
        self.assertEqual(outcome(**won)[0], v.PASSED)

    def test_a_receipt_of_another_draw_is_told_as_that(self):
        proof = v.read_tlog_proof(sample("plain.tlog-proof").decode())
        text = v.read_signed_note(proof.checkpoint).text
        origin = v.read_checkpoint(text).origin
        other = proof._replace(checkpoint=sign(text.replace(origin, f"{origin}/other")))
        self.assertEqual(
            self.report(self.plain, receipt=other).checks["receipt"],
            (
                v.FAILED,
                f"the receipt is of another draw's log: expected {origin}, found {origin}/other",
            ),
        )

    def test_a_receipt_of_another_list_is_proof_of_fraud(self):
        proof = v.read_tlog_proof(sample("plain.tlog-proof").decode())
        text = v.read_signed_note(proof.checkpoint).text
        checkpoint = v.read_checkpoint(text)
        leaf = b"\5" * 32
        root = base64.b64encode(v.leaf_hash(leaf)).decode()
        forked = sign(f"{checkpoint.origin}\n1\n{root}\n")
        outcome, reason = self.report(self.plain, receipt=v.TlogProof(leaf, 0, [], forked)).checks[
            "receipt"
        ]
        self.assertEqual(outcome, v.FAILED)
        self.assertIn("two different logs of 1 tickets", reason)


class CommandLine(unittest.TestCase):
    """The program as a person runs it."""

    def run_it(self, *arguments):
        run = subprocess.run(
            [sys.executable, PROGRAM, *arguments], capture_output=True, env={"LC_ALL": "C"}
        )
        self.assertNotIn(b"Traceback", run.stderr)
        return run.returncode, run.stdout.decode("utf-8"), run.stderr.decode("utf-8")

    def path(self, name):
        return os.path.join(HERE, "samples", name)

    def test_bundles(self):
        status, output, _ = self.run_it(self.path("cancelled.zip"))
        self.assertEqual(status, 0, output)
        self.assertEqual(len(output.splitlines()), 17)
        status, output, _ = self.run_it(self.path("cancelled.zip"), "--require-time")
        self.assertEqual(status, 2)
        self.assertIn("result: could not check (time)", output)
        status, output, _ = self.run_it(PROGRAM)
        self.assertEqual(status, 1)
        self.assertTrue(output.startswith("failed\tformat\t"))

    def test_nothing_personal_is_printed(self):
        typed = [f" {ID.lower()} ", "--secret", CODE.lower()]
        arguments = [self.path("plain.zip"), "--receipt", self.path("plain.tlog-proof"), "--id"]
        _, output, errors = self.run_it(*arguments, *typed)
        self.assertIn("passed\treceipt\tticket 2-1", output)
        for shown in (output, errors):
            self.assertNotIn(ID, shown)
            self.assertNotIn(CODE.replace("-", "")[:20], shown.replace("-", ""))
        status, output, errors = self.run_it(self.path("plain.zip"), "--id", ID, "A123456789")
        self.assertEqual(status, 64)
        self.assertNotIn("A123456789", errors)

    def test_a_receipt_that_is_none_is_told(self):
        status, output, _ = self.run_it(self.path("plain.zip"), "--receipt", PROGRAM)
        self.assertEqual(status, 1)
        self.assertIn("failed\treceipt\t", output)

    def test_wrong_arguments(self):
        bundle = self.path("plain.zip")
        for arguments in (
            [], ["--bogus"], [bundle, "--vkey"], [bundle, "--vkey", "not a key"], [bundle, bundle],
            [bundle, "--secret", "WRONG-CODE"], [bundle, "--receipt", "missing"], ["missing.zip"],
            [bundle, "--json-lines", HERE], ["--json-lines", "missing"], [HERE], ["a\udc80b"],
            [bundle, "--id", "\udc80"], [bundle, "--vkey", "\udc80"], [bundle, "--secret", "\udc80"],
        ):  # fmt: skip
            status, output, errors = self.run_it(*arguments)
            self.assertEqual((status, output), (64, ""), arguments)
            self.assertTrue(errors)
            self.assertNotIn("WRONG-CODE", errors)
        for flag in ("--help", "-h", "--version"):
            status, output, _ = self.run_it(flag)
            self.assertEqual(status, 0)
            self.assertIn("lucky", output)

    def test_codes_and_numbers_are_read_as_people_type_them(self):
        plain = v.read_secret(CODE)
        wide = "".join(chr(ord(c) + 0xFEE0) for c in CODE)
        for typed in (
            CODE.lower(),
            CODE.replace("-", " "),
            CODE[:-2],
            wide,
            CODE.replace("-", "\u2010"),
        ):
            self.assertEqual(v.read_secret(typed), plain)
        self.assertEqual(v.read_secret("ooooiiiillllOOOO0101"), b"00001111111100000101")
        for typed in (
            "",
            CODE + "0",
            CODE[:-3],
            CODE[:-1] + ("0" if CODE[-1] != "0" else "1"),
            "U" * 20,
        ):
            with self.assertRaises(v.Refused):
                v.read_secret(typed)
        self.assertEqual(v.read_subject("\uff41123456789\u3000"), b"twid:A123456789")
        self.assertEqual(v.read_subject("card:x1"), b"card:x1")
        self.assertEqual(v.ticket_number(572), "572-4")

    def test_a_folder_gives_one_line_for_each_bundle(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("b.zip", "a.zip", "note.txt"):
                with open(os.path.join(folder, name), "wb") as file:
                    file.write(sample("cancelled.zip") if name == "a.zip" else b"no zip")
            status, output, _ = self.run_it("--json-lines", folder)
        reports = [json.loads(line) for line in output.splitlines()]
        self.assertEqual(status, 0)
        self.assertEqual([(r["file"], r["exit"]) for r in reports], [("a.zip", 0), ("b.zip", 1)])
        status, output, _ = self.run_it("--json", self.path("cancelled.zip"))
        self.assertEqual(json.loads(output)["file"], "cancelled.zip")

    def test_a_reader_that_goes_away_is_no_fault(self):
        with redirect_stderr(io.StringIO()):
            run = subprocess.run(
                f"{sys.executable} {PROGRAM} {self.path('plain.zip')} | true",
                shell=True,
                capture_output=True,
            )
        self.assertNotIn(b"Traceback", run.stderr)
        self.assertNotIn(b"Exception", run.stderr)


if __name__ == "__main__":
    unittest.main()
