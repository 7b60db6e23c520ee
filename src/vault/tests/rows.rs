//! The vault's rows.

use std::collections::BTreeSet;

use super::super::*;
use super::{keep, site};
use crate::platform::clock::Clock;
use crate::platform::db::{Db, Target};

struct Rows {
    db: Db,
    _folder: tempfile::TempDir,
}

impl Rows {
    fn new() -> Rows {
        let folder = tempfile::tempdir().expect("a folder");
        let db = Db::open(Target::Sqlite(folder.path().join("db")), Clock::system());
        Rows {
            db: db.expect("a database"),
            _folder: folder,
        }
    }

    fn write<T>(&self, mut work: impl FnMut(&mut Tx) -> Result<T, Error>) -> T {
        self.db.write_now("test", |tx| work(tx)).expect("written")
    }
}

#[test]
fn what_was_kept_is_found_until_it_is_discarded() {
    let rows = Rows::new();
    let keys = PublicKeys {
        notify: [1; 32],
        answers: [2; 32],
    };
    rows.write(|tx| {
        keep_keys(tx, "spring", &keys)?;
        assert_eq!(public_keys(tx, "spring")?, keys);
        assert!(matches!(
            public_keys(tx, "autumn"),
            Err(Error::NoPublicKeys)
        ));
        keep(tx, "spring", "a", ItemKind::Contact, b"box", Some(b"copy"))?;
        keep(tx, "spring", "b", ItemKind::Answers, b"answers", None)?;
        keep(tx, "autumn", "a", ItemKind::Contact, b"other", None)?;
        let found = sealed(tx, "spring", "a")?.expect("there");
        assert_eq!(found.sealed, b"box");
        assert_eq!(found.own_copy.as_deref(), Some(b"copy".as_slice()));
        let both = Count {
            contacts: 1,
            answers: 1,
        };
        assert_eq!(count(tx, "spring")?, both);
        assert!(discard(tx, "spring", "a")?);
        assert!(!discard(tx, "spring", "a")?);
        assert_eq!(sealed(tx, "spring", "a")?, None);
        assert_eq!(discard_all(tx, "spring")?, 1);
        assert_eq!(discard_all(tx, "spring")?, 0);
        assert!(public_keys(tx, "spring").is_err());
        assert!(sealed(tx, "autumn", "a")?.is_some());
        Ok(())
    });
}

#[test]
fn after_the_close_answers_of_nobody_share_no_bytes_with_a_copy_from_before() {
    let rows = Rows::new();
    let site = site();
    let public = site.vault.create_activity("spring").expect("made").public;
    let seal =
        |of, json: &str| seal_answers(&public, "spring", of, json.as_bytes()).expect("sealed");
    let linked = seal(AnswersOf::Item("linked"), "9999");
    // More than one batch, and one box that nobody can open.
    let before = rows.write(|tx| {
        for n in 0..600 {
            keep_unlinked(tx, "spring", &seal(AnswersOf::Nobody, &n.to_string()))?;
        }
        keep_unlinked(tx, "spring", b"not a box at all")?;
        keep(tx, "spring", "linked", ItemKind::Answers, &linked, None)?;
        assert!(waits_to_be_mixed(tx)? && !is_mixed(tx, "spring")?);
        sealed_answers(tx, "spring")
    });
    assert_eq!(
        mix_answers(&rows.db, &site.vault, "spring").expect("mixed"),
        601
    );
    let after = rows.write(|tx| {
        assert!(is_mixed(tx, "spring")? && !waits_to_be_mixed(tx)?);
        assert_eq!(count(tx, "spring")?.answers, 602);
        sealed_answers(tx, "spring")
    });
    // A second time does nothing.
    assert_eq!(
        mix_answers(&rows.db, &site.vault, "spring").expect("mixed"),
        0
    );
    assert_eq!(rows.write(|tx| sealed_answers(tx, "spring")), after);

    let ids = |rows: &[Sealed]| rows.iter().map(|row| row.item.clone()).collect();
    let (old, new): (BTreeSet<String>, BTreeSet<String>) = (ids(&before), ids(&after));
    let common: Vec<&String> = old.intersection(&new).collect();
    assert_eq!(common, ["linked"]);
    let pieces = |rows: &[Sealed]| -> BTreeSet<Vec<u8>> {
        let own = rows
            .iter()
            .filter(|row| row.sealed.len() > 100 && row.item != "linked");
        own.flat_map(|row| row.sealed[3..].windows(16))
            .map(<[u8]>::to_vec)
            .collect()
    };
    assert!(pieces(&before).is_disjoint(&pieces(&after)));

    let opened = site.vault.open_answers("spring", after).expect("answered");
    let order: Vec<u32> = opened
        .iter()
        .filter_map(|each| each.as_ref().ok())
        .map(|json| json.expose().parse().expect("a number"))
        .collect();
    let mut sorted = order.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (0..600).chain([9999]).collect::<Vec<_>>());
    assert_ne!(order, sorted, "the order of writing is gone");
    assert_eq!(rows.write(|tx| discard_all(tx, "spring")), 602);
}

#[test]
fn the_keeper_seals_nothing_anew_for_an_activity_without_its_key() {
    let rows = Rows::new();
    let site = site();
    let public = site.vault.create_activity("spring").expect("made").public;
    let sealed = seal_answers(&public, "spring", AnswersOf::Nobody, b"1").expect("sealed");
    rows.write(|tx| keep_unlinked(tx, "spring", &sealed));
    site.vault.erase("spring").expect("erased");
    let refused = mix_answers(&rows.db, &site.vault, "spring");
    assert!(matches!(refused, Err(Error::Refused(Refusal::NoKey))));
}
