//! What a list of a million asks of the database, on a short one: the quick way says the same as the
//! long one, and reads no more than it has to.

use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl};
use lucky_draw::ticket::Secret;

use super::town::{DRAW, Town};
use crate::activity;
use crate::audit::{self, Act, Actor};
use crate::entry::submit::{self, Filled, NewEntry, Taking};
use crate::entry::{self, PAGE_LINES, own, store, token, voids};
use crate::identity::national_id;
use crate::platform::db;
use crate::platform::text::Language;
use crate::vault::{self, Contact, Name};
use crate::{log, policy, stats};

impl Town {
    /// These people enter in this order, some of them again and again; by what each finds the entry.
    fn enter_all(&self, people: &[u64]) -> Vec<Secret> {
        let terms = self.read(|tx| {
            let facts = activity::find(tx, super::town::SLUG)?;
            submit::terms(tx, facts)
        });
        let notice = policy::notice_hash(&terms.facts.notice);
        let mut secrets = Vec::new();
        let new: Vec<NewEntry> = people
            .iter()
            .map(|person| {
                let filled = filled(*person);
                let tag = submit::tag(&self.vault, &terms, &filled).expect("a tag");
                let secret = token::fresh_secret();
                let new = submit::prepare(&self.vault, &terms, &secret, notice, tag, filled);
                secrets.push(secret);
                new.expect("it is sealed")
            })
            .collect();
        let taking = Taking::new(self.vault.clone());
        self.db
            .write_now("enter", |tx| {
                taking.take_every(tx, &new.iter().collect::<Vec<_>>())
            })
            .expect("they are taken");
        secrets
    }

    fn withdraw(&self, secret: &Secret) {
        let lookup = self.vault.lookup(secret).expect("a lookup");
        self.db
            .write_now("withdraw", |tx| own::withdraw(tx, &lookup))
            .expect("withdrawn");
    }
}

fn filled(person: u64) -> Filled {
    Filled {
        contact: Some(Contact {
            name: Some(Name::new("王小明")),
            ..Contact::default()
        }),
        subject: Some(national_id::synthetic_citizen(person).subject()),
        pool: None,
        session: None,
        answers: None,
        about: stats::About::default(),
        shares: Vec::new(),
        language: Language::ZhTw,
    }
}

#[test]
fn the_leaves_that_matter_say_which_are_void() {
    let town = Town::with_draw();
    // Person 3 three times, person 5 twice, the others once.
    let secrets = town.enter_all(&[1, 3, 2, 3, 5, 4, 3, 5, 6]);
    let both = |town: &Town| {
        let id = town.activity();
        town.read(|tx| {
            let all = store::tickets::leaves(tx, &id, DRAW)?;
            let few = store::tickets::leaves_that_matter(tx, &id, DRAW)?;
            let many = store::tickets::leaves_of_many(tx, &id, DRAW, 1)?;
            assert_eq!(voids::over_cap(&many, 1), voids::over_cap(&all, 1));
            Ok((voids::of(&[], &all), voids::of(&[], &few), few.len()))
        })
    };
    let (long, quick, read) = both(&town);
    assert_eq!(quick, long);
    assert_eq!((quick.len(), read), (3, 5));
    // The first of person 3 goes, and the second one lives again.
    town.withdraw(&secrets[1]);
    town.withdraw(&secrets[8]);
    let (long, quick, _) = both(&town);
    assert_eq!(quick, long);
    let void: Vec<u64> = quick.iter().map(|(index, _)| *index).collect();
    assert_eq!(void, [1, 6, 7, 8]);
    town.db
        .write_now("mark", |tx| entry::mark_voids(tx, &town.activity(), DRAW))
        .expect("marked");
    let counts = town.read(|tx| entry::count(tx, &town.activity()));
    assert_eq!(
        (counts.taken, counts.withdrawn, counts.duplicates),
        (9, 2, 2)
    );
}

