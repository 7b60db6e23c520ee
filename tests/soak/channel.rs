//! Made-up bytes on the stream between the processes: the vault answers or ends, shows nobody and
//! does not panic.
//!
//! The first frame is the one that a started vault is told, as `vault::process::launch` writes it;
//! a change there makes the control below fail.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fairdraw::vault::{Contact, ContactOf, Email, Name, OpeningPolicy, Vault, seal_contact};
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

    fn of(&mut self, names: &[&'static str]) -> &'static str {
        let place = self.below(names.len() as u64);
        names[usize::try_from(place).expect("few")]
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
        let policy = OpeningPolicy {
            named_openings_per_year: named,
            ..OpeningPolicy::default()
        };
        let told = (1_u32, keys, "library.example", None::<()>, policy);
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

/// The number of a message, and what it is made of: kinds of pieces, each below [`PIECES`].
type Shape = (u64, Vec<u64>);

const PIECES: u64 = 10;

/// What messages of this program are made of; which is whose is found out by asking.
const SHAPES: [&[u64]; 20] = [
    &[],
    &[0],
    &[0, 1],
    &[4, 0],
    &[0, 1, 1, 1],
    &[0, 2],
    &[0, 2, 3],
    &[3],
    &[4, 0, 1, 2, 2],
    &[2, 5],
    &[0, 5, 5],
    &[0, 5],
    &[0, 7],
    &[0, 1, 4, 3, 8],
    &[0, 1, 4, 2, 8],
    &[0, 1, 7],
    &[0, 1, 6],
    &[0, 2, 1, 5],
    &[4, 2],
    &[4],
];

/// Pieces that messages are made of.
struct Pieces {
    sealed: Vec<u8>,
    /// Shapes to which the vault gave an answer: it reads these, so they come again.
    known: Vec<Shape>,
}

impl Pieces {
    /// A message that opens a named contact, if `kind` is the number of that message.
    fn named(&self, kind: u64) -> Vec<u8> {
        let row = ("item", [1_u8; 32], [2_u8; 32], &self.sealed);
        let body = (kind, "spring", "judicial", vec![row]);
        postcard::to_allocvec(&body).expect("written")
    }

    /// Mostly one that was answered before: what is not read ends the connection.
    fn shape(&self, chance: &mut Chance) -> Shape {
        if !self.known.is_empty() && chance.below(16) > 0 {
            let place = chance.below(self.known.len() as u64);
            return self.known[usize::try_from(place).expect("few")].clone();
        }
        let length = chance.below(5);
        let pieces = (0..length).map(|_| chance.below(PIECES)).collect();
        (chance.below(KINDS), pieces)
    }

    fn of(&self, (kind, pieces): &Shape, chance: &mut Chance) -> Vec<u8> {
        let mut body = postcard::to_allocvec(kind).expect("written");
        for piece in pieces {
            body.extend(self.piece(*piece, chance).expect("written"));
        }
        body
    }

    fn piece(&self, kind: u64, chance: &mut Chance) -> postcard::Result<Vec<u8>> {
        let (tag, notice) = ([1_u8; 32], [2_u8; 32]);
        match kind {
            0 => postcard::to_allocvec(chance.of(&["spring", "summer", "_tax-2026", "_hold-h1"])),
            1 => postcard::to_allocvec(chance.of(&["judicial", "winner-export", "pool", "item"])),
            2 => postcard::to_allocvec(&self.sealed),
            3 => postcard::to_allocvec(&tag),
            4 => postcard::to_allocvec(&chance.below(4)),
            5 => postcard::to_allocvec(&chance.below(u64::MAX)),
            // Boxes of a person, of answers, of a winner.
            6 => postcard::to_allocvec(&vec![("item", tag, notice, &self.sealed)]),
            7 => postcard::to_allocvec(&vec![("item", &self.sealed)]),
            8 => {
                let (position, standing) = (chance.below(3), chance.below(3));
                postcard::to_allocvec(&vec![(position, standing, "item", notice, &self.sealed)])
            }
            _ => postcard::to_allocvec(&chance.bytes().to_vec()),
        }
    }
}

/// Changes one bit of one message in sixteen; whether this was one.
fn is_worn(body: &mut [u8], chance: &mut Chance) -> bool {
    let is_worn = chance.below(16) == 0;
    if is_worn {
        let place = usize::try_from(chance.below(body.len() as u64)).expect("fits");
        body[place] ^= 1 << chance.below(8);
    }
    is_worn
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
        known: Vec::new(),
    }
}

impl Pieces {
    /// One of the messages may have been to destroy the key: then there is another one.
    fn with_key(self, keys: &Path) -> Pieces {
        if keys.join("spring.key").exists() {
            return self;
        }
        std::fs::remove_dir_all(keys).expect("removed");
        Pieces {
            known: self.known,
            ..prepare(keys)
        }
    }
}

/// Tries every shape with every number of a message.
fn learned(keys: &Path, mut pieces: Pieces, chance: &mut Chance) -> Pieces {
    for kind in 0..KINDS {
        for shape in SHAPES {
            let mut vault = Conversation::begin(keys, 0);
            let shape = (kind, shape.to_vec());
            vault.send(&pieces.of(&shape, chance));
            let is_read = vault.answer().is_some();
            vault.end();
            if is_read {
                pieces.known.push(shape);
            }
            pieces = pieces.with_key(keys);
        }
    }
    pieces
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
    pieces = learned(&keys, pieces, &mut chance);
    let (mut sent, mut answered, mut shown) = (0_u64, 0_u64, 0_u64);
    for _ in 0..CONNECTIONS {
        let mut vault = Conversation::begin(&keys, 0);
        for _ in 0..FRAMES {
            sent += 1;
            let shape = pieces.shape(&mut chance);
            let is_named = chance.below(32) == 0;
            let mut body = match is_named {
                true => pieces.named(chance.below(KINDS)),
                false => pieces.of(&shape, &mut chance),
            };
            let is_whole = !is_worn(&mut body, &mut chance);
            if !vault.send(&body) {
                break;
            }
            let Some(answer) = vault.answer() else { break };
            answered += 1;
            shown += u64::from(shows(&answer));
            if is_whole && !is_named && !pieces.known.contains(&shape) {
                pieces.known.push(shape);
            }
        }
        let (log, killed) = vault.end();
        assert!(!killed && !log.contains("panic"), "{log}");
        pieces = pieces.with_key(&keys);
    }
    let kinds: BTreeSet<u64> = pieces.known.iter().map(|(kind, _)| *kind).collect();
    println!(
        "{CONNECTIONS} connections, {sent} frames: {answered} answered, {} kinds of messages in {} shapes, {shown} showed a contact, no panic",
        kinds.len(),
        pieces.known.len()
    );
    assert!(answered > CONNECTIONS, "the vault reads on");
    assert!(kinds.len() > 10, "{kinds:?}");
    assert_eq!(shown, 0);
}
