//! Acceptance 3: what is in the memory of the web process after many people have entered, looked,
//! corrected, withdrawn and asked.

use std::fs;
use std::path::PathBuf;

use crate::outside::{Ground, Outside};
use crate::support::Engine;
use crate::support::app::Person;
use crate::support::flock::{CONTROL, Flock};
use crate::support::mail_sink::MailSink;
use crate::support::postgres::Cluster;
use crate::support::vault::{keys_in_memory, keys_of, values_in_memory};

const PEOPLE: u64 = 900;
const LATER: usize = 300;

on_both! { a_core_of_the_web_process_holds_no_key_and_no_person }

fn a_core_of_the_web_process_holds_no_key_and_no_person(engine: Engine) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let temporary = folder.path().join("temporary");
    fs::create_dir(&temporary).expect("a folder");
    let server =
        (engine == Engine::Postgresql).then(|| Cluster::within(&std::env::temp_dir(), &[]));
    let url = server.as_ref().map(|server| server.url(&server.create()));
    let mail = MailSink::start();
    let site = Outside::start(Ground {
        data: folder.path().join("data"),
        keys: folder.path().join("keys"),
        temporary,
        log: folder.path().join("program.log"),
        database_url: url.unwrap_or_default(),
        smtp_url: mail.url(),
        preload: PathBuf::new(),
    });
    let flock = Flock::settle(&site, PEOPLE);
    flock.enters();
    let (web, vault) = (site.process("__web"), site.process("__vault"));
    let values = flock.strings();
    let at_once = values_in_memory(web, &values).len();
    for _ in 0..LATER {
        Person::at(&site).get("/draws");
    }
    let later = values_in_memory(web, &values);
    let keys = keys_of(&site.ground.keys);
    let (in_web, in_vault) = (keys_in_memory(web, &keys), keys_in_memory(vault, &keys));
    println!(
        "{engine:?}: {PEOPLE} people, {} values; in the web process {at_once} at once and {} after {LATER} more \
         requests; of {} keys {} in the web process, {} in the vault",
        values.len(),
        later.len(),
        keys.len(),
        in_web.len(),
        in_vault.len(),
    );
    // The library's own name is the control; it lies there as long as the process lives.
    let control = values_in_memory(web, &[CONTROL.to_owned()]);
    assert!(!control.is_empty(), "nobody has searched there");
    assert!(
        !in_vault.is_empty(),
        "the positive control: the vault holds its KEK"
    );
    assert_eq!(in_web, []);
    assert_eq!(later, Vec::<String>::new());
}
