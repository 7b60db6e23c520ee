//! What the vault promises, tried through its public face.

mod chance;
mod channel;
mod draw;
mod letters;
mod librarians;
mod oracles;
mod others;
mod places;
mod promises;
mod rows;
mod swaps;
mod transcripts;
mod winners;

use std::sync::LazyLock;

use lucky_draw::ticket::Secret;
use proptest::prelude::*;

use super::field::tests::full;
use super::wire::{Brief, Private, Request};
use super::*;
use crate::platform::clock::Timestamp;

/// A vault on a folder of its own.
pub(super) struct Site {
    pub(super) vault: Vault,
    pub(super) folder: tempfile::TempDir,
}

pub(super) fn site() -> Site {
    let folder = tempfile::tempdir().expect("a folder");
    let vault = Vault::open(&folder.path().join("keys"), "library.example").expect("opens");
    Site { vault, folder }
}

/// A message as it arrives on the other side of a process boundary.
pub(super) fn crossed<T: serde::Serialize + serde::de::DeserializeOwned>(message: T) -> T {
    let text = serde_json::to_string(&message).expect("a message can be written");
    serde_json::from_str(&text).expect("a message can be read back")
}

fn secret() -> Secret {
    Secret::parse("7GQ4X2MN8R3TK9WPABCD").expect("a secret")
}

fn of<'a>(activity: &'a str, tag: &'a Hash, notice: &'a Hash) -> ContactOf<'a> {
    ContactOf {
        activity,
        item: "item1",
        tag,
        notice,
    }
}

const TAG: Hash = Hash([1; 32]);
const NOTICE: Hash = Hash([2; 32]);

#[test]
fn the_same_secret_gives_the_same_lookup_after_a_restart_and_another_gives_another() {
    let Site { vault, folder } = site();
    let before = vault.lookup(&secret()).expect("looked up");
    drop(vault);
    let vault = Vault::open(&folder.path().join("keys"), "library.example").expect("opens");
    assert_eq!(vault.lookup(&secret()).expect("looked up"), before);
    let other = Secret::from_entropy([9; 13]);
    assert_ne!(vault.lookup(&other).expect("looked up"), before);
    assert_ne!(site().vault.lookup(&secret()).expect("looked up"), before);
}

/// A note that a site signs about itself.
pub(super) fn site_note() -> String {
    let note = lucky_draw::record::SiteNote {
        of: "test".to_owned(),
        lines: vec![("name".to_owned(), "value".to_owned())],
    };
    note.to_text()
}

fn checkpoint(origin: &str) -> String {
    let checkpoint = lucky_draw::note::Checkpoint {
        origin: origin.to_owned(),
        size: 0,
        root: TAG,
    };
    checkpoint.to_text()
}

#[test]
fn the_site_signs_notes_that_its_vkey_checks() {
    let Site {
        vault,
        folder: _folder,
    } = site();
    let verifier = lucky_draw::note::Verifier::parse(&vault.vkey()).expect("a vkey");
    let text = site_note();
    let note = vault.sign_note(&text).expect("signed");
    assert_eq!(verifier.open(&note).expect("valid"), text);
    let journal = checkpoint("library.example/journal");
    let journal = vault.sign_checkpoint(CheckpointOf::Journal, &journal);
    let journal = journal.expect("signed");
    assert!(verifier.open(&journal).is_err());
    let verifier = verifier.with_name("library.example/journal");
    assert!(verifier.open(&journal).is_ok());
    for no_note in ["", "a", "a\n", "a\n\nb\n", "\na\n", "lucky-draw/v1 none\n"] {
        assert!(vault.sign_note(no_note).is_err(), "{no_note:?}");
    }
    let others = "library.example/spring";
    for (of, no_checkpoint) in [
        (CheckpointOf::Draw, text),
        (CheckpointOf::Journal, checkpoint(others)),
        (CheckpointOf::Draw, checkpoint("library.example/journal")),
    ] {
        let signed = vault.sign_checkpoint(of, &no_checkpoint);
        assert!(signed.is_err(), "{no_checkpoint:?}");
    }
    let draw = vault.sign_checkpoint(CheckpointOf::Draw, &checkpoint(others));
    assert!(draw.is_ok());
}

