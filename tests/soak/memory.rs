//! Acceptance 3: what is in the memory of the web process after many people have entered.

use rocket::http::Status;

use crate::support::Engine;
use crate::support::life::Patron;
use crate::support::vault::{self, Program, keys_in_memory, keys_of, values_in_memory};

const PEOPLE: u64 = 900;
const LATER: usize = 300;

fn values(people: u64) -> Vec<String> {
    let people = (0..people).map(Patron::number);
    people.flat_map(|patron| patron.canaries()).collect()
}

#[test]
fn a_core_of_the_web_process_holds_no_key_and_no_person() {
    let (database, question) = vault::open_now(Engine::Sqlite);
    let program = Program::start(&database);
    for n in 0..PEOPLE {
        program.enter(&Patron::number(n), &question);
    }
    let at_once = values_in_memory(program.web(), &values(PEOPLE)).len();
    for _ in 0..LATER {
        assert_eq!(program.visitor().get("/a/summer-2024").status, Status::Ok);
    }
    let later = values_in_memory(program.web(), &values(PEOPLE));
    let keys = keys_of(&database.keys());
    let (in_web, in_vault) = (
        keys_in_memory(program.web(), &keys),
        keys_in_memory(program.vault(), &keys),
    );
    println!(
        "{PEOPLE} people, {} values; in the web process {at_once} at once and {} after {LATER} more requests; \
         of {} keys {} in the web process, {} in the vault",
        values(PEOPLE).len(),
        later.len(),
        keys.len(),
        in_web.len(),
        in_vault.len(),
    );
    assert!(
        !in_vault.is_empty(),
        "the positive control: the vault holds its KEK"
    );
    assert_eq!(in_web, []);
    assert_eq!(later, Vec::<String>::new());
}
