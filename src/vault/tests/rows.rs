//! The vault's rows.

use std::collections::BTreeSet;

use super::super::*;
use super::site;
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
fn the_close_gives_unlinked_answers_new_ids_and_leaves_linked_ones_alone() {
    let rows = Rows::new();
    let site = site();
    let public = site.vault.create_activity("spring").expect("made").public;
    let seal =
        |of, json: &str| seal_answers(&public, "spring", of, json.as_bytes()).expect("sealed");
    let first: Vec<(String, Vec<u8>)> = (0..40)
        .map(|n| {
            (
                format!("row{n:02}"),
                seal(AnswersOf::Nobody, &n.to_string()),
            )
        })
        .collect();
    let linked = seal(AnswersOf::Item("linked"), "99");
    let (before, after) = rows.write(|tx| {
        for (item, sealed) in &first {
            keep(tx, "spring", item, ItemKind::Answers, sealed, None)?;
        }
        keep(tx, "spring", "linked", ItemKind::Answers, &linked, None)?;
        let before = sealed_answers(tx, "spring")?;
        assert_eq!(shuffle_answers(tx, "spring")?, 40);
        Ok((before, sealed_answers(tx, "spring")?))
    });
    let ids =
        |rows: &[Sealed]| -> BTreeSet<String> { rows.iter().map(|row| row.item.clone()).collect() };
    let (old, new) = (ids(&before), ids(&after));
    assert_eq!((old.len(), new.len()), (41, 41));
    let common: Vec<&String> = old.intersection(&new).collect();
    assert_eq!(common, ["linked"]);

    let opened = site.vault.open_answers("spring", after).expect("answered");
    let order: Vec<u32> = opened
        .iter()
        .map(|each| each.as_ref().expect("opens").expose())
        .map(|json| json.parse().expect("a number"))
        .collect();
    let mut sorted = order.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (0..40).chain([99]).collect::<Vec<_>>());
    assert_ne!(order, sorted, "the order of writing is gone");
}
