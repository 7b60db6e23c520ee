#!/usr/bin/env python3
"""Whether the three verifiers say the same of every bundle of a corpus.

  agreement.py CORPUS            compares; status 1 if two verifiers disagree anywhere
  agreement.py CORPUS --weaken   the positive control: Python verifiers with one rule taken out
                                 must each be caught

CORPUS has the folders `honest` and `mutated` as `cargo test -p lucky-draw --test corpus` writes
them: NAME.zip, NAME.json (the Rust report) and expected.jsonl. The Python verifier and the
browser's verifier (in Node.js) run here, with --json-lines. Compared are, for each bundle, all
sixteen outcomes and the exit status, and the hashes of the seed, the result and the settlements
that each verifier computed itself. Reasons are words for people and may differ, except about the
zip itself: what nobody could read has to be told in the same words everywhere.

Without py_ecc the Python verifier cannot check BLS signatures. Then, and only then, `beacon` may be
`could not check` where Rust's passed or failed for its BLS signature alone.
"""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PYTHON_VERIFIER = os.path.join(ROOT, "protocol", "python", "lucky_draw_verify.py")
VERIFIERS = {
    "python": [sys.executable, PYTHON_VERIFIER],
    "browser": ["node", os.path.join(ROOT, "static", "js", "verify", "cli.mjs")],
}
# Fewer would not be the test that its name promises.
LEAST = {"honest": 200, "mutated": 1000}
FAILED, COULD_NOT_CHECK = "failed", "could not check"
LENIENT = ("time", "numbers-origin")
# What only BLS arithmetic can see, as Rust says it.
BLS_REASONS = (
    "the signature was not made by the chain's key for this round",
    "the signature is not the canonical encoding of a point of the group",
)

# How all three begin what they say of a zip that cannot be read.
ZIP_REASONS = ("this zip was packed again:", "expected a zip of ", "the file that starts at ")

# Rules taken out of the Python verifier: what the words say, the rule, and what stands for it.
WEAKENED = {
    "witnesses may come a second late": ("1 <= time <= latest]", "1 <= time <= latest + 1]"),
    "any ticket number is allowed": ("opening.ticket_no >= cap", "opening.ticket_no < 0"),
    "rival manifests are ignored": ('record.kind == "manifest" and', "False and"),
    "surplus files are left alone": ("for name in files.left:", "for name in ():"),
    "the last reserve moves up first": (
        "reserve = next(reserves, None)",
        "reserve = [*[None], *reserves][-1]",
    ),
}


def start(command, folder):
    """Starts one verifier on a folder; its reports come through a file, so that none waits."""
    output = tempfile.TemporaryFile()
    return subprocess.Popen(command + ["--json-lines", folder], stdout=output), output


def reports_of(command, started):
    """The reports of a verifier that was started, by file."""
    process, output = started
    if process.wait() != 0:
        sys.exit(f"agreement: {' '.join(command)} ended with status {process.returncode}")
    with output:
        output.seek(0)
        reports = [json.loads(line) for line in output.read().decode("utf-8").splitlines()]
    return {report["file"]: report for report in reports}


def rust_reports(folder):
    reports = {}
    for name in sorted(os.listdir(folder)):
        if name.endswith(".zip"):
            with open(os.path.join(folder, name[:-4] + ".json"), encoding="utf-8") as file:
                reports[name] = json.load(file)
    return reports


def expectations(folder):
    with open(os.path.join(folder, "expected.jsonl"), encoding="utf-8") as file:
        return {line["file"]: line for line in map(json.loads, file)}


def checks_of(report):
    return {check["name"]: check for check in report["checks"]}


def exit_of(report):
    """The exit status without --require-time, with which the corpus has some of its reports."""
    outcomes = [c["outcome"] for c in report["checks"] if c["name"] not in LENIENT]
    everything = [check["outcome"] for check in report["checks"]]
    return 1 if FAILED in everything else 2 if COULD_NOT_CHECK in outcomes else 0


def is_for_want_of_bls(rust, name, outcome):
    """Whether a verifier without BLS may say this where Rust says something else."""
    beacon = checks_of(rust)["beacon"]
    only_bls = beacon["outcome"] == FAILED and beacon["reason"].endswith(BLS_REASONS)
    if name == "beacon":
        return outcome == COULD_NOT_CHECK and (beacon["outcome"] != FAILED or only_bls)
    # Rust does not compute from a value that is not the beacon's; without BLS that is not known.
    return only_bls and name in ("seed", "result")


