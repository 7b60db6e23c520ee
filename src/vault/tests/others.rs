//! Epochs, own copies of answers, scopes, shares, and what the operator's numbers allow.

use super::super::access::Purpose;
use super::super::sealer::Sealer;
use super::*;
use crate::audit::Actor;
use crate::platform::clock::{Clock, MINUTE};
use crate::platform::db::{Db, Target};

fn site_allowing(named: u64, held: u64) -> Site {
    let folder = tempfile::tempdir().expect("a folder");
    let policy = OpeningPolicy {
        named_openings_per_year: named,
        held_rows_per_year: held,
        breach_mail: false,
        incidents_per_year: 0,
    };
    let keys = folder.path().join("keys");
    let start = Start {
        policy,
        ..Start::plain(&keys, "library.example")
    };
    let vault = Vault::here(&start).expect("opens");
    Site { vault, folder }
}

fn written<T>(mut work: impl FnMut(&mut Tx) -> Result<T, Error>) -> T {
    let folder = tempfile::tempdir().expect("a folder");
    let db = Db::open(Target::Sqlite(folder.path().join("db")), Clock::system());
    let db = db.expect("a database");
    db.write_now("test", |tx| work(tx)).expect("written")
}

fn bound(sealed: Vec<u8>) -> BoundBox {
    BoundBox {
        item: "item1".to_owned(),
        tag: TAG,
        notice: NOTICE,
        sealed,
    }
}

/// The encapsulated key of a box.
fn encapsulated(sealed: &[u8]) -> &[u8] {
    &sealed[3..35]
}

#[test]
fn an_epoch_ends_after_a_minute_and_after_4096() {
    let site = site();
    let keys = site.vault.create_activity("spring").expect("made").public;
    let clock = Clock::standing_at(Timestamp::from_unix(1_800_000_000));
    let sealer = Sealer::new(clock.clone());
    let seal =
        || seal_contact(&sealer, &keys, &of("spring", &TAG, &NOTICE), &full()).expect("sealed");
    let first = seal();
    clock.advance(MINUTE - 1);
    let same = seal();
    assert_eq!(encapsulated(&first), encapsulated(&same));
    assert_ne!(first[35..51], same[35..51], "each box has a salt");
    clock.advance(1);
    let second = seal();
    assert_ne!(encapsulated(&first), encapsulated(&second));
    for _ in 1..4_096 {
        assert_eq!(encapsulated(&seal()), encapsulated(&second));
    }
    assert_ne!(encapsulated(&seal()), encapsulated(&second));
    // A clock that was set back ends an epoch too.
    let before = seal();
    clock.advance(-1);
    assert_ne!(encapsulated(&seal()), encapsulated(&before));
}

#[test]
fn no_two_boxes_of_unlinked_answers_and_no_two_places_share_an_encapsulation() {
    let site = site();
    let keys = site.vault.create_activity("spring").expect("made").public;
    let sealer = Sealer::default();
    let of = of("spring", &TAG, &NOTICE);
    let contact = seal_contact(&sealer, &keys, &of, &full()).expect("sealed");
    let share = seal_share(&sealer, &keys, "pool", &of, &full()).expect("sealed");
    let other = seal_share(&sealer, &keys, "museum", &of, &full()).expect("sealed");
    let answers = || seal_answers(&keys, "spring", AnswersOf::Nobody, b"{}").expect("sealed");
    let boxes = [contact, share, other, answers(), answers()];
    let keys: std::collections::BTreeSet<&[u8]> =
        boxes.iter().map(|sealed| encapsulated(sealed)).collect();
    assert_eq!(keys.len(), boxes.len());
}

#[test]
fn an_own_copy_of_answers_opens_as_answers_alone() {
    let site = site();
    let vault = &site.vault;
    vault.create_activity("spring").expect("made");
    let json = OwnCopyOf::Answers(b"{\"q1\":2}");
    let copy = vault.seal_own_copy("spring", "e", &secret(), json);
    let copy = copy.expect("sealed");
    let opened = vault.open_own_answers("spring", "e", &secret(), &copy);
    assert_eq!(opened.expect("opens").expose(), "{\"q1\":2}");
    assert!(
        vault
            .open_own_copy("spring", "e", &secret(), &copy)
            .is_err()
    );
    assert!(
        vault
            .open_own_answers("spring", "f", &secret(), &copy)
            .is_err()
    );
}

