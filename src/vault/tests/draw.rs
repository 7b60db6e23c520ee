//! A draw of one prize and more, as the site would run it: real tags, sealed contacts, a recorded
//! drand round, a bundle that verifies.

use lucky_draw::beacon::{Beacon, QUICKNET};
use lucky_draw::bundle::{Bundle, ProofLine, journal_text, proofs_text};
use lucky_draw::encode::{Hash, sha256};
use lucky_draw::note::{Checkpoint, TlogProof};
use lucky_draw::record::{Close, Freeze, KeyNote, Manifest, Prize, Source, VoidCode};
use lucky_draw::result::{
    Line, Opening, ResultNote, SettleCode, SettleLine, SettleNote, Slot, result, settle,
};
use lucky_draw::ticket::{Secret, bind, commitment};
use lucky_draw::tree::{MemoryTree, leaf_hash};

use std::sync::Arc;

use super::super::field::tests::full;
use super::super::wire::{self, Reply, Request};
use super::super::*;
use super::{Site, site};

pub(super) const ACTIVITY: &str = "spring";
pub(super) const NOTICE: Hash = Hash([2; 32]);
const RULES: &str = "One ticket each.\n";

/// Round 10,000,000 of quicknet.
const ROUND: u64 = 10_000_000;
const SIGNATURE: &str = "a187c9f5800521e986b5658924696682071ce7ae965486e8fd08bc2c4758bdbb9ed9ecb7beee392a38214e321ecd434f";

pub(super) struct Drawn {
    pub(super) site: Site,
    pub(super) tickets: Vec<Opening>,
    pub(super) result: ResultNote,
    manifest: Manifest,
    /// `manifest.note`, signed before anybody entered.
    promise: String,
    key: KeyNote,
    close: Close,
    log: MemoryTree,
    settles: Vec<SettleNote>,
    value: Vec<u8>,
    public: PublicKeys,
}

/// `people` persons with one ticket each; then person 0 to `again` enter once more, which the
/// close voids with code D.
pub(super) fn draw(people: u64, again: u64, prizes: u32, reserves: u32) -> Drawn {
    draw_at(site(), people, again, prizes, reserves)
}

/// The same at a site that has made its keys in its own way.
pub(super) fn draw_at(site: Site, people: u64, again: u64, prizes: u32, reserves: u32) -> Drawn {
    let keys = site.vault.create_activity(ACTIVITY).expect("created");
    let manifest = manifest("library.example/spring", prizes, reserves);
    let texts = vec![manifest.to_text()];
    site.vault.promise_draws(ACTIVITY, texts).expect("promised");
    let promise = site.vault.sign_note(&manifest.to_text()).expect("signed");
    let base = manifest.hash();
    let mut log = MemoryTree::new();
    let mut tickets = Vec::new();
    let mut voids = Vec::new();
    for place in 0..people + again {
        let subject = format!("twid:A{:09}", place % people);
        let tag = site.vault.tag(ACTIVITY, &subject).expect("tagged");
        let mut entropy = [3; 13];
        entropy[..8].copy_from_slice(&place.to_be_bytes());
        let nonce = Secret::from_entropy(entropy).nonce(&base, 0);
        let opening = Opening {
            tag,
            bind: bind(&nonce, &subject),
            ticket_no: 0,
        };
        log.push(leaf_hash(leaf(&base, &opening).as_bytes()));
        tickets.push(opening);
        if place >= people {
            voids.push((place, VoidCode::D));
        }
    }
    let close = Close {
        manifest: base,
        seq: 0,
        size: log.size(),
        root: log.root(),
        voids,
    };
    let beacon = Beacon::from_hex(&QUICKNET, ROUND, SIGNATURE).expect("a round");
    let value = beacon.verify(&QUICKNET, ROUND).expect("valid").0.to_vec();
    let open = |index| opening(&tickets, index);
    let result = result(&manifest, &close, &[], std::slice::from_ref(&value), open);
    Drawn {
        key: KeyNote {
            manifest: base,
            tag_key: keys.tag_key,
            witnesses: Vec::new(),
            quorum: 0,
        },
        public: keys.public,
        site,
        tickets,
        result,
        manifest,
        promise,
        close,
        log,
        settles: Vec::new(),
        value,
    }
}