#[test]
fn a_person_is_known_by_their_tag_within_one_activity() {
    let Site {
        vault,
        folder: _folder,
    } = site();
    let spring = vault.create_activity("spring").expect("created");
    assert_eq!(vault.create_activity("spring").expect("again"), spring);
    vault.create_activity("autumn").expect("created");
    let tag = vault.tag("spring", "twid:A123456789").expect("tagged");
    assert!(
        vault
            .match_id("spring", "twid:A123456789", &tag)
            .expect("matched")
    );
    assert!(
        !vault
            .match_id("spring", "twid:A223456781", &tag)
            .expect("matched")
    );
    assert!(
        !vault
            .match_id("autumn", "twid:A123456789", &tag)
            .expect("matched")
    );
    let unknown = vault.tag("winter", "twid:A123456789");
    assert!(matches!(unknown, Err(Error::Refused(Refusal::NoKey))));
}

#[test]
fn names_that_could_leave_the_folder_are_refused() {
    let Site {
        vault,
        folder: _folder,
    } = site();
    for name in [
        "",
        "../x",
        "a/b",
        "site.signing",
        "kek.1",
        "a|b",
        "é",
        &"x".repeat(65),
    ] {
        let created = vault.create_activity(name);
        assert!(
            matches!(created, Err(Error::Refused(Refusal::Name))),
            "{name:?}"
        );
    }
}

#[test]
fn the_own_copy_opens_with_its_secret_and_place_alone() {
    let Site {
        vault,
        folder: _folder,
    } = site();
    vault.create_activity("spring").expect("created");
    vault.create_activity("autumn").expect("created");
    let sealed = vault
        .seal_own_copy("spring", "entry1", &secret(), OwnCopyOf::Contact(&full()))
        .expect("sealed");
    let opened = vault
        .open_own_copy("spring", "entry1", &secret(), &sealed)
        .expect("opened");
    let email = opened.read::<Email>().expect("given");
    assert_eq!(email.expose(), "canary@example.org");
    assert_eq!(opened.language(), crate::platform::text::Language::En);

    let other = Secret::from_entropy([9; 13]);
    assert!(
        vault
            .open_own_copy("spring", "entry1", &other, &sealed)
            .is_err()
    );
    assert!(
        vault
            .open_own_copy("spring", "entry2", &secret(), &sealed)
            .is_err()
    );
    assert!(
        vault
            .open_own_copy("autumn", "entry1", &secret(), &sealed)
            .is_err()
    );
    vault.erase("spring").expect("erased");
    assert!(
        vault
            .open_own_copy("spring", "entry1", &secret(), &sealed)
            .is_err()
    );
}

#[test]
fn a_token_opens_for_an_hour_and_only_unchanged() {
    let Site {
        vault,
        folder: _folder,
    } = site();
    let made = Timestamp::from_unix(1_800_000_000);
    let hour = crate::platform::clock::HOUR;
    let token = vault.seal_token(b"secret", made).expect("sealed");
    let open = |token: &str, later| vault.open_token(token, made.plus(later), hour);
    assert_eq!(open(&token, hour).expect("opens").as_slice(), b"secret");
    assert_eq!(open(&token, hour + 1), Err(TokenError::Expired));
    assert_eq!(open(&token, -hour - 1), Err(TokenError::Expired));
    let mut flipped = token.clone();
    flipped.replace_range(3..4, if &token[3..4] == "A" { "B" } else { "A" });
    assert_eq!(open(&flipped, 0), Err(TokenError::Broken));
    assert_eq!(open("", 0), Err(TokenError::Broken));
    let other = site();
    assert_eq!(
        other.vault.open_token(&token, made, hour),
        Err(TokenError::Broken)
    );
}

#[test]
fn sealed_boxes_hide_the_length_of_what_they_hold() {
    let Site {
        vault,
        folder: _folder,
    } = site();
    let keys = vault.create_activity("spring").expect("created");
    let short = Contact {
        email: Some(Email::new("a@b.tw")),
        ..Contact::default()
    };
    let binding = of("spring", &TAG, &NOTICE);
    let seal = |contact: &Contact| {
        seal_contact(vault.sealer(), &keys.public, &binding, contact).expect("sealed")
    };
    let (one, other) = (seal(&full()), seal(&short));
    #[cfg(not(feature = "leak-control"))]
    assert_eq!(one.len(), other.len());
    assert_ne!(one, seal(&full()), "two boxes of one text differ");
    assert_ne!(one, other);
}

