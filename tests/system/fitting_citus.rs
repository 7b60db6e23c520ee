//! The tables as Citus would distribute them: by activity, or as a small table on every node.
//!
//! Invariant: whoever adds a table says here where it would live (`docs/scaling.md`).

use diesel::RunQueryDsl;
use fairdraw::platform::clock::Clock;
use fairdraw::platform::db;

use crate::support::{Engine, TestDatabase};

/// Tables that are the same on every node: small, seldom changed, joined from everywhere.
const REFERENCE: [(&str, &str); 9] = [
    (
        "activities",
        "a few thousand rows; every address is looked up in it by its slug",
    ),
    ("providers", "partners of the library"),
    ("processors", "whoever works on data for the library"),
    (
        "disclosures",
        "register of the site, with the activity in each row",
    ),
    ("incidents", "register of the site"),
    ("retention_settings", "settings of the site"),
    ("site_settings", "settings of the site"),
    ("tax_years", "one row a year"),
    ("__diesel_schema_migrations", "what was migrated"),
];

/// Tables of the whole site, which stay on one node: one order for all, or of nobody's activity.
const SITE: [(&str, &str); 54] = [
    ("agreements", "of the site, with others"),
    ("comparisons", "counts of the whole site"),
    ("branches", "names of the site"),
    ("audit_records", "one chain of hashes for the whole site"),
    ("journal_notes", "one journal for the whole site"),
    ("journal_witnesses", "of the journal"),
    ("journal_cosignatures", "of the journal"),
    ("staff", "people who work here"),
    ("grants", "their roles"),
    ("staff_sessions", "their sessions"),
    ("staff_factors", "their second steps"),
    ("staff_recovery", "their recovery codes"),
    ("staff_openid", "who they are at a provider"),
    ("staff_passkeys", "their passkeys"),
    ("setup_links", "their first links"),
    ("jobs", "claimed across activities, in the order of time"),
    ("instances", "who serves the site"),
    (
        "rights_requests",
        "a person writes to the library, not to an activity",
    ),
    (
        "feedback",
        "a person writes to the library, not to an activity",
    ),
    ("feedback_letters", "of feedback"),
    ("feedback_events", "of feedback"),
    ("external_activities", "no activity of the library"),
    ("external_leavings", "counts of a day"),
    ("tax_rows", "by year: the law sums over activities"),
    ("vault_scopes", "keys of no activity"),
    ("tidyings", "one row"),
    (
        "members",
        "a person has an account with the library, not with an activity",
    ),
    ("member_terms", "words of the site"),
    ("member_askings", "of a member to be"),
    ("member_sessions", "of a member"),
    ("member_factors", "of a member"),
    ("member_recovery", "of a member"),
    ("member_openid", "who a member is at a provider"),
    ("member_receipts", "of a member, sealed together"),
    ("member_letters", "of a member"),
    ("member_tellings", "counts of the whole site"),
    ("incident_steps", "of an incident"),
    ("attack_signs", "counts of the whole site"),
    ("attack_answers", "of the whole site"),
    ("looked_through", "one row"),
    ("vault_freezes", "of the whole site"),
    ("page_views", "counts of the whole site"),
    ("policy_versions", "the library's own words"),
    ("policy_drafts", "the library's own words"),
    ("newsletter_topics", "the library's newsletter"),
    ("newsletter_consents", "words of the site"),
    ("newsletter_issues", "the library's newsletter"),
    ("newsletter_issue_topics", "of an issue"),
    ("newsletter_letters", "of an issue"),
    (
        "subscribers",
        "a person subscribes to the library, not to an activity",
    ),
    ("subscriber_topics", "of a subscriber"),
    ("subscriber_moves", "of a subscriber"),
    ("suppressed_addresses", "of the whole site"),
    ("subscription_letters", "of a subscriber"),
];

/// Unique without the activity: each value is random or a keyed hash of something random, so one
/// with the activity in front holds as well; that is what a distributed table would get.
const RANDOM: [(&str, &str); 4] = [
    ("draws", "id"),
    ("entries", "lookup"),
    ("logs", "origin"),
    ("notices", "message_id"),
];

#[derive(Debug, diesel::QueryableByName)]
struct Key {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    columns: String,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    is_primary: bool,
}

#[derive(Debug, diesel::QueryableByName)]
struct Link {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    columns: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    target: String,
}

const KEYS: &str = "SELECT c.relname::text AS name, i.indisprimary AS is_primary, \
     (SELECT string_agg(a.attname, ',' ORDER BY k.place) \
      FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place) \
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number) AS columns \
     FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid \
     WHERE i.indisunique AND c.relnamespace = 'public'::regnamespace";
const LINKS: &str = "SELECT c.conrelid::regclass::text AS name, \
     c.confrelid::regclass::text AS target, \
     (SELECT string_agg(a.attname, ',') FROM unnest(c.conkey) AS k(number) \
      JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number) AS columns \
     FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace";

fn is_named(list: &[(&str, &str)], table: &str) -> bool {
    list.iter().any(|(name, _)| *name == table)
}

#[test]
fn every_table_would_be_distributed_by_activity_or_says_why_not() {
    let database = TestDatabase::fresh(Engine::Postgresql);
    let db = database.open(&Clock::system());
    let read = db.read_now("read keys", |tx| {
        let keys: Vec<Key> = diesel::sql_query(KEYS).load(tx.conn())?;
        let links: Vec<Link> = diesel::sql_query(LINKS).load(tx.conn())?;
        Ok::<_, db::Error>((keys, links))
    });
    let (keys, links) = read.expect("the catalogue is readable");
    let distributed = |table: &str| !is_named(&REFERENCE, table) && !is_named(&SITE, table);
    let mut wrong = Vec::new();
    for key in keys.iter().filter(|key| distributed(&key.name)) {
        let leads = key.columns.split(',').next() == Some("activity_id");
        let holds = key.columns.split(',').any(|column| column == "activity_id");
        let is_random = RANDOM.contains(&(key.name.as_str(), key.columns.as_str()));
        if key.is_primary && !leads || !holds && !is_random {
            wrong.push(format!("{key:?}"));
        }
    }
    for link in links.iter().filter(|link| distributed(&link.name)) {
        let holds = link
            .columns
            .split(',')
            .any(|column| column == "activity_id");
        if !holds && !is_named(&REFERENCE, &link.target) {
            wrong.push(format!("{link:?}"));
        }
    }
    // A table of one node cannot be joined by a key with one that is spread over many.
    for link in links.iter().filter(|link| is_named(&SITE, &link.name)) {
        if distributed(&link.target) {
            wrong.push(format!("{link:?}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "say in {} where these live:\n{}",
        file!(),
        wrong.join("\n")
    );
    for (table, _) in REFERENCE.iter().chain(&SITE) {
        assert!(keys.iter().any(|key| key.name == *table), "{table} is gone");
    }
}