#[test]
fn the_pages_of_the_list_hold_every_ticket_once() {
    let town = Town::with_draw();
    let people: Vec<u64> = (1..=2 * PAGE_LINES + 7).collect();
    town.enter_all(&people);
    let id = town.activity();
    let mut numbers = Vec::new();
    for page in 1..=3 {
        let shown = town.read(|tx| entry::recent(tx, &id, page));
        assert_eq!((shown.page, shown.last), (page, 3));
        numbers.extend(shown.lines.iter().filter_map(|line| line.index));
    }
    let expected: Vec<u64> = (0..2 * PAGE_LINES + 7).rev().collect();
    assert_eq!(numbers, expected);
    assert_eq!(town.read(|tx| entry::recent(tx, &id, 99)).page, 3);
    assert_eq!(town.read(|tx| entry::by_number(tx, &id, 50)).len(), 1);
    assert!(town.read(|tx| entry::by_number(tx, &id, 500)).is_empty());
}

#[test]
fn many_proofs_are_those_that_each_ticket_has_alone() {
    let town = Town::with_draw();
    town.enter_all(&(1..=75).collect::<Vec<_>>());
    let id = town.activity();
    town.read(|tx| {
        let log = log::find(tx, id.as_str(), DRAW)?.expect("it is there");
        let one_by_one = |tx: &mut db::Tx, indices: &[u64]| {
            let each = indices.iter();
            each.map(|index| log::inclusion_proof(tx, &log, *index, log.size))
                .collect::<Result<Vec<_>, _>>()
        };
        for indices in [vec![3], vec![0, 17, 74], (0..75).collect()] {
            let together = log::inclusion_proofs(tx, &log, &indices, log.size)?;
            assert_eq!(together, one_by_one(tx, &indices)?);
        }
        let all = log::commitments(tx, &log)?;
        let file = log::commitments_file(tx, &log)?;
        assert_eq!(file.len(), 75 * 32);
        let each = file.chunks(32).zip(&all);
        assert!(each.into_iter().all(|(own, hash)| own == hash.as_bytes()));
        Ok(())
    });
}

#[test]
fn a_sample_of_what_could_be_found_is_taken_from_all_over() {
    let town = Town::with_draw();
    town.enter_all(&(1..=60).collect::<Vec<_>>());
    let id = town.activity();
    town.read(|tx| {
        let all = entry::fingerprints(tx, &id, 100)?;
        assert_eq!(all.len(), 120, "a lookup and a tag each");
        let some = entry::fingerprints(tx, &id, 10)?;
        assert!((10..=20).contains(&some.len()), "{}", some.len());
        assert!(some.iter().all(|mark| all.contains(mark)));
        let boxes = vault::fingerprints(tx, id.as_str(), 24, 100)?;
        assert_eq!(boxes.len(), 60);
        let some = vault::fingerprints(tx, id.as_str(), 24, 10)?;
        assert!((5..=10).contains(&some.len()), "{}", some.len());
        assert!(some.iter().all(|own| boxes.contains(own)));
        Ok(())
    });
}

#[test]
fn rows_go_some_at_a_time_until_none_is_left() {
    let town = Town::with_draw();
    town.enter_all(&(1..=25).collect::<Vec<_>>());
    let id = town.activity();
    let (mut gone, mut times) = (0, 0);
    loop {
        let some = town
            .db
            .write_now("forget some", |tx| entry::forget_some(tx, &id, 10))
            .expect("they go");
        if some == 0 {
            break;
        }
        assert!(some <= 10);
        (gone, times) = (gone + some, times + 1);
    }
    // A ticket and an entry each, in three steps each.
    assert_eq!((gone, times), (50, 6));
    assert_eq!(town.read(|tx| entry::left(tx, &id)), 0);
    let discard = |at_most| {
        let some = town.db.write_now("discard some", |tx| {
            vault::discard_some(tx, id.as_str(), at_most)
        });
        some.expect("they go")
    };
    assert_eq!([discard(20), discard(20), discard(20)], [20, 5, 0]);
}

