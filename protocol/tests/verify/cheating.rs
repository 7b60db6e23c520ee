//! A site that lies in one note or file is caught by the check that should catch it.

use lucky_draw::bundle::{ProofLine, proofs_text};
use lucky_draw::encode::sha256;
use lucky_draw::note::Signer;
use lucky_draw::record::VoidCode;
use lucky_draw::result::{Line, ResultNote, Slot};
use lucky_draw::verify::{CheckName, Options, Outcome, Report, verify};

use super::sample::{self, Plan, Tickets, build, cosigners};
use super::{assert_failed, check, relabel, slots, text};

#[test]
fn another_site_key_than_the_known_one_is_refused() {
    let built = build(&Plan::default());
    let other = Signer::new(sample::SITE, [3; 32]).expect("a signer");
    let options = Options {
        site_key: Some(other.verifier()),
        ..Options::default()
    };
    let report = verify(&built.bundle, &options);
    assert_failed(
        &report,
        CheckName::Signatures,
        "expected library.example.tw",
    );
    assert!(!report.result_line().contains("not pinned"));
}

#[test]
fn a_note_that_was_changed_after_signing_is_refused() {
    let mut bundle = build(&Plan::default()).bundle;
    let note = bundle.file("result.note").expect("a note");
    let note = String::from_utf8(note.to_vec()).expect("a text");
    let end = note.find("end ").expect("an end");
    let changed = format!("{}end 9{}", &note[..end], &note[end + 5..]);
    bundle.insert("result.note", changed);
    assert_failed(&check(&bundle), CheckName::Signatures, "result.note");
}

#[test]
fn a_checkpoint_with_a_strangers_cosignature_is_refused() {
    let mut bundle = build(&Plan::default()).bundle;
    let proof = bundle.file("key.proof").expect("a proof");
    let proof = String::from_utf8(proof.to_vec()).expect("a text");
    let stranger = cosigners(1).remove(0).line("anything\n", 5);
    bundle.insert("key.proof", format!("{proof}{stranger}"));
    assert_failed(&check(&bundle), CheckName::Signatures, "key.proof");
}

#[test]
fn rules_that_were_changed_later_are_refused() {
    let mut bundle = build(&Plan::default()).bundle;
    bundle.insert("rules.txt", "Only staff can win.\n");
    assert_failed(&check(&bundle), CheckName::Links, "rules.txt");
}

#[test]
fn a_successor_that_changes_the_prizes_is_refused() {
    let built = build(&Plan {
        superseded: 1,
        ..Plan::default()
    });
    let mut bundle = built.bundle.clone();
    relabel(&mut bundle, "manifest.note", |text| {
        text.replace("prize grand 1", "prize grand 2")
    });
    assert_failed(
        &check(&bundle),
        CheckName::Links,
        "changes more than sources",
    );
}

#[test]
fn another_round_or_an_unpinned_chain_is_refused() {
    let built = build(&Plan::default());
    let mut bundle = built.bundle.clone();
    let other = &sample::recorded_rounds()[4];
    bundle.insert("beacon-1.json", other.to_json());
    let report = check(&bundle);
    assert_failed(
        &report,
        CheckName::Beacon,
        "expected round 1000, found round 1001",
    );
    assert_eq!(
        report.check(CheckName::Seed).outcome,
        Outcome::CouldNotCheck
    );

    let mut forged = other.clone();
    forged.round = 1000;
    bundle.insert("beacon-1.json", forged.to_json());
    assert_failed(
        &check(&bundle),
        CheckName::Beacon,
        "not made by the chain's key",
    );

    let mut bundle = built.bundle.clone();
    let quicknet = lucky_draw::beacon::QUICKNET.hash.to_string();
    relabel(&mut bundle, "manifest.note", |text| {
        text.replace(&quicknet, &"7".repeat(64))
    });
    assert_failed(
        &check(&bundle),
        CheckName::Beacon,
        "not one of the pinned chains",
    );
}

#[test]
fn an_operator_that_withholds_its_secret_is_told() {
    let plan = Plan {
        witnesses: 1,
        commit: Some(false),
        ..Plan::default()
    };
    let report = check(&build(&plan).bundle);
    assert_failed(&report, CheckName::Beacon, "operator withheld");
    assert_eq!(report.check(CheckName::Seed).outcome, Outcome::Passed);
    assert_eq!(report.check(CheckName::Result).outcome, Outcome::Passed);

    let unwitnessed = Plan {
        commit: Some(true),
        ..Plan::default()
    };
    let report = check(&build(&unwitnessed).bundle);
    assert_failed(&report, CheckName::Beacon, "needs witnesses");
}