#[test]
fn erasing_leaves_no_bytes_of_the_key_and_answers_no_more() {
    let Site { vault, folder } = site();
    vault.create_activity("spring").expect("created");
    vault.create_activity("autumn").expect("created");
    let file = folder.path().join("keys/spring.key");
    let wrapped = std::fs::read(&file).expect("read")[24..96].to_vec();
    let tag = vault.tag("spring", "twid:A123456789").expect("tagged");
    let left = || vault.scan_key_folder("spring", &[]);
    let holds_key = |found| matches!(found, Err(Error::Refused(Refusal::NotErased)));
    assert!(holds_key(left()), "nothing is said while the key is there");

    let shredded = vault.erase("spring").expect("erased");
    assert_eq!(
        (shredded.kek_epoch_before, shredded.kek_epoch_after),
        (1, 2)
    );
    assert_eq!(left().expect("searched"), 0);
    for name in disk::names(&folder.path().join("keys")).expect("listed") {
        let bytes = std::fs::read(folder.path().join("keys").join(name)).expect("read");
        assert!(bytes.windows(72).all(|window| window != wrapped));
    }
    std::fs::write(&file, b"left behind").expect("written");
    assert_eq!(left().expect("searched"), 1, "a file would be found");
    std::fs::remove_file(&file).expect("removed");
    assert!(!vault.holds_key("spring").expect("looked"));
    assert!(vault.holds_key("autumn").expect("looked"));
    assert!(matches!(
        vault.match_id("spring", "twid:A123456789", &tag),
        Err(Error::Refused(Refusal::NoKey))
    ));
    // The name is not given again: nothing that comes back from a backup finds a key.
    let refused = |outcome| matches!(outcome, Err(Error::Refused(Refusal::NoKey)));
    assert!(refused(vault.create_activity("spring").map(|_| ())));
    assert!(refused(vault.create_shares("spring").map(|_| ())));
    assert!(refused(vault.promise_secret("spring", "d").map(|_| ())));
    assert!(!vault.holds_key("spring").expect("looked"));
    vault.erase("spring").expect("erased again");
}

#[test]
fn answers_open_for_counting_and_contacts_do_not() {
    let Site {
        vault,
        folder: _folder,
    } = site();
    let keys = vault.create_activity("spring").expect("created").public;
    let seal = |of| seal_answers(&keys, "spring", of, b"{\"q1\":2}").expect("sealed");
    let row = |item: &str, sealed| Sealed {
        item: item.to_owned(),
        sealed,
        own_copy: None,
    };
    let contact =
        seal_contact(vault.sealer(), &keys, &of("spring", &TAG, &NOTICE), &full()).expect("sealed");
    let opened = vault
        .open_answers(
            "spring",
            vec![
                row("item1", seal(AnswersOf::Item("item1"))),
                row("item2", seal(AnswersOf::Item("item1"))),
                row("new-id", seal(AnswersOf::Nobody)),
                row("item1", contact),
            ],
        )
        .expect("answered");
    let opened: Vec<Result<&str, Refusal>> = opened
        .iter()
        .map(|each| each.as_ref().map(OpenedAnswers::expose).map_err(|e| *e))
        .collect();
    let text = Ok("{\"q1\":2}");
    let broken = Err(Refusal::Broken);
    assert_eq!(opened, [text, broken, text, broken]);
}

#[test]
fn printing_what_is_open_shows_no_value() {
    let Site {
        vault,
        folder: _folder,
    } = site();
    vault.create_activity("spring").expect("created");
    let sealed = vault
        .seal_own_copy("spring", "e", &secret(), OwnCopyOf::Contact(&full()))
        .expect("sealed");
    let opened = vault
        .open_own_copy("spring", "e", &secret(), &sealed)
        .expect("opened");
    let name = opened.read::<Name>().expect("given");
    let message = Brief::SealToken {
        plain: Private(name.expose().into()),
        now: 0,
    };
    let printed = format!("{opened:?} {name:?} {message:?}");
    assert!(!printed.contains("Canary"), "{printed}");
    assert!(!printed.contains("王"), "{printed}");
    let bytes = format!("{:?}", name.expose().as_bytes());
    assert!(!printed.contains(&bytes[1..20]), "{printed}");
}