#[test]
fn a_provider_gets_its_own_boxes_and_no_contact() {
    let site = site();
    let vault = &site.vault;
    let keys = vault.create_activity("spring").expect("made").public;
    let of = of("spring", &TAG, &NOTICE);
    let contact = seal_contact(vault.sealer(), &keys, &of, &full()).expect("sealed");
    let share = seal_share(vault.sealer(), &keys, "pool", &of, &full()).expect("sealed");
    let other = seal_share(vault.sealer(), &keys, "museum", &of, &full()).expect("sealed");
    let boxes = vec![bound(share), bound(other), bound(contact)];
    let recorded = written(|tx| {
        record_shared(
            tx,
            &Actor::System,
            "export",
            "spring",
            "pool",
            boxes.clone(),
        )
    });
    let opened = vault.open_shared(recorded).expect("answered");
    let phone = opened[0].as_ref().expect("opens").read::<Phone>();
    assert_eq!(phone.expect("given").expose(), "0912345678");
    let lines = site.folder.path().join("keys/spring.openings");
    let lines = std::fs::read_to_string(lines).expect("written before anything opened");
    assert_eq!(lines, "share pool item1\n".repeat(3));
    for closed in &opened[1..] {
        assert_eq!(closed.as_ref().err(), Some(&Refusal::Broken));
    }
}

#[test]
fn a_scope_opens_for_its_own_purposes_until_it_is_destroyed() {
    let site = site();
    let vault = &site.vault;
    let keys = vault.create_scope("_tax-2026").expect("made");
    vault.create_scope("_requests-2026Q4").expect("made");
    let payee = Particulars::new()
        .with(&Name::new("王小明"))
        .with(&NationalId::new("A123456789"));
    let sealed = seal_to_scope(&keys, "_tax-2026", "row", &payee).expect("sealed");
    let row = |item: &str| ScopeBox {
        item: item.to_owned(),
        sealed: sealed.clone(),
    };
    let boxes = vec![row("row"), row("other")];
    let opened = written(|tx| {
        record_in_scope::<TaxFiling>(tx, &Actor::System, "filing", "_tax-2026", boxes.clone())
    });
    let opened = vault.open_scope(opened).expect("answered");
    let id = opened[0].as_ref().expect("opens").read::<NationalId>();
    assert_eq!(id.expect("written").expose(), "A123456789");
    assert!(opened[1].is_err());
    let as_reply = written(|tx| {
        record_in_scope::<RightsReply>(tx, &Actor::System, "", "_tax-2026", vec![row("row")])
    });
    let refused = vault.open_scope(as_reply);
    assert!(matches!(refused, Err(Error::Refused(Refusal::Purpose))));
    let elsewhere = seal_to_scope(&keys, "_requests-2026Q4", "row", &payee);
    assert!(matches!(elsewhere, Err(Error::Refused(Refusal::Purpose))));

    let tag = vault.tag_in_scope("_tax-2026", "twid:A123456789");
    assert!(vault.tag_in_scope("spring", "twid:A123456789").is_err());
    assert_ne!(
        tag.expect("tagged"),
        vault
            .tag("_requests-2026Q4", "twid:A123456789")
            .expect("tagged")
    );
    vault.erase("_tax-2026").expect("erased");
    let again = written(|tx| {
        record_in_scope::<TaxFiling>(tx, &Actor::System, "", "_tax-2026", vec![row("row")])
    });
    let gone = vault.open_scope(again);
    assert!(matches!(gone, Err(Error::Refused(Refusal::NoKey))));
}

#[test]
fn an_activity_has_no_name_of_a_scope_nor_a_scope_one_of_an_activity() {
    let site = site();
    for refused in [
        site.vault.create_activity("_tax-2026").map(|_| ()),
        site.vault.create_scope("spring").map(|_| ()),
        site.vault.create_scope("_a.b").map(|_| ()),
    ] {
        assert!(matches!(refused, Err(Error::Refused(Refusal::Name))));
    }
}