/// What a draw promises.
pub(super) fn manifest(origin: &str, prizes: u32, reserves: u32) -> Manifest {
    let time = QUICKNET.round_time(ROUND);
    Manifest {
        origin: origin.to_owned(),
        rules: sha256(RULES.as_bytes()),
        opens: time - 40_000,
        closes: time - 4_000,
        freezes: time - 900,
        sources: vec![Source::Drand {
            chain: QUICKNET.hash,
            round: ROUND,
        }],
        prizes: vec![Prize {
            slug: "book".to_owned(),
            units: prizes,
        }],
        reserves,
        wins_per_person: 1,
        tickets_per_person: 1,
        excludes: Vec::new(),
        supersedes: None,
    }
}

fn opening(tickets: &[Opening], index: u64) -> Option<Opening> {
    tickets.get(usize::try_from(index).ok()?).copied()
}

fn leaf(base: &Hash, opening: &Opening) -> Hash {
    commitment(base, &opening.tag, &opening.bind, opening.ticket_no)
}

/// The prize `book/<unit>`.
pub(super) fn book(unit: u32) -> Slot {
    Slot::Prize {
        slug: "book".to_owned(),
        unit,
    }
}

impl Drawn {
    pub(super) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The ticket to which the result gave a slot.
    pub(super) fn ticket_of(&self, wanted: &Slot) -> u64 {
        let holds = |line: &Line| match line {
            Line::Slot { index, slot, .. } => (slot == wanted).then_some(*index),
            _ => None,
        };
        self.result.lines.iter().find_map(holds).expect("a holder")
    }

    /// Settles once, vacating these slots for no answer.
    pub(super) fn vacate(&mut self, slots: &[Slot]) {
        let vacates: Vec<(Slot, SettleCode)> = slots
            .iter()
            .map(|slot| (slot.clone(), SettleCode::F))
            .collect();
        let open = |index| opening(&self.tickets, index);
        let next = settle(
            &self.manifest,
            &self.close,
            &[],
            &self.result,
            &self.settles,
            &vacates,
            open,
        );
        self.settles.push(next.expect("settled"));
    }

    /// The same people under another promise: what a web side that cheats would draw.
    pub(super) fn redrawn(self, manifest: Manifest, promise: String) -> Drawn {
        let base = manifest.hash();
        let mut log = MemoryTree::new();
        for ticket in &self.tickets {
            log.push(leaf_hash(leaf(&base, ticket).as_bytes()));
        }
        let close = Close {
            manifest: base,
            root: log.root(),
            ..self.close.clone()
        };
        let key = KeyNote {
            manifest: base,
            ..self.key
        };
        Drawn {
            key,
            promise,
            manifest,
            log,
            ..self
        }
        .closed(close)
    }

    /// The same promise with a list on which this ticket is void.
    pub(super) fn without(self, position: u64) -> Drawn {
        let mut close = self.close.clone();
        close.voids.push((position, VoidCode::W));
        close.voids.sort_unstable();
        self.closed(close)
    }

    fn closed(self, close: Close) -> Drawn {
        let values = std::slice::from_ref(&self.value);
        let open = |index| opening(&self.tickets, index);
        let result = result(&self.manifest, &close, &[], values, open);
        Drawn {
            close,
            result,
            settles: Vec::new(),
            ..self
        }
    }

    pub(super) fn bundle(&self) -> Bundle {
        let vault = &self.site.vault;
        let mut bundle = Bundle::new();
        bundle.insert("site.vkey", format!("{}\n", vault.vkey()));
        bundle.insert("rules.txt", RULES);
        let freeze = Freeze {
            manifest: self.manifest.hash(),
            close: self.close.hash(),
        };
        let journaled = [
            ("manifest", self.manifest.to_text()),
            ("key", self.key.to_text()),
            ("close-0", self.close.to_text()),
            ("freeze", freeze.to_text()),
        ];
        let mut journal = MemoryTree::new();
        for (_, text) in &journaled {
            journal.push(leaf_hash(text.as_bytes()));
        }
        let texts = journaled.each_ref().map(|(_, text)| text);
        bundle.insert("journal.txt", journal_text(0, &[], &texts));
        for (place, (name, text)) in (0..).zip(&journaled) {
            let signed = match *name {
                "manifest" => self.promise.clone(),
                _ => vault.sign_note(text).expect("signed"),
            };
            bundle.insert(format!("{name}.note"), signed);
            if *name != "close-0" {
                let proof = self.journal_proof(&journal, place);
                bundle.insert(format!("{name}.proof"), proof);
            }
        }
        let beacon = Beacon::from_hex(&QUICKNET, ROUND, SIGNATURE).expect("a round");
        bundle.insert("beacon-1.json", beacon.to_json());
        let signed = vault.sign_note(&self.result.to_text()).expect("signed");
        bundle.insert("result.note", signed);
        for settle in &self.settles {
            let signed = vault.sign_note(&settle.to_text()).expect("signed");
            bundle.insert(format!("settle-{}.note", settle.seq), signed);
        }
        bundle.insert("proofs.txt", proofs_text(&self.proofs()));
        bundle
    }

