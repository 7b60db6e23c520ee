//! Made-up bytes on the stream between the processes: the vault answers or ends, shows nobody and
//! does not panic.
//!
//! The first frame is the one that a started vault is told, as `vault::process::launch` writes it;
//! a change there makes the control below fail.

use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fairdraw::vault::{Contact, ContactOf, Email, Name, Vault, seal_contact};
use lucky_draw::encode::{Hash, sha256};

const CONNECTIONS: u64 = 10_000;
const FRAMES: u64 = 20;
/// More than there are kinds of messages.
const KINDS: u64 = 64;
const CANARY: &str = "canary-of-the-channel";

/// Numbers that are the same in every run.
struct Chance(u64);

impl Chance {
    fn bytes(&mut self) -> [u8; 32] {
        self.0 += 1;
        sha256(&self.0.to_be_bytes()).0
    }

    fn below(&mut self, end: u64) -> u64 {
        u64::from_be_bytes(self.bytes()[..8].try_into().expect("8 bytes")) % end
    }
}

struct Conversation {
    child: Child,
    stream: UnixStream,
    number: u64,
}

impl Conversation {
    /// Starts the vault and tells it what it may do.
    fn begin(keys: &Path, named: u64) -> Conversation {
        let (stream, theirs) = UnixStream::pair().expect("a pair");
        let child = Command::new(env!("CARGO_BIN_EXE_fairdraw"))
            .arg("__vault")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let patience = Some(Duration::from_secs(20));
        stream.set_read_timeout(patience).expect("a timeout");
        let mut conversation = Conversation {
            child,
            stream,
            number: 0,
        };
        let keys = keys.to_str().expect("UTF-8");
        let policy = (named, 20_u64, false);
        let told = (1_u32, keys, "library.example", None::<()>, policy, "");
        let told = postcard::to_allocvec(&told).expect("written");
        conversation.send(&told);
        let answer = conversation.answer().expect("the vault starts");
        assert_eq!(answer.first(), Some(&0), "it is ready: {answer:?}");
        conversation
    }

    /// Sends a frame; `false` when nobody reads any more.
    fn send(&mut self, body: &[u8]) -> bool {
        let length = u32::try_from(body.len() + 8).expect("short");
        let mut frame = length.to_be_bytes().to_vec();
        frame.extend(self.number.to_be_bytes());
        frame.extend(body);
        self.number += 1;
        self.stream.write_all(&frame).is_ok()
    }

    /// The next answer; nothing when the vault has ended.
    fn answer(&mut self) -> Option<Vec<u8>> {
        let mut length = [0; 4];
        self.stream.read_exact(&mut length).ok()?;
        let length = usize::try_from(u32::from_be_bytes(length)).expect("fits");
        let mut frame = vec![0; length];
        self.stream.read_exact(&mut frame).ok()?;
        Some(frame.split_off(8))
    }

    /// Closes the stream; what the vault wrote to its log, and whether a signal ended it.
    fn end(self) -> (String, bool) {
        drop(self.stream);
        let output = self.child.wait_with_output().expect("it ends");
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        (log, output.status.code().is_none())
    }
}

/// Pieces that messages are made of.
struct Pieces {
    sealed: Vec<u8>,
}

impl Pieces {
    /// A message that opens a named contact, if `kind` is the number of that message.
    fn named(&self, kind: u64) -> Vec<u8> {
        let row = ("item", [1_u8; 32], [2_u8; 32], &self.sealed);
        let body = (kind, "spring", "judicial", vec![row]);
        postcard::to_allocvec(&body).expect("written")
    }

    /// Something like a message.
    fn any(&self, chance: &mut Chance) -> Vec<u8> {
        if chance.below(4) == 0 {
            return self.named(chance.below(KINDS));
        }
        let mut body = postcard::to_allocvec(&chance.below(KINDS)).expect("written");
        for _ in 0..chance.below(6) {
            let piece = match chance.below(7) {
                0 => postcard::to_allocvec("spring"),
                1 => postcard::to_allocvec("_tax-2026"),
                2 => postcard::to_allocvec("winner-export"),
                3 => postcard::to_allocvec(&self.sealed),
                4 => postcard::to_allocvec(&[1_u8; 32]),
                5 => postcard::to_allocvec(&chance.below(4)),
                _ => postcard::to_allocvec(&chance.below(u64::MAX)),
            };
            body.extend(piece.expect("written"));
        }
        if chance.below(3) == 0 {
            let place = usize::try_from(chance.below(body.len() as u64)).expect("fits");
            body[place] ^= 1 << chance.below(8);
        }
        body
    }
}

/// A key folder with one activity, and a contact that is sealed to it.
fn prepare(keys: &Path) -> Pieces {
    let vault = Vault::open(keys, "library.example").expect("opens");
    let public = vault.create_activity("spring").expect("made").public;
    let (tag, notice) = (Hash([1; 32]), Hash([2; 32]));
    let of = ContactOf {
        activity: "spring",
        item: "item",
        tag: &tag,
        notice: &notice,
    };
    let contact = Contact {
        name: Some(Name::new(CANARY)),
        email: Some(Email::new(CANARY)),
        ..Contact::default()
    };
    let sealed = seal_contact(vault.sealer(), &public, &of, &contact);
    Pieces {
        sealed: sealed.expect("sealed"),
    }
}

fn shows(answer: &[u8]) -> bool {
    let canary = CANARY.as_bytes();
    answer.windows(canary.len()).any(|window| window == canary)
}

#[test]
fn made_up_bytes_show_nobody_and_never_make_the_vault_panic() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = folder.path().join("keys");
    let mut pieces = prepare(&keys);

    // Control: where the operator allows it, one of these messages does open the contact.
    let control = (0..KINDS).any(|kind| {
        let mut vault = Conversation::begin(&keys, 1_000);
        vault.send(&pieces.named(kind));
        let shown = vault.answer().is_some_and(|answer| shows(&answer));
        vault.end();
        shown
    });
    assert!(control, "the messages are those of this program");

    let mut chance = Chance(7);
    let (mut sent, mut answered, mut shown) = (0_u64, 0_u64, 0_u64);
    for _ in 0..CONNECTIONS {
        let mut vault = Conversation::begin(&keys, 0);
        for _ in 0..FRAMES {
            sent += 1;
            if !vault.send(&pieces.any(&mut chance)) {
                break;
            }
            let Some(answer) = vault.answer() else { break };
            answered += 1;
            shown += u64::from(shows(&answer));
        }
        let (log, killed) = vault.end();
        assert!(!killed && !log.contains("panic"), "{log}");
        if !keys.join("spring.key").exists() {
            // One of the messages was to destroy the key.
            std::fs::remove_dir_all(&keys).expect("removed");
            pieces = prepare(&keys);
        }
    }
    println!("{sent} frames: {answered} answered, {shown} showed a contact, no panic");
    assert!(answered > 0);
    assert_eq!(shown, 0);
}