#[test]
fn lottery_numbers_without_an_issue_are_refused() {
    let built = build(&Plan {
        numbers: true,
        ..Plan::default()
    });
    let mut bundle = built.bundle.clone();
    relabel(&mut bundle, "manifest.note", |text| {
        text.replace("lotto649-113000075", "lotto649")
    });
    assert_failed(&check(&bundle), CheckName::NumbersOrigin, "issue number");
    let mut bundle = built.bundle;
    bundle.insert("numbers-2.txt", "9.8.10.12.31.45.\n");
    assert_failed(&check(&bundle), CheckName::Format, "numbers-2.txt");
}

/// A draw whose result note says something else, validly signed.
fn with_result(change: impl Fn(&mut ResultNote)) -> Report {
    let built = build(&Plan {
        settlements: 0,
        purge_phases: 0,
        ..Plan::default()
    });
    let mut result = built.result.clone();
    change(&mut result);
    let mut bundle = built.bundle;
    bundle.insert("result.note", built.site.sign(&result.to_text()));
    check(&bundle)
}

#[test]
fn a_result_that_the_seed_does_not_give_is_refused() {
    let seed = with_result(|result| result.seed = sha256(b"a better one"));
    assert_failed(&seed, CheckName::Seed, "expected");
    assert_failed(&seed, CheckName::Order, "ticket");
    let value = with_result(|result| result.values[0][0] ^= 1);
    assert_failed(&value, CheckName::Seed, "source 1");

    let swapped = with_result(|result| {
        let places = slots(result);
        let (one, two) = (places[0], places[1]);
        let second = result.lines[two].drawn().expect("a draw line").1;
        if let Line::Slot { index, .. } = &mut result.lines[one] {
            *index = second;
        }
    });
    assert_failed(&swapped, CheckName::Order, "position");
    assert_failed(&swapped, CheckName::Openings, "proofs.txt");
    let end = with_result(|result| result.end += 1);
    assert_failed(&end, CheckName::Order, "end");
    assert_failed(&end, CheckName::Result, "result.note line");

    let promoted = with_result(|result| {
        let first = slots(result)[0];
        if let Line::Slot { slot, .. } = &mut result.lines[first] {
            *slot = Slot::Reserve(2);
        }
    });
    assert_failed(&promoted, CheckName::Result, "grand/1");
}

#[test]
fn a_ticket_that_is_skipped_without_being_void_is_told() {
    let skipped = with_result(|result| {
        let first = slots(result)[0];
        let (j, index) = result.lines[first].drawn().expect("a draw line");
        result.lines[first] = Line::Void {
            j,
            index,
            code: VoidCode::I,
        };
    });
    assert_failed(
        &skipped,
        CheckName::Voids,
        "expected not void, found void I",
    );
}

#[test]
fn a_lost_or_invented_opening_is_told() {
    let lost = with_result(|result| {
        let first = slots(result)[0];
        if let Line::Slot { opening, .. } = &mut result.lines[first] {
            *opening = None;
        }
    });
    assert_failed(&lost, CheckName::Openings, "without its opening");
    let invented = with_result(|result| {
        let first = slots(result)[0];
        if let Line::Slot {
            opening: Some(opening),
            ..
        } = &mut result.lines[first]
        {
            opening.tag = sha256(b"a friend");
        }
    });
    assert_failed(&invented, CheckName::Openings, "leaf of ticket");
}

#[test]
fn more_tickets_than_a_person_may_have_are_told() {
    let plan = |tickets| Plan {
        tickets,
        people: 3,
        tickets_per_person: 2,
        wins_per_person: 9,
        void_every: 0,
        prizes: vec![("grand", 20)],
        ..Plan::default()
    };
    let honest = check(&build(&plan(Tickets::Honest)).bundle);
    assert_eq!(honest.exit_code(), 0, "{honest}");
    let too_many = check(&build(&plan(Tickets::OneTooMany)).bundle);
    assert_failed(
        &too_many,
        CheckName::Openings,
        "the manifest allows 2 from 0",
    );
    let twice = check(&build(&plan(Tickets::OneTwice)).bundle);
    assert_failed(&twice, CheckName::Openings, "the same ticket of one person");
    assert_eq!(twice.failed().count(), 1, "{twice}");
}