    /// The whole list as the log has it.
    pub(super) fn list(&self) -> Vec<u8> {
        let base = self.manifest.hash();
        let leaves = self.tickets.iter().map(|ticket| leaf(&base, ticket));
        leaves.flat_map(|leaf| leaf.0).collect()
    }

    /// The bundle as the web side sends it: with this list in the place of the proofs.
    pub(super) fn evidence(&self, list: Vec<u8>) -> Bundle {
        let mut bundle = self.bundle();
        bundle.remove("proofs.txt");
        bundle.insert("entries.bin", list);
        bundle
    }

    fn journal_proof(&self, journal: &MemoryTree, index: u64) -> String {
        let checkpoint = Checkpoint {
            origin: "library.example/journal".to_owned(),
            size: journal.size(),
            root: journal.root(),
        };
        let signed = self
            .site
            .vault
            .sign_checkpoint(CheckpointOf::Journal, &checkpoint.to_text())
            .expect("signed");
        let proof = TlogProof {
            extra: None,
            index,
            hashes: journal.inclusion_proof(index),
            checkpoint: signed,
        };
        proof.to_text()
    }

    fn proofs(&self) -> Vec<ProofLine> {
        let later = self.settles.iter().flat_map(|settle| &settle.lines);
        let later = later.filter_map(|line| match line {
            SettleLine::Draw(line) => Some(line),
            SettleLine::Fill { .. } => None,
        });
        let mut drawn: Vec<u64> = self
            .result
            .lines
            .iter()
            .chain(later)
            .filter(|line| !matches!(line, Line::Void { .. }))
            .filter_map(|line| line.drawn().map(|(_, index)| index))
            .collect();
        drawn.sort_unstable();
        let line = |index| ProofLine {
            index,
            commitment: leaf(
                &self.manifest.hash(),
                &opening(&self.tickets, index).expect("a ticket"),
            ),
            hashes: self.log.inclusion_proof(index),
        };
        drawn.into_iter().map(line).collect()
    }

    /// The tag of a ticket.
    pub(super) fn tag(&self, position: u64) -> Hash {
        opening(&self.tickets, position).expect("a ticket").tag
    }

    /// The sealed contact of a ticket; its row is called after the ticket.
    pub(super) fn sealed(&self, position: u64) -> Sealed {
        self.sealed_as(position, position)
    }

    /// The sealed contact of the person of `position` in the row of the ticket `row`.
    pub(super) fn sealed_as(&self, row: u64, position: u64) -> Sealed {
        self.sealed_contact(row, position, &full())
    }

    /// The same with a contact of the caller's.
    pub(super) fn sealed_contact(&self, row: u64, position: u64, contact: &Contact) -> Sealed {
        let item = format!("item{row}");
        let of = ContactOf {
            activity: ACTIVITY,
            item: &item,
            tag: &self.tag(position),
            notice: &NOTICE,
        };
        let sealed = seal_contact(self.site.vault.sealer(), &self.public, &of, contact);
        Sealed {
            item,
            sealed: sealed.expect("sealed"),
            own_copy: None,
        }
    }

    /// What the web side would send for one ticket, proof or no proof.
    pub(super) fn ask(
        &self,
        purpose: &str,
        position: u64,
        standing: Standing,
        sealed: Sealed,
    ) -> Result<(), Refusal> {
        let wanted = boxed(position, standing, sealed);
        self.ask_with(&self.bundle(), purpose, wanted)
    }

    /// The same with a bundle of the caller's.
    pub(super) fn ask_with(
        &self,
        bundle: &Bundle,
        purpose: &str,
        wanted: wire::WinnerBox,
    ) -> Result<(), Refusal> {
        let request = Request::OpenWinners {
            activity: ACTIVITY.to_owned(),
            purpose: purpose.to_owned(),
            bundle: wire::BundleRef::Whole(Arc::new(bundle.to_zip())),
            boxes: vec![wanted],
        };
        match self.site.vault.ask(request)? {
            Reply::OpenedEach(mut each) => each.remove(0).map(|_| ()),
            _ => panic!("an answer of another kind"),
        }
    }
}

/// A row as it travels to the keeper, of somebody who is said to stand so.
pub(super) fn boxed(position: u64, standing: Standing, sealed: Sealed) -> wire::WinnerBox {
    wire::WinnerBox {
        position,
        standing,
        item: sealed.item,
        notice: NOTICE.0,
        sealed: sealed.sealed,
    }
}