static KEYS: LazyLock<(Site, PublicKeys, PublicKeys)> = LazyLock::new(|| {
    let site = site();
    let spring = site
        .vault
        .create_activity("spring")
        .expect("created")
        .public;
    let autumn = site
        .vault
        .create_activity("autumn")
        .expect("created")
        .public;
    (site, spring, autumn)
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_box_with_any_byte_changed_or_in_any_other_place_does_not_open(
        at in 0usize..560, bit in 0u8..8, item in "[a-z]{1,8}", json in "\\PC{0,200}"
    ) {
        let (site, spring, autumn) = &*KEYS;
        let seal = |public, activity, of| {
            seal_answers(public, activity, of, json.as_bytes()).expect("sealed")
        };
        let opens = |activity: &str, item: &str, sealed: &[u8]| {
            let row = Sealed { item: item.to_owned(), sealed: sealed.to_vec(), own_copy: None };
            let opened = site.vault.open_answers(activity, vec![row]).expect("answered");
            opened[0].is_ok()
        };
        let sealed = seal(spring, "spring", AnswersOf::Item(&item));
        prop_assert!(opens("spring", &item, &sealed));
        let mut changed = sealed.clone();
        let at = at % changed.len();
        changed[at] ^= 1 << bit;
        prop_assert!(!opens("spring", &item, &changed), "byte {at}");
        prop_assert!(!opens("spring", &format!("{item}x"), &sealed), "another item");
        prop_assert!(!opens("autumn", &item, &sealed), "another activity");
        let astray = seal(autumn, "spring", AnswersOf::Item(&item));
        prop_assert!(!opens("spring", &item, &astray), "another key");
        let unlinked = seal(spring, "spring", AnswersOf::Nobody);
        let mut relabelled = unlinked.clone();
        relabelled[1..3].copy_from_slice(&sealed[1..3]);
        prop_assert!(!opens("spring", &item, &relabelled), "another field set");
    }
}

#[test]
fn a_draws_own_secret_leaves_when_its_list_is_final_and_dies_with_the_activity() {
    use lucky_draw::record::{Freeze, Manifest, Prize, Source};
    use lucky_draw::seed::operator_commitment;

    let Site { vault, folder } = site();
    vault.create_activity("spring").expect("created");
    let promised = vault.promise_secret("spring", "one").expect("made");
    assert_eq!(
        vault.promise_secret("spring", "one").expect("again"),
        promised
    );
    let other = vault.promise_secret("spring", "two").expect("made");
    assert_ne!(other, promised);
    assert!(vault.promise_secret("spring.one", "x").is_err());

    let manifest = |promised: Hash| Manifest {
        origin: "library.example/spring".to_owned(),
        rules: TAG,
        opens: 1_000,
        closes: 2_000,
        freezes: 3_000,
        sources: vec![Source::Commit(promised)],
        prizes: vec![Prize {
            slug: "book".to_owned(),
            units: 1,
        }],
        reserves: 0,
        wins_per_person: 1,
        tickets_per_person: 1,
        excludes: Vec::new(),
        supersedes: None,
    };
    let sign = |text: &str| vault.sign_note(text).expect("signed");
    let freeze = |manifest: &Manifest| {
        let freeze = Freeze {
            manifest: manifest.hash(),
            close: TAG,
        };
        sign(&freeze.to_text())
    };
    let promise = |manifest: &Manifest| {
        let texts = vec![manifest.to_text()];
        vault
            .promise_draws("spring", texts)
            .expect("nobody entered");
        sign(&manifest.to_text())
    };
    let (own, others) = (manifest(promised), manifest(other));
    let (own_note, others_note) = (promise(&own), promise(&others));
    let ask = |manifest: &str, freeze: &str| vault.reveal_secret("spring", "one", manifest, freeze);
    let secret = ask(&own_note, &freeze(&own)).expect("revealed");
    assert_eq!(operator_commitment(&secret), promised);
    for (manifest, freeze) in [
        (own_note.clone(), freeze(&others)),
        (others_note, freeze(&others)),
        (own.to_text(), freeze(&own)),
    ] {
        let refused = ask(&manifest, &freeze);
        assert!(matches!(refused, Err(Error::Refused(Refusal::NotFrozen))));
    }

    vault.erase("spring").expect("erased");
    assert!(!vault.holds_key("spring").expect("looked"));
    let gone = ask(&own_note, &freeze(&own));
    assert!(matches!(gone, Err(Error::Refused(Refusal::NoKey))));
    drop(folder);
}

/// Keeps one box.
fn keep(
    tx: &mut Tx,
    activity: &str,
    item: &str,
    kind: ItemKind,
    sealed: &[u8],
    own_copy: Option<&[u8]>,
) -> Result<(), Error> {
    let new = NewBox {
        activity,
        item,
        kind,
        sealed,
        own_copy,
    };
    keep_all(tx, &[new])
}