#[test]
fn many_lines_of_the_record_are_one_chain() {
    let town = Town::with_draw();
    let objects: Vec<String> = (0..5).map(|n| format!("object {n}")).collect();
    let act = |object| Act {
        actor: &Actor::System,
        act: "entry.corrected",
        activity: "",
        object,
        purpose: "",
        reason: "",
    };
    let acts: Vec<Act> = objects.iter().map(|object| act(object)).collect();
    let report = town.db.write_now("record", |tx| {
        audit::record(tx, &act("before"))?;
        audit::record_all(tx, &acts)?;
        audit::record_all(tx, &[])?;
        audit::record(tx, &act("after"))?;
        assert_eq!(audit::count(tx, "", "entry.corrected")?, 7);
        audit::verify(tx, &[])
    });
    let report = report.expect("recorded");
    assert_eq!(report.outcome, audit::Outcome::Passed);
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// How SQLite would go about a query.
fn plan(town: &Town, query: &str) -> String {
    town.read(|tx| {
        let steps = diesel::sql_query(format!("EXPLAIN QUERY PLAN {query}"));
        let steps: Vec<Step> = steps.load(tx.conn()).map_err(db::Error::from)?;
        let steps: Vec<String> = steps.into_iter().map(|step| step.detail).collect();
        Ok(steps.join("; "))
    })
}

/// The statements of the store, as Diesel writes them but for their columns.
#[test]
fn the_few_among_a_million_are_found_by_their_index() {
    let town = Town::with_draw();
    let of = "WHERE activity_id = ?";
    for (query, index) in [
        (
            format!("SELECT count(*) FROM entries {of} AND withdrawn"),
            "entries_withdrawn",
        ),
        (
            format!("SELECT id, erased_at FROM entries {of} AND erased_at IS NOT NULL"),
            "entries_erased",
        ),
        (
            format!(
                "SELECT taken_hour, withdrawn FROM entries {of} AND contact_item IS NULL \
                 ORDER BY taken_hour DESC, id DESC LIMIT 40 OFFSET 80"
            ),
            "entries_of_nobody",
        ),
        (
            format!(
                "SELECT count(DISTINCT entry_id || ?) FROM tickets {of} AND draw_id IN (?) AND void = ?"
            ),
            "tickets_void",
        ),
        (
            format!("SELECT position FROM tickets {of} AND draw_id = ? AND void IS NOT NULL"),
            "tickets_void",
        ),
        (
            "SELECT DISTINCT entries.answers_item FROM tickets INNER JOIN entries \
             ON entries.activity_id = tickets.activity_id AND entries.id = tickets.entry_id \
             WHERE tickets.activity_id = ? AND tickets.void IS NOT NULL \
             AND entries.answers_item IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tickets AS others \
             WHERE others.activity_id = ? AND others.entry_id = entries.id AND others.void IS NULL)"
                .to_owned(),
            "tickets_void",
        ),
        (
            format!(
                "SELECT tag, ticket_no FROM tickets {of} AND draw_id = ? \
                 GROUP BY tag, ticket_no HAVING count(*) > 1"
            ),
            "tickets_by_tag",
        ),
    ] {
        let plan = plan(&town, &query);
        assert!(plan.contains(index), "{query}: {plan}");
        assert!(!plan.contains("SCAN"), "{query}: {plan}");
        assert!(!plan.contains("TEMP B-TREE FOR ORDER"), "{query}: {plan}");
        assert!(!plan.contains("TEMP B-TREE FOR GROUP"), "{query}: {plan}");
    }
    let page = plan(
        &town,
        "SELECT tickets.position, entries.taken_hour FROM tickets INNER JOIN entries \
         ON entries.activity_id = tickets.activity_id AND entries.id = tickets.entry_id \
         WHERE tickets.activity_id = ? AND tickets.draw_id IN (?) \
         AND tickets.position >= ? AND tickets.position < ? \
         ORDER BY tickets.position DESC, tickets.draw_id",
    );
    assert!(
        page.contains("position>?") && page.contains("position<?"),
        "{page}"
    );
}
