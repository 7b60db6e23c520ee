//! The librarians' shares as they stand on paper, and the messages that lock and unlock.
//!
//! Invariant: a share is 56 characters of Crockford's base 32 in eight groups; two of the 35 bytes
//! check the others, so that a slip of the pen is found before the keeper is asked. Texts are wiped
//! when dropped and shown once.
//!
//! Not here: how shares open (`keeper`).

use lucky_draw::encode::sha256;
use zeroize::Zeroizing;

use super::wire::{Lock, Private, Refusal, Reply, Request};
use super::{Error, PublicKeys, Vault};
use crate::platform::clock::{MINUTE, Timestamp};

/// How long the first share waits for the second, in milliseconds.
pub const SHARES_TOGETHER: i64 = 10 * MINUTE;
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Number of the share and 32 bytes of it.
const BYTES: usize = 33;
const CHECK: usize = 2;
const GROUP: usize = 7;

/// What three librarians get, once.
pub struct NewShares {
    /// A text for each librarian.
    pub texts: Vec<Zeroizing<String>>,
    /// The keys to seal to from now on.
    pub public: PublicKeys,
}

impl std::fmt::Debug for NewShares {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewShares(…)")
    }
}

impl Vault {
    /// Makes shares for three librarians, two of whom open the activity's contacts from then on.
    /// Only before the first contact is sealed: older shares and keys open nothing afterwards.
    pub fn create_shares(&self, activity: &str) -> Result<NewShares, Error> {
        let activity = activity.to_owned();
        match self.ask(Request::CreateShares { activity })? {
            Reply::Shares {
                shares,
                notify,
                answers,
            } => Ok(NewShares {
                texts: shares.iter().map(|share| written(&share.0)).collect(),
                public: PublicKeys { notify, answers },
            }),
            _ => Err(Error::Answer),
        }
    }

    /// Goes back to one operator; only before the first contact is sealed.
    pub fn drop_shares(&self, activity: &str) -> Result<PublicKeys, Error> {
        let activity = activity.to_owned();
        match self.ask(Request::DropShares { activity })? {
            Reply::Keys {
                notify, answers, ..
            } => Ok(PublicKeys { notify, answers }),
            _ => Err(Error::Answer),
        }
    }

    /// Gives one librarian's share, as it stands on paper. The second one, of another librarian,
    /// has to come within ten minutes.
    pub fn unlock(
        &self,
        activity: &str,
        share: &str,
        by: &str,
        now: Timestamp,
    ) -> Result<Lock, Error> {
        let request = Request::Unlock {
            activity: activity.to_owned(),
            share: read(share).ok_or(Refusal::NotAShare)?,
            by: by.to_owned(),
            now: now.0,
        };
        self.lock_of(request)
    }

    /// Forgets what unlocks the activity's contacts.
    pub fn lock(&self, activity: &str) -> Result<Lock, Error> {
        let activity = activity.to_owned();
        self.lock_of(Request::Lock { activity })
    }

    /// Whether the activity's contacts can be opened now.
    pub fn how_locked(&self, activity: &str, now: Timestamp) -> Result<Lock, Error> {
        self.lock_of(Request::HowLocked {
            activity: activity.to_owned(),
            now: now.0,
        })
    }

    fn lock_of(&self, request: Request) -> Result<Lock, Error> {
        match self.ask(request)? {
            Reply::Lock(lock) => Ok(lock),
            _ => Err(Error::Answer),
        }
    }
}

/// A share on paper.
fn written(share: &[u8]) -> Zeroizing<String> {
    let check = sha256(share);
    let bytes = Zeroizing::new([share, &check.as_bytes()[..CHECK]].concat());
    let mut text = Zeroizing::new(String::with_capacity(2 * bytes.len()));
    let (mut held, mut bits, mut count) = (0u32, 0, 0);
    for byte in bytes.iter() {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            if count > 0 && count % GROUP == 0 {
                text.push(' ');
            }
            text.push(char::from(ALPHABET[(held >> bits & 31) as usize]));
            count += 1;
        }
    }
    text
}

/// Reads a share as somebody types it: in any case, with or without spaces, I and L for 1, O for 0.
fn read(text: &str) -> Option<Private> {
    let mut bytes = Private(Vec::with_capacity(BYTES + CHECK));
    let (mut held, mut bits) = (0u32, 0);
    for typed in text.chars().filter(|c| !c.is_whitespace() && *c != '-') {
        let meant = match typed.to_ascii_uppercase() {
            'I' | 'L' => '1',
            'O' => '0',
            other => other,
        };
        let value = ALPHABET
            .iter()
            .position(|known| char::from(*known) == meant)?;
        held = held << 5 | u32::try_from(value).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.0.push((held >> bits & 255) as u8);
        }
        if bytes.0.len() > BYTES + CHECK {
            return None;
        }
    }
    let (share, check) = bytes.0.split_at_checked(BYTES)?;
    if bits != 0 || sha256(share).as_bytes()[..CHECK] != *check {
        return None;
    }
    Some(Private(share.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_read_as_it_is_typed_and_a_slip_of_the_pen_is_found() {
        let share: Vec<u8> = (1..=33).map(|n| n * 7).collect();
        let text = written(&share);
        assert_eq!(text.len(), 63);
        let typed = [
            text.to_string(),
            text.to_lowercase(),
            text.replace(' ', "-"),
            text.replace('1', "l").replace('0', "o"),
        ];
        for typed in typed {
            assert_eq!(read(&typed).expect("reads").0, share, "{typed}");
        }
        for place in 0..text.len() {
            let mut slip = text.to_string();
            let other = if &slip[place..=place] == "7" {
                "8"
            } else {
                "7"
            };
            slip.replace_range(place..=place, other);
            assert!(read(&slip).is_none(), "{slip}");
        }
        for wrong in ["", "7", &text[..62], &format!("{}7", *text), "ü"] {
            assert!(read(wrong).is_none(), "{wrong}");
        }
    }
}
