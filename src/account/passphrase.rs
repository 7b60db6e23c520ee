//! Passphrases: what may be one, and how it is kept.
//!
//! Length is the only rule (NIST SP 800-63B section 5.1.1.2): at least twelve characters, none of
//! the most common ones, not the person's own name. Kept as Argon2id with 19 MiB, two passes and
//! one lane (OWASP's smallest recommended setting).
//!
//! Invariant: at most two are computed at a time, or signing in could be used to exhaust memory.

use std::fmt;
use std::time::Duration;

use argon2::password_hash::phc;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use tokio::sync::{Semaphore, SemaphorePermit};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::Error;
use super::name::StaffName;
use crate::platform::ids;

/// Fewest characters.
pub const SHORTEST: usize = 12;
/// Most characters; a longer text only costs time.
pub const LONGEST: usize = 256;

/// The long ones among the most common passwords; shorter ones are refused by their length.
const COMMON: [&str; 24] = [
    "123456789012",
    "1234567890123",
    "12345678901234567890",
    "0123456789012",
    "123123123123",
    "121212121212",
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "abcdefghijkl",
    "abcdefghijklm",
    "administrator",
    "changemechangeme",
    "iloveyou1234",
    "letmeinletmein",
    "librarylibrary",
    "password1234",
    "password12345",
    "password123456",
    "passwordpassword",
    "qwerty123456",
    "qwertyuiop12",
    "qwertyuiop123",
    "qwertyuiopasdfghjkl",
    "welcomewelcome",
];

/// A passphrase fit to be set. Wiped when dropped, never printed.
pub struct Passphrase(Zeroizing<String>);

/// What is wrong with a passphrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassphraseMistake {
    /// Fewer than [`SHORTEST`] characters.
    TooShort,
    /// More than [`LONGEST`] characters.
    TooLong,
    /// One of the first that anybody would try.
    Common,
    /// The name of the account.
    Name,
}

impl Passphrase {
    /// Reads what was typed as the new passphrase of a member of staff.
    pub fn parse(typed: &str, name: &StaffName) -> Result<Passphrase, PassphraseMistake> {
        Passphrase::of(typed, name.as_str())
    }

    /// Reads what was typed as the new passphrase of whoever signs in as `name`; empty where the
    /// name is not known here.
    pub fn of(typed: &str, name: &str) -> Result<Passphrase, PassphraseMistake> {
        let text = normal(typed);
        let length = text.chars().count();
        if length < SHORTEST {
            return Err(PassphraseMistake::TooShort);
        }
        if length > LONGEST {
            return Err(PassphraseMistake::TooLong);
        }
        let lower = Zeroizing::new(text.to_lowercase());
        if lower.trim() == name.to_lowercase() {
            return Err(PassphraseMistake::Name);
        }
        let first = lower.chars().next();
        if COMMON.contains(&lower.as_str()) || lower.chars().all(|c| Some(c) == first) {
            return Err(PassphraseMistake::Common);
        }
        Ok(Passphrase(text))
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(redacted)")
    }
}

/// A passphrase as it is kept: a PHC string, or nothing before the owner has set one.
#[derive(Clone, PartialEq, Eq)]
pub struct PassphraseHash(pub(super) String);

impl PassphraseHash {
    /// The hash of an account whose owner has not set a passphrase; nothing matches it.
    pub fn none() -> PassphraseHash {
        PassphraseHash(String::new())
    }

    /// Whether there is no passphrase yet.
    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// As it stands in a row.
    pub fn kept(&self) -> &str {
        &self.0
    }

    /// Reads [`PassphraseHash::kept`].
    pub fn of_kept(text: String) -> PassphraseHash {
        PassphraseHash(text)
    }

    /// Tells whether another passphrase was set meanwhile; leads back to none.
    pub fn fingerprint(&self) -> String {
        let hash = Sha256::digest(self.0.as_bytes());
        HEXLOWER.encode(&hash[..16])
    }
}

impl fmt::Debug for PassphraseHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PassphraseHash(redacted)")
    }
}

/// Whether a typed passphrase is the one that was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// It is.
    Same,
    /// It is not, or there is none.
    Other,
}

/// Computes the hash on the calling thread: for the demo, the command line and tests.
pub fn hash(passphrase: &Passphrase) -> PassphraseHash {
    let salt: [u8; 16] = ids::random();
    let hash = argon2()
        .hash_password_with_salt(passphrase.0.as_bytes(), &salt)
        .expect("16 bytes are a salt, and the passphrase is shorter than 2^32");
    PassphraseHash(hash.to_string())
}

