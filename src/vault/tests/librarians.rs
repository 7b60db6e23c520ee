//! Two of three librarians open the winners, and one does not.

use zeroize::Zeroizing;

use super::super::*;
use super::draw::{ACTIVITY, Drawn, draw_at};
use super::{Site, site};
use crate::platform::clock::{MINUTE, Timestamp};

const NOW: Timestamp = Timestamp(1_800_000_000_000);

/// A draw whose contacts need two librarians, and what they have on paper.
fn drawn() -> (Drawn, Vec<Zeroizing<String>>) {
    let site = site();
    let shares = site.vault.create_shares(ACTIVITY).expect("made");
    let keys = site.vault.create_activity(ACTIVITY).expect("made");
    assert_eq!(
        keys.public, shares.public,
        "the activity seals to the shared key"
    );
    (draw_at(site, 12, 0, 2, 2), shares.texts)
}

fn opens(drawn: &Drawn) -> Result<(), Refusal> {
    let winner = drawn.ticket_of(&super::draw::book(1));
    drawn.ask(
        "winner-export",
        winner,
        Standing::Winner,
        drawn.sealed(winner),
    )
}

fn unlock(drawn: &Drawn, share: &str, by: &str, at: Timestamp) -> Result<Lock, Refusal> {
    match drawn.site.vault.unlock(ACTIVITY, share, by, at) {
        Ok(lock) => Ok(lock),
        Err(Error::Refused(why)) => Err(why),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn two_of_three_librarians_open_the_winners_and_one_does_not() {
    let pairs = [(0, 1), (1, 2), (2, 0)];
    for (first, second) in pairs {
        let (drawn, shares) = drawn();
        assert_eq!(opens(&drawn), Err(Refusal::Locked));
        assert_eq!(unlock(&drawn, &shares[first], "anna", NOW), Ok(Lock::Half));
        assert_eq!(opens(&drawn), Err(Refusal::Locked));
        // The same person twice, with the same share or with two, is one librarian.
        assert_eq!(unlock(&drawn, &shares[first], "bert", NOW), Ok(Lock::Half));
        assert_eq!(unlock(&drawn, &shares[second], "bert", NOW), Ok(Lock::Half));
        assert_eq!(opens(&drawn), Err(Refusal::Locked));
        assert_eq!(unlock(&drawn, &shares[first], "anna", NOW), Ok(Lock::Open));
        assert_eq!(opens(&drawn), Ok(()));
        let lock = drawn.site.vault.lock(ACTIVITY).expect("locked");
        assert_eq!(lock, Lock::Locked);
        assert_eq!(opens(&drawn), Err(Refusal::Locked));
    }
}

#[test]
fn a_share_waits_ten_minutes_for_the_second() {
    let (drawn, shares) = drawn();
    unlock(&drawn, &shares[0], "anna", NOW).expect("taken");
    let late = NOW.plus(10 * MINUTE);
    let lock = |at| drawn.site.vault.how_locked(ACTIVITY, at).expect("answered");
    assert_eq!(
        (lock(late.plus(-1)), lock(late)),
        (Lock::Half, Lock::Locked)
    );
    assert_eq!(unlock(&drawn, &shares[1], "bert", late), Ok(Lock::Half));
    assert_eq!(unlock(&drawn, &shares[0], "anna", late), Ok(Lock::Open));
}

#[test]
fn after_a_restart_the_librarians_come_again() {
    let (mut drawn, shares) = drawn();
    unlock(&drawn, &shares[0], "anna", NOW).expect("taken");
    unlock(&drawn, &shares[2], "bert", NOW).expect("opened");
    assert_eq!(opens(&drawn), Ok(()));
    let Site {
        vault: elsewhere, ..
    } = site();
    drop(std::mem::replace(&mut drawn.site.vault, elsewhere));
    let keys = drawn.site.folder.path().join("keys");
    drawn.site.vault = Vault::open(&keys, "library.example").expect("opens");
    assert_eq!(opens(&drawn), Err(Refusal::Locked));
    unlock(&drawn, &shares[1], "anna", NOW).expect("taken");
    unlock(&drawn, &shares[2], "carl", NOW).expect("opened");
    assert_eq!(opens(&drawn), Ok(()));
}

#[test]
fn other_paper_opens_nothing_and_neither_does_the_key_folder() {
    let (drawn, shares) = drawn();
    let (other, others) = self::drawn();
    assert_eq!(
        unlock(&drawn, &others[0], "anna", NOW),
        Err(Refusal::NotAShare)
    );
    assert_eq!(
        unlock(&drawn, "nonsense", "anna", NOW),
        Err(Refusal::NotAShare)
    );
    assert_eq!(opens(&other), Err(Refusal::Locked));
    // Shares that were made before are worth nothing once there are new ones.
    let anew = drawn.site.vault.create_shares(ACTIVITY).expect("made anew");
    assert_eq!(
        unlock(&drawn, &shares[0], "anna", NOW),
        Err(Refusal::NotAShare)
    );
    assert_eq!(unlock(&drawn, &anew.texts[0], "anna", NOW), Ok(Lock::Half));
    // Tags and answers are the server's own business.
    assert!(drawn.site.vault.tag(ACTIVITY, "twid:A123456789").is_ok());
}

#[test]
fn the_shares_die_with_the_key() {
    let (drawn, shares) = drawn();
    unlock(&drawn, &shares[0], "anna", NOW).expect("taken");
    unlock(&drawn, &shares[1], "bert", NOW).expect("opened");
    let page = drawn
        .site
        .folder
        .path()
        .join("keys")
        .join(format!("{ACTIVITY}.shares"));
    assert!(page.exists());
    drawn.site.vault.erase(ACTIVITY).expect("erased");
    assert!(!page.exists());
    assert!(!drawn.site.vault.holds_key(ACTIVITY).expect("looked"));
    assert_eq!(opens(&drawn), Err(Refusal::NoKey));
    let lock = drawn
        .site
        .vault
        .how_locked(ACTIVITY, NOW)
        .expect("answered");
    assert_eq!(lock, Lock::None);
}

#[test]
fn a_library_can_do_without_librarians_again_before_it_publishes() {
    let site = site();
    let shared = site.vault.create_shares(ACTIVITY).expect("made").public;
    let alone = site.vault.drop_shares(ACTIVITY).expect("dropped");
    assert_ne!(shared.notify, alone.notify);
    assert_eq!(shared.answers, alone.answers);
    let drawn = draw_at(site, 12, 0, 2, 2);
    assert_eq!(opens(&drawn), Ok(()));
}