#[test]
fn proofs_for_other_tickets_than_the_drawn_ones_are_refused() {
    let built = build(&Plan::default());
    let lines = |skip: usize| -> Vec<ProofLine> {
        let all = sample::proof_lines(&built.tickets, &built.log, &built.result, &built.settles);
        all.into_iter().skip(skip).collect()
    };
    let mut bundle = built.bundle.clone();
    bundle.insert("proofs.txt", proofs_text(&lines(1)));
    assert_failed(
        &check(&bundle),
        CheckName::Openings,
        "expected a line, found none",
    );
    let mut forged = lines(0);
    forged[0].commitment = sha256(b"forged");
    bundle.insert("proofs.txt", proofs_text(&forged));
    assert_failed(&check(&bundle), CheckName::Openings, "expected root");
}

#[test]
fn a_settlement_that_promotes_somebody_else_is_refused() {
    let built = build(&Plan {
        purge_phases: 0,
        ..Plan::default()
    });
    let mut bundle = built.bundle.clone();
    let honest = text(&bundle, "settle-1.note");
    let fill = honest.lines().find(|line| line.starts_with("fill "));
    let fill = fill.expect("a reserve moves up").to_owned();
    let other = fill.replace("reserve/", "reserve/9");
    relabel(&mut bundle, "settle-1.note", |text| {
        text.replace(&fill, &other)
    });
    assert_failed(&check(&bundle), CheckName::Settle, "settle-1.note line");
    relabel(&mut bundle, "settle-1.note", |_| {
        honest
            .replace("vacate ", "vacate mug/1 0 F\nvacate ")
            .replace("vacates 2", "vacates 4")
    });
    assert!(check(&bundle).failed().next().is_some());
}

#[test]
fn a_list_of_other_entries_is_refused() {
    let built = build(&Plan::default());
    let mut bundle = built.bundle.clone();
    let mut entries = bundle.file("entries.bin").expect("entries").to_vec();
    entries.truncate(entries.len() - 1);
    bundle.insert("entries.bin", entries.clone());
    assert_failed(&check(&bundle), CheckName::Entries, "bytes");
    entries.push(0);
    bundle.insert("entries.bin", entries);
    assert_failed(&check(&bundle), CheckName::Entries, "root");
}

#[test]
fn a_purge_of_something_else_is_refused() {
    let built = build(&Plan::default());
    let mut bundle = built.bundle.clone();
    bundle.insert("certificate-1.json", "{}\n");
    assert_failed(&check(&bundle), CheckName::Purge, "certificate-1.json");
    let other = sha256(b"another bundle").to_string();
    let mut bundle = built.bundle.clone();
    relabel(&mut bundle, "purge-1.note", |text| {
        let hash = built.bundle.hash_without_purge().to_string();
        text.replace(&hash, &other)
    });
    assert_failed(&check(&bundle), CheckName::Purge, "purge-1.note's bundle");
    let mut bundle = built.bundle.clone();
    relabel(&mut bundle, "purge-1.note", |text| {
        text.replace("phase 1", "phase 2")
    });
    assert_failed(&check(&bundle), CheckName::Purge, "phase");
}

/// The bundle with its whole list and without its proofs.
fn without_proofs(built: &sample::Built) -> lucky_draw::bundle::Bundle {
    let mut bundle = built.bundle.clone();
    bundle.remove("proofs.txt").expect("proofs");
    assert!(bundle.file("entries.bin").is_some());
    bundle
}

#[test]
fn a_bundle_without_its_proofs_is_refused_unless_the_caller_takes_the_list_for_them() {
    let built = build(&Plan {
        purge_phases: 0,
        ..Plan::default()
    });
    let mut bundle = without_proofs(&built);
    assert_failed(&check(&bundle), CheckName::Format, "proofs.txt is missing");
    let options = Options {
        list_for_proofs: true,
        ..Options::default()
    };
    let report = verify(&bundle, &options);
    assert_eq!(report.exit_code(), 0, "{report}");
    assert_eq!(
        report.to_string(),
        check(&built.bundle).to_string().replace(
            &format!("all {} files", built.bundle.iter().count()),
            &format!("all {} files", bundle.iter().count()),
        )
    );
    let mut list = bundle.remove("entries.bin").expect("a list");
    let missing = verify(&bundle, &options);
    assert_failed(&missing, CheckName::Format, "proofs.txt is missing");
    list[3] ^= 1;
    bundle.insert("entries.bin", list);
    let report = verify(&bundle, &options);
    assert_failed(&report, CheckName::Entries, "root of entries.bin");
    assert_failed(&report, CheckName::Openings, "does not give the root");
    // A purge note names the hash of all other files, the proofs among them.
    let purged = build(&Plan {
        purge_phases: 1,
        ..Plan::default()
    });
    let report = verify(&without_proofs(&purged), &options);
    assert_failed(&report, CheckName::Purge, "bundle");
}