def differences(rust, other, has_bls):
    """In what two reports on one bundle differ, in words."""
    ours, theirs = checks_of(rust), checks_of(other)
    if list(ours) != list(theirs):
        return [f"the checks are {', '.join(theirs)}"]
    found = []
    for name, check in ours.items():
        outcome = theirs[name]["outcome"]
        if outcome != check["outcome"]:
            if not has_bls and is_for_want_of_bls(rust, name, outcome):
                continue
            found.append(
                f"{name}: rust {check['outcome']} ({check['reason']}),"
                f" found {outcome} ({theirs[name]['reason']})"
            )
    words, other_words = ours["format"]["reason"], theirs["format"]["reason"]
    if words != other_words and any(w.startswith(ZIP_REASONS) for w in (words, other_words)):
        found.append(f"format: rust says {words!r}, found {other_words!r}")
    if not found and has_bls and exit_of(rust) != other["exit"]:
        found.append(f"exit: rust {exit_of(rust)}, found {other['exit']}")
    return found + computed_differences(rust, other)


def computed_differences(rust, other):
    """The texts that each computed itself, where Rust found them in the bundle."""
    ours, theirs, checks = rust["computed"], other["computed"], checks_of(rust)
    if ours is None or theirs is None:
        return [] if ours == theirs else [f"computed: rust {ours}, found {theirs}"]
    passed = [name for name in ("seed", "result", "settle") if checks[name]["outcome"] == "passed"]
    return [
        f"computed {name}: rust {ours[name]}, found {theirs[name]}"
        for name in passed
        if ours[name] != theirs[name] or not ours[name]
    ]


def is_refused(report, expected):
    """Exit 1 or 2; where only evidence of time is missing, with --require-time."""
    if (expected.get("options") or {}).get("require_time"):
        checks = checks_of(report)
        return any(checks[name]["outcome"] == COULD_NOT_CHECK for name in LENIENT)
    return report["exit"] != 0


def compare(folder, kind, rust, reports, has_bls):
    """All complaints about one verifier's reports on one folder."""
    complaints = []
    if sorted(rust) != sorted(reports):
        complaints.append(f"{folder}: {len(rust)} bundles, but {len(reports)} reports")
    expected = expectations(folder)
    for name in sorted(set(rust) & set(reports)):
        found = differences(rust[name], reports[name], has_bls)
        if kind == "mutated" and not is_refused(reports[name], expected[name]):
            found.append(f"not refused: {expected[name]['mutation']}")
        complaints += [f"{kind}/{name}: {difference}" for difference in found]
    return complaints


def altered(reports):
    """The reports, with one outcome of one bundle turned round: comparing must notice."""
    copy = json.loads(json.dumps(reports))
    check = copy[min(copy)]["checks"][3]
    check["outcome"] = "passed" if check["outcome"] == FAILED else FAILED
    return copy


def folders(corpus):
    for kind, least in LEAST.items():
        folder = os.path.join(corpus, kind)
        rust = rust_reports(folder)
        if len(rust) < least:
            sys.exit(f"agreement: {folder} has {len(rust)} bundles, expected at least {least}")
        yield kind, folder, rust


def agree(corpus):
    complaints = []
    for kind, folder, rust in folders(corpus):
        begun = time.monotonic()
        started = {name: start(command, folder) for name, command in VERIFIERS.items()}
        for verifier, command in VERIFIERS.items():
            has_bls = verifier != "python" or importlib.util.find_spec("py_ecc") is not None
            reports = reports_of(command, started[verifier])
            found = compare(folder, kind, rust, reports, has_bls)
            complaints += [f"{verifier}: {complaint}" for complaint in found]
            if not found and not compare(folder, kind, rust, altered(reports), has_bls):
                sys.exit("agreement: an outcome that was turned round was not noticed")
            words = "" if has_bls else "; no py_ecc, so its beacon may be could not check"
            print(f"agreement: {kind}: {len(reports)} bundles, rust and {verifier}{words}")
        print(f"agreement: {kind}: {time.monotonic() - begun:.0f} s")
    return complaints


def weaken(corpus):
    """Runs Python verifiers that lack one rule; each must disagree somewhere."""
    complaints = []
    with open(PYTHON_VERIFIER, encoding="utf-8") as file:
        source = file.read()
    parts = list(folders(corpus))
    for words, (rule, without) in WEAKENED.items():
        if rule not in source:
            sys.exit(f"agreement: the Python verifier does not have {rule!r} any more")
        with tempfile.TemporaryDirectory() as place:
            weakened = os.path.join(place, "weakened.py")
            with open(weakened, "w", encoding="utf-8") as file:
                file.write(source.replace(rule, without))
            caught = 0
            for kind, folder, rust in parts:
                command = [sys.executable, weakened]
                reports = reports_of(command, start(command, folder))
                caught += len(compare(folder, kind, rust, reports, False))
                if caught:
                    break
        print(f"agreement: control: {words}: {caught} complaints")
        if not caught:
            complaints.append(f"nobody noticed that {words}")
    return complaints


def main(arguments):
    if not arguments or arguments[1:] not in ([], ["--weaken"]):
        sys.exit(__doc__)
    complaints = weaken(arguments[0]) if arguments[1:] else agree(arguments[0])
    for complaint in complaints[:40]:
        print(f"agreement: {complaint}", file=sys.stderr)
    if complaints:
        sys.exit(f"agreement: {len(complaints)} disagreements")


if __name__ == "__main__":
    main(sys.argv[1:])