/// [`hash`] in its turn, without holding up other requests.
pub async fn hash_in_turn(passphrase: Passphrase) -> Result<PassphraseHash, Error> {
    in_turn(move || hash(&passphrase)).await
}

/// Compares what was typed with what is kept; takes as long where nothing is kept.
pub async fn check_in_turn(typed: &str, kept: Option<PassphraseHash>) -> Result<Match, Error> {
    let typed = Zeroizing::new(typed.chars().take(LONGEST + 1).collect::<String>());
    in_turn(move || check(&typed, kept.as_ref())).await
}

/// The hash of nothing anybody knows, with our parameters: work for names that do not exist.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA\
     $AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn check(typed: &str, kept: Option<&PassphraseHash>) -> Match {
    let kept = kept.filter(|kept| !kept.is_none());
    let text = kept.map_or(NOBODY, |kept| kept.0.as_str());
    let same = phc::PasswordHash::new(text).map(|hash| {
        argon2()
            .verify_password(normal(typed).as_bytes(), &hash)
            .is_ok()
    });
    match (kept, same) {
        (Some(_), Ok(true)) => Match::Same,
        _ => Match::Other,
    }
}

/// One text for all ways of typing the same characters.
fn normal(typed: &str) -> Zeroizing<String> {
    Zeroizing::new(typed.nfkc().collect())
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("these parameters are in range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

static TURNS: Semaphore = Semaphore::const_new(2);

/// Longer waits are answered with "later"; the queue would only grow.
const PATIENCE: Duration = Duration::from_secs(8);

async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let turn: SemaphorePermit<'static> = match tokio::time::timeout(PATIENCE, TURNS.acquire()).await
    {
        Ok(Ok(turn)) => turn,
        Ok(Err(_)) | Err(_) => return Err(Error::Busy),
    };
    tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work()
    })
    .await
    .map_err(|_| Error::Busy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(typed: &str) -> Result<Passphrase, PassphraseMistake> {
        let name = StaffName::parse("Chen Mei-Ling").expect("a name");
        Passphrase::parse(typed, &name)
    }

    #[test]
    fn length_is_the_rule_and_the_most_common_ones_are_refused() {
        let check = |typed: &str| parse(typed).map(|_| ());
        assert_eq!(check("四個字不夠"), Err(PassphraseMistake::TooShort));
        assert_eq!(check("elevenchars"), Err(PassphraseMistake::TooShort));
        assert_eq!(check(&"ab".repeat(129)), Err(PassphraseMistake::TooLong));
        assert_eq!(check("Password1234"), Err(PassphraseMistake::Common));
        assert_eq!(check("zzzzzzzzzzzzzz"), Err(PassphraseMistake::Common));
        assert_eq!(check("chen mei-ling"), Err(PassphraseMistake::Name));
        assert_eq!(check("借書證還在舊大衣的口袋裡"), Ok(()));
        assert_eq!(check("correct horse battery"), Ok(()));
    }

    #[test]
    fn a_passphrase_matches_its_own_hash_however_wide_it_is_typed() {
        let passphrase = parse("borrowed umbrella 42").expect("fit");
        let kept = hash(&passphrase);
        assert!(kept.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!(check("borrowed umbrella 42", Some(&kept)), Match::Same);
        assert_eq!(check("ｂorrowed umbrella ４２", Some(&kept)), Match::Same);
        assert_eq!(check("borrowed umbrella 43", Some(&kept)), Match::Other);
        assert_eq!(
            format!("{passphrase:?} {kept:?}"),
            "Passphrase(redacted) PassphraseHash(redacted)"
        );
    }

    #[test]
    fn nothing_matches_an_account_without_a_passphrase() {
        assert_eq!(check("", None), Match::Other);
        assert_eq!(check("", Some(&PassphraseHash::none())), Match::Other);
    }

    #[test]
    fn an_unknown_name_costs_as_much_as_a_known_one() {
        let dummy = phc::PasswordHash::new(NOBODY).expect("a PHC string");
        let ours = hash(&parse("borrowed umbrella 42").expect("fit"));
        let ours = phc::PasswordHash::new(&ours.0).expect("a PHC string");
        assert_eq!(dummy.params.to_string(), ours.params.to_string());
        assert_eq!(dummy.algorithm, ours.algorithm);
        assert_eq!(dummy.version, ours.version);
    }
}