#[test]
fn scopes_are_known_to_the_database_until_they_end() {
    let site = site();
    let keys = site.vault.create_scope("_requests-2026Q4").expect("made");
    let scope = "_requests-2026Q4";
    written(|tx| {
        assert_eq!(scope_keys(tx, scope)?, None);
        keep_scope(tx, scope, &keys)?;
        keep_scope(tx, scope, &keys)?;
        let known = scope_keys(tx, scope)?.expect("kept");
        assert_eq!(known.notify, keys.notify);
        keep(tx, scope, "a", ItemKind::Request, b"box", None)?;
        assert!(replace(tx, scope, "a", b"other", Some(b"copy"))?);
        assert!(!replace(tx, scope, "b", b"other", None)?);
        assert_eq!(sealed(tx, scope, "a")?.expect("there").sealed, b"other");
        assert_eq!(scope_erased(tx, scope)?, 1);
        assert_eq!(scope_keys(tx, scope)?, None);
        let all = scopes(tx)?;
        assert_eq!((all.len(), all[0].erased_at), (1, Some(tx.now())));
        Ok(())
    });
}

#[test]
fn nobody_is_named_unless_the_operator_allows_it_and_then_so_many() {
    let named = |site: &Site, item: &str, ground: &str| {
        let keys = site.vault.create_activity("spring").expect("made").public;
        let of = ContactOf {
            item,
            ..of("spring", &TAG, &NOTICE)
        };
        let sealed = seal_contact(site.vault.sealer(), &keys, &of, &full()).expect("sealed");
        let one = BoundBox {
            item: item.to_owned(),
            ..bound(sealed)
        };
        let place = ("spring", "spring");
        let boxes = vec![one];
        let recorded =
            written(|tx| record_named(tx, &Actor::System, "", place, ground, boxes.clone()));
        site.vault.open_named(recorded)
    };
    let closed = named(&site(), "item1", "judicial");
    assert!(matches!(closed, Err(Error::Refused(Refusal::NotAllowed))));

    let site = site_allowing(2, 0);
    for item in ["item1", "item2", "item1"] {
        let opened = named(&site, item, "judicial").expect("allowed");
        let contact = opened[0].as_ref().expect("opens");
        assert!(contact.read::<Name>().is_some());
    }
    let third = named(&site, "item3", "judicial");
    assert!(matches!(third, Err(Error::Refused(Refusal::NotAllowed))));
    assert_eq!(Disclosure::FACTS.code, "disclosure");
}

#[test]
fn held_rows_live_on_under_the_key_of_the_hold() {
    let site = site_allowing(5, 1);
    let vault = &site.vault;
    let keys = vault.create_activity("spring").expect("made").public;
    vault.create_scope("_hold-h1").expect("made");
    let of = of("spring", &TAG, &NOTICE);
    let sealed = seal_contact(vault.sealer(), &keys, &of, &full()).expect("sealed");
    let held = vault.rehouse("spring", "_hold-h1", vec![bound(sealed.clone())]);
    let held = held.expect("answered").remove(0).expect("sealed anew");
    let second = BoundBox {
        item: "item2".to_owned(),
        ..bound(sealed.clone())
    };
    let more = vault.rehouse("spring", "_hold-h1", vec![second]);
    assert!(matches!(more, Err(Error::Refused(Refusal::NotAllowed))));
    for to in ["autumn", "_tax-2026"] {
        let astray = vault.rehouse("spring", to, vec![bound(sealed.clone())]);
        assert!(
            matches!(astray, Err(Error::Refused(Refusal::Purpose))),
            "{to}"
        );
    }
    vault.erase("spring").expect("erased");
    let open = |place: &str| {
        let recorded = written(|tx| {
            let boxes = vec![bound(held.clone())];
            record_named(tx, &Actor::System, "", ("spring", place), "judicial", boxes)
        });
        vault.open_named(recorded)
    };
    let opened = open("_hold-h1").expect("allowed").remove(0);
    let email = opened
        .expect("opens")
        .read::<Email>()
        .map(|it| it.expose().to_owned());
    assert_eq!(email.as_deref(), Some("canary@example.org"));
    assert!(matches!(
        open("_tax-2026"),
        Err(Error::Refused(Refusal::Purpose))
    ));
    vault.erase("_hold-h1").expect("erased");
    assert!(matches!(
        open("_hold-h1"),
        Err(Error::Refused(Refusal::NoKey))
    ));
}
