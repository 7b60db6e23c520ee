//! What a web side that was taken over tries with honest messages alone: keys out of a search,
//! numbers out of tags.

use super::super::disk;
use super::*;

/// What every key-encryption key's page begins with: known bytes before the unknown ones.
const KNOWN: &[u8] = b"fairdraw-kek/1\0\0\0\0\0\0\0\0\0\x02";

fn found(vault: &Vault, needle: Vec<u8>) -> Result<u64, Refusal> {
    let request = Request::Traces {
        activity: "autumn".to_owned(),
        needles: vec![Private(needle)],
    };
    match vault.ask(request)? {
        super::super::wire::Reply::Count(found) => Ok(found),
        _ => panic!("an answer of another kind"),
    }
}

#[test]
fn a_search_tells_no_byte_of_any_key() {
    let Site { vault, folder } = site();
    vault.create_activity("spring").expect("created");
    vault.create_activity("autumn").expect("created");
    vault.create_shares("spring").expect("made");
    vault.promise_secret("spring", "d1").expect("made");
    vault.erase("autumn").expect("erased");
    let keys = folder.path().join("keys");
    let kek = std::fs::read(keys.join("kek.2.key")).expect("the key-encryption key");
    assert!(kek.starts_with(KNOWN), "the attack knows how a page begins");
    for next in 0..=255 {
        let needle = [KNOWN, &[next]].concat();
        assert_eq!(found(&vault, needle), Ok(0), "{next} would be told");
    }
    // Not even whoever knows all of a page learns that it is there.
    for name in disk::names(&keys).expect("listed") {
        let page = std::fs::read(keys.join(&name)).expect("read");
        let is_list = name.ends_with(".gone");
        for piece in page.chunks_exact(16).filter(|_| !is_list) {
            assert_eq!(found(&vault, piece.to_vec()), Ok(0), "{name}");
        }
    }
}

#[test]
fn a_search_takes_no_short_needle_and_no_living_activity() {
    let Site {
        vault,
        folder: _folder,
    } = site();
    vault.create_activity("autumn").expect("created");
    assert_eq!(found(&vault, vec![7; 16]), Err(Refusal::NotErased));
    vault.erase("autumn").expect("erased");
    assert_eq!(found(&vault, vec![7; 15]), Err(Refusal::Broken));
    assert_eq!(found(&vault, Vec::new()), Err(Refusal::Broken));
    // What the lists hold is found, as one yes.
    assert_eq!(found(&vault, vec![b' '; 16]), Ok(1));
}

#[test]
fn a_thief_of_the_web_side_cannot_try_every_id_number() {
    let Site { vault, folder } = site();
    vault.create_activity("spring").expect("created");
    let number = |n: u32| format!("twid:A{n:09}");
    let tag = vault.tag("spring", &number(1)).expect("tagged");
    // The desk compares one number with one tag; so does whoever looks for the number of a tag.
    let compared = (0..5_000).take_while(|n| vault.match_id("spring", &number(*n), &tag).is_ok());
    assert_eq!(compared.count(), 2_000);
    let refused = vault.match_id("spring", &number(1), &tag);
    assert!(matches!(refused, Err(Error::Refused(Refusal::Busy))));
    vault.tag("spring", &number(2)).expect("people still enter");
    // The rush is over, and the next one begins a new process to fill the store.
    let file = folder.path().join("keys/spring.tags");
    let lines = std::fs::read_to_string(&file).expect("lines");
    let (first, _) = lines.split_once('\n').expect("a line");
    let now = crate::platform::clock::Clock::system().now().0;
    let empty = lines.replace(first, &format!("tags 3 {now}"));
    drop(vault);
    std::fs::write(&file, empty).expect("written");
    let vault = Vault::open(&folder.path().join("keys"), "library.example").expect("opens");
    let tagged = (0..1_000).take_while(|n| vault.tag("spring", &number(*n)).is_ok());
    let tagged = tagged.count();
    assert!(
        (3..500).contains(&tagged),
        "{tagged}: a few come by the second"
    );
    drop(vault);
    let vault = Vault::open(&folder.path().join("keys"), "library.example").expect("opens");
    let tagged = (0..1_000).take_while(|n| vault.tag("spring", &number(*n)).is_ok());
    assert!(tagged.count() < 500, "a new process has no more");
}

#[test]
fn no_name_of_a_row_writes_a_line_of_the_ledger() {
    let drawn = super::draw::draw(10, 0, 1, 0);
    let winner = drawn.ticket_of(&super::draw::book(1));
    let mut sealed = drawn.sealed(winner);
    sealed.item += "\ndraw library.example/autumn x y";
    let asked = drawn.ask("winner-notice", winner, Standing::Winner, sealed);
    assert_eq!(asked, Err(Refusal::Name));
    assert!(
        !drawn
            .site
            .folder
            .path()
            .join("keys/spring.openings")
            .exists()
    );
}
