//! Several instances, one vault that dies in the middle of destroying a key, and a purge that is
//! done once all the same.

use std::time::Duration;

use diesel::RunQueryDsl;
use diesel::sql_types::{BigInt, Text};
use fairdraw::platform::clock::Clock;
use fairdraw::platform::db::{self, Db};
use rocket::http::Status;

use crate::support::Engine;
use crate::support::killing::{ERASE, called_off};
use crate::support::sites::{VaultSide, until};
use crate::support::vault::{Program, lives, run};

const SOON: Duration = Duration::from_secs(120);

#[derive(diesel::QueryableByName)]
struct Purge {
    #[diesel(sql_type = Text)]
    certificate: String,
    #[diesel(sql_type = BigInt)]
    entries: i64,
}

fn purge(db: &Db) -> Option<Purge> {
    let read: Result<Vec<Purge>, db::Error> = db.read_now("purge", |tx| {
        let query = "SELECT certificate, (SELECT count(*) FROM entries) AS entries FROM purges";
        Ok(diesel::sql_query(query).load(tx.conn())?)
    });
    let mut purges = read.expect("readable");
    assert!(purges.len() <= 1, "one activity, one purge");
    purges.pop()
}

/// The vault dies whenever it comes to this point of destroying a key, until somebody mends it.
fn is_purged_once_though_the_vault_dies_at(point: &str) {
    let life = called_off(Engine::Postgresql, 3);
    let activity = life.activity.clone();
    let database = life.app.stopped().0;
    // The library was closed for two years, and somebody looked at the clock.
    let (code, printed) = run(|command| {
        command
            .args(["clock", "confirm"])
            .current_dir(database.data())
            .env("ROCKET_APP", "{site=\"lib.example.tw\"}")
            .env("FAIRDRAW_DATA", database.data())
            .env("FAIRDRAW_DATABASE_URL", database.url());
    });
    assert_eq!(code, Some(0), "{printed}");
    let folder = tempfile::tempdir().expect("a folder");
    let address = format!("unix:{}", folder.path().join("vault.sock").display());
    let start = |which: &str| {
        let data = folder.path().join(which);
        std::fs::create_dir_all(&data).expect("a folder");
        Program::launch(&database, |command| {
            command
                .current_dir(&data)
                .env("FAIRDRAW_DATA", &data)
                .env("FAIRDRAW_KEYS", data.join("no-keys-here"))
                .env("FAIRDRAW_VAULT", &address);
        })
    };

    let dying = VaultSide::start_with(&database.keys(), &address, "", |command| {
        command.env("FAIRDRAW_DIE_AT", point);
    });
    let first = dying.keeper();
    let mut instances = ["first", "second"].map(|which| (which, start(which)));
    until(SOON, "the vault has died in the middle", || {
        dying.keeper_now() != Some(first)
    });
    let db = database.open(&Clock::system());
    assert!(
        purge(&db).is_none_or(|purge| purge.certificate.is_empty()),
        "nothing is certified whose key may be there"
    );
    drop(dying);

    let vault = VaultSide::start(&database.keys(), &address, "");
    for (which, instance) in &mut instances {
        // One that needed the vault for its start has ended, and the systemd unit starts it again.
        until(SOON, "it serves or has ended", || {
            instance.is_listening() || !lives(instance.watching())
        });
        if !lives(instance.watching()) {
            *instance = start(which);
            instance.is_awaited();
        }
    }
    until(SOON, "the purge is certified", || {
        purge(&db).is_some_and(|purge| !purge.certificate.is_empty())
    });
    let purged = purge(&db).expect("there is one");
    assert_eq!(purged.entries, 0);
    let key = database.keys().join(format!("{activity}.key"));
    assert!(!key.exists(), "{key:?}");
    for (_, instance) in &instances {
        let page = instance.visitor().get("/a/summer-2024");
        assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    }
    for (_, instance) in instances {
        let (code, printed) = instance.stop();
        assert_eq!(code, Some(0), "{printed:?}");
    }
    drop(vault);
    let after = purge(&db).expect("there is one");
    assert_eq!(after.certificate, purged.certificate, "signed once");
}

#[test]
fn a_purge_of_several_instances_goes_on_when_the_vault_dies_while_it_destroys_the_key() {
    is_purged_once_though_the_vault_dies_at(ERASE[1]);
}

#[test]
fn a_purge_of_several_instances_goes_on_when_the_vault_dies_after_the_key_is_gone() {
    is_purged_once_though_the_vault_dies_at(ERASE[5]);
}
