//! Whole draws for tests: from manifest to purge, on a recorded round, as a site would write them.
//!
//! Everything follows from the plan and its number, so a failing case can be built again.

#![expect(
    dead_code,
    reason = "each test binary includes this module and uses another part of it"
)]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use data_encoding::HEXLOWER;
use lucky_draw::beacon::{Beacon, QUICKNET};
use lucky_draw::bundle::{Bundle, ProofLine, journal_text, proofs_text};
use lucky_draw::encode::{Hash, sha256, tagged_hash};
use lucky_draw::note::{Checkpoint, Cosigner, Signer, TlogProof};
use lucky_draw::order::Stream;
use lucky_draw::record::{
    Anchor, Audit, AuditLeaf, Cancel, Close, Freeze, KeyNote, Manifest, Prize, Purge, Reveal,
    Source, VoidCode,
};
use lucky_draw::result::{
    ExcludedDraw, Opening, ResultNote, SettleCode, SettleNote, Slot, audit_sample, drawn_tickets,
    holdings, result, settle,
};
use lucky_draw::seed::{numbers_value, operator_commitment};
use lucky_draw::ticket::{Secret, bind, commitment, receipt_extra, tag, tag_key_commitment};
use lucky_draw::tree::{self, MemoryTree, leaf_hash};

pub(crate) const SITE: &str = "library.example.tw/draw";

/// Real rounds of quicknet.
pub(crate) fn recorded_rounds() -> &'static [Beacon] {
    static ROUNDS: LazyLock<Vec<Beacon>> = LazyLock::new(read_rounds);
    &ROUNDS
}

fn read_rounds() -> Vec<Beacon> {
    let fixtures: serde_json::Value =
        serde_json::from_str(include_str!("../vectors/drand-rounds.json")).expect("JSON");
    let rounds = fixtures["rounds"].as_array().expect("rounds");
    rounds
        .iter()
        .filter(|case| case["chain"] == "quicknet")
        .map(|case| {
            let signature = case["signature"].as_str().expect("hex");
            let round = case["round"].as_u64().expect("a round");
            Beacon::from_hex(&QUICKNET, round, signature).expect("a round")
        })
        .collect()
}

/// How a site numbers the tickets of one person.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tickets {
    Honest,
    OneTooMany,
    OneTwice,
}

/// What a draw looks like.
#[derive(Clone)]
pub(crate) struct Plan {
    /// Everything random follows from it.
    pub(crate) number: u64,
    /// How many people, each with 1 to `tickets_per_person` tickets.
    pub(crate) people: u64,
    pub(crate) tickets_per_person: u32,
    pub(crate) wins_per_person: u32,
    pub(crate) prizes: Vec<(&'static str, u32)>,
    pub(crate) reserves: u32,
    /// Void every so-many-th ticket; 0 voids none.
    pub(crate) void_every: u64,
    /// How many settlements; each vacates one or two slots.
    pub(crate) settlements: u32,
    pub(crate) witnesses: u8,
    pub(crate) numbers: bool,
    /// A commit source, and whether the operator reveals.
    pub(crate) commit: Option<bool>,
    /// How many manifests are superseded before the one that counts.
    pub(crate) superseded: u32,
    pub(crate) corrections: u32,
    pub(crate) entries_file: bool,
    pub(crate) audit: bool,
    pub(crate) purge_phases: u8,
    /// A site that hands out more tickets than its manifest allows, or one ticket twice.
    pub(crate) tickets: Tickets,
    /// Which of `recorded_rounds`.
    pub(crate) round: usize,
    /// Hash and bundle of draws that this one excludes.
    pub(crate) excludes: Vec<(Hash, Bundle, ExcludedDraw)>,
    pub(crate) origin: &'static str,
}

impl Default for Plan {
    fn default() -> Plan {
        Plan {
            number: 1,
            people: 12,
            tickets_per_person: 2,
            wins_per_person: 1,
            prizes: vec![("grand", 1), ("book", 2)],
            reserves: 2,
            void_every: 5,
            settlements: 1,
            witnesses: 0,
            numbers: false,
            commit: None,
            superseded: 0,
            corrections: 0,
            entries_file: true,
            audit: false,
            purge_phases: 1,
            tickets: Tickets::Honest,
            round: 3,
            excludes: Vec::new(),
            origin: "library.example.tw/draw/1",
        }
    }
}

/// A finished draw and everything that its bundle does not say.
pub(crate) struct Built {
    pub(crate) bundle: Bundle,
    pub(crate) site: Signer,
    pub(crate) manifest: Manifest,
    pub(crate) base: Hash,
    pub(crate) close: Close,
    pub(crate) result: ResultNote,
    pub(crate) settles: Vec<SettleNote>,
    pub(crate) tickets: Vec<Ticket>,
    pub(crate) log: MemoryTree,
    pub(crate) excluded: Vec<ExcludedDraw>,
}

pub(crate) struct Ticket {
    pub(crate) subject: String,
    pub(crate) secret: Secret,
    pub(crate) nonce: Hash,
    pub(crate) opening: Opening,
    pub(crate) commitment: Hash,
}

pub(crate) fn site() -> Signer {
    Signer::new(SITE, sha256(b"the site's seed").0).expect("a signer")
}

pub(crate) fn cosigners(count: u8) -> Vec<Cosigner> {
    let mut cosigners: Vec<Cosigner> = (0..count)
        .map(|number| {
            let name = format!("witness{number}.example");
            Cosigner::new(&name, sha256(&[number]).0).expect("a cosigner")
        })
        .collect();
    cosigners.sort_by_key(Cosigner::vkey);
    cosigners
}

/// The site's journal, with leaves of other draws between.
pub(crate) struct Journal {
    pub(crate) texts: Vec<String>,
    tree: MemoryTree,
    pub(crate) site: Signer,
}

impl Journal {
    pub(crate) fn new(site: Signer) -> Journal {
        let tree = MemoryTree::new();
        let texts = Vec::new();
        Journal { texts, tree, site }
    }

    pub(crate) fn append(&mut self, text: &str) -> u64 {
        self.texts.push(text.to_owned());
        self.tree.push(leaf_hash(text.as_bytes()));
        self.tree.size() - 1
    }

    /// A leaf of somebody else's draw.
    pub(crate) fn noise(&mut self, number: u64) {
        let anchor = Anchor {
            manifest: sha256(&number.to_be_bytes()),
            size: number,
            root: sha256(b"noise"),
        };
        self.append(&anchor.to_text());
    }

    /// The proof of a leaf at the journal's size, seen by the cosigners at `time`.
    pub(crate) fn proof(&self, index: u64, cosigners: &[Cosigner], time: u64) -> String {
        let name = format!("{}/journal", self.site.name());
        let checkpoint = Checkpoint {
            origin: name.clone(),
            size: self.tree.size(),
            root: self.tree.root(),
        };
        let text = checkpoint.to_text();
        let log = self.site.with_name(&name).expect("a name");
        let mut signed = log.sign(&text);
        for cosigner in cosigners {
            signed += &cosigner.line(&text, time);
        }
        let proof = TlogProof {
            extra: None,
            index,
            hashes: self.tree.inclusion_proof(index),
            checkpoint: signed,
        };
        proof.to_text()
    }

    pub(crate) fn segment(&self, start: u64) -> String {
        let Ok(frontier) = tree::frontier(&mut &self.tree, start);
        let from = usize::try_from(start).expect("small");
        journal_text(start, &frontier, &self.texts[from..])
    }
}

pub(crate) fn build(plan: &Plan) -> Built {
    Draft::new(plan).finish()
}

/// A draw while it is being written.
struct Draft<'a> {
    plan: &'a Plan,
    random: Stream,
    site: Signer,
    journal: Journal,
    cosigners: Vec<Cosigner>,
    bundle: Bundle,
    beacon: Beacon,
    opens: u64,
    freezes: u64,
}

const RULES: &str = "One ticket for each book read. Claim within seven days.\n";

impl<'a> Draft<'a> {
    fn new(plan: &'a Plan) -> Draft<'a> {
        let rounds = recorded_rounds();
        let beacon = rounds[plan.round % rounds.len()].clone();
        let draw = QUICKNET.round_time(beacon.round);
        let mut bundle = Bundle::new();
        let site = site();
        bundle.insert("site.vkey", format!("{}\n", site.vkey()));
        bundle.insert("rules.txt", RULES);
        Draft {
            plan,
            random: Stream::new(&sha256(&plan.number.to_be_bytes())),
            journal: Journal::new(site.with_name(SITE).expect("a name")),
            site,
            cosigners: cosigners(plan.witnesses),
            bundle,
            opens: draw - 40_000,
            freezes: draw - 900,
            beacon,
        }
    }

    fn sign(&mut self, name: &str, text: &str) {
        self.bundle.insert(name, self.site.sign(text));
    }

    fn sources(&self, revision: u32) -> Vec<Source> {
        // Earlier manifests named later rounds, which nobody waits for any more.
        let later = u64::from(self.plan.superseded - revision) * 100_000;
        let mut sources = vec![Source::Drand {
            chain: QUICKNET.hash,
            round: self.beacon.round + later,
        }];
        if self.plan.numbers {
            sources.push(Source::Numbers {
                slug: "lotto649-113000075".to_owned(),
                sorted: true,
                count: 6,
            });
        }
        if self.plan.commit.is_some() {
            sources.push(Source::Commit(operator_commitment(&[9; 32])));
        }
        sources
    }

    fn manifests(&mut self) -> Vec<Manifest> {
        let plan = self.plan;
        let mut chain: Vec<Manifest> = Vec::new();
        for revision in 0..=plan.superseded {
            let later = u64::from(plan.superseded - revision) * 300_000;
            chain.push(Manifest {
                origin: plan.origin.to_owned(),
                rules: sha256(RULES.as_bytes()),
                opens: self.opens,
                closes: self.freezes + later - 3600,
                freezes: self.freezes + later,
                sources: self.sources(revision),
                prizes: plan
                    .prizes
                    .iter()
                    .map(|(slug, units)| Prize {
                        slug: (*slug).to_owned(),
                        units: *units,
                    })
                    .collect(),
                reserves: plan.reserves,
                wins_per_person: plan.wins_per_person,
                tickets_per_person: plan.tickets_per_person,
                excludes: plan.excludes.iter().map(|(hash, ..)| *hash).collect(),
                supersedes: chain
                    .last()
                    .map(|before| (before.hash(), "ROUND".to_owned())),
            });
        }
        chain
    }

    fn tickets(&mut self, base: &Hash, activity_key: &[u8; 32]) -> Vec<Ticket> {
        let mut tickets = Vec::new();
        for person in 0..self.plan.people {
            let subject = format!("twid:A{:09}", 100_000_000 + person);
            let mut entropy = [0; 13];
            entropy[..8].copy_from_slice(&self.random.next_value().to_be_bytes());
            let secret = Secret::from_entropy(entropy);
            let most = u64::from(self.plan.tickets_per_person);
            let count = 1 + self.random.uniform(most);
            let count = u32::try_from(count).expect("small");
            let numbers: Vec<u32> = match self.plan.tickets {
                Tickets::Honest => (0..count).collect(),
                Tickets::OneTooMany => (0..=self.plan.tickets_per_person).collect(),
                Tickets::OneTwice => vec![0, 0],
            };
            for ticket_no in numbers {
                let tag = tag(activity_key, &subject);
                let nonce = secret.nonce(base, ticket_no);
                let bind = bind(&nonce, &subject);
                tickets.push(Ticket {
                    subject: subject.clone(),
                    secret: secret.clone(),
                    nonce,
                    opening: Opening {
                        tag,
                        bind,
                        ticket_no,
                    },
                    commitment: commitment(base, &tag, &bind, ticket_no),
                });
            }
        }
        tickets
    }

    fn closes(&mut self, manifest: &Hash, log: &MemoryTree) -> Vec<Close> {
        let every = self.plan.void_every;
        let codes = [VoidCode::W, VoidCode::D, VoidCode::I, VoidCode::T];
        let mut voids: Vec<(u64, VoidCode)> = (0..log.size())
            .filter(|index| every > 0 && index % every == every - 1)
            .map(|index| (index, codes[usize::try_from(index % 4).expect("small")]))
            .collect();
        let mut closes = Vec::new();
        for seq in 0..=self.plan.corrections {
            if seq > 0 && voids.pop().is_none() && log.size() > 0 {
                voids.push((0, VoidCode::I));
            }
            closes.push(Close {
                manifest: *manifest,
                seq,
                size: log.size(),
                root: log.root(),
                voids: voids.clone(),
            });
        }
        closes
    }

    fn finish(mut self) -> Built {
        let plan = self.plan;
        for number in 0..self.random.uniform(6) {
            self.journal.noise(number);
        }
        let chain = self.manifests();
        let manifest = chain.last().expect("a manifest").clone();
        let base = chain[0].hash();
        let activity_key = tagged_hash("test", &[&plan.number.to_be_bytes()]).0;

        let start = self.journal.append(&chain[0].to_text());
        let key = KeyNote {
            manifest: base,
            tag_key: tag_key_commitment(&activity_key),
            witnesses: self.cosigners.iter().map(Cosigner::vkey).collect(),
            quorum: if plan.witnesses == 0 {
                0
            } else {
                u32::from(plan.witnesses) / 2 + 1
            },
        };
        let key_index = self.journal.append(&key.to_text());
        self.sign("key.note", &key.to_text());
        let key_proof = self
            .journal
            .proof(key_index, &self.cosigners, self.opens - 10);
        self.bundle.insert("key.proof", key_proof);
        self.journal.noise(77);
        let mut manifest_index = start;
        for (place, next) in chain.iter().enumerate() {
            if place > 0 {
                manifest_index = self.journal.append(&next.to_text());
            }
            if place + 1 < chain.len() {
                self.sign(&format!("base-{place}.note"), &next.to_text());
            }
        }
        self.sign("manifest.note", &manifest.to_text());
        let manifest_proof = self
            .journal
            .proof(manifest_index, &self.cosigners, self.opens + 20);
        self.bundle.insert("manifest.proof", manifest_proof);

        let tickets = self.tickets(&base, &activity_key);
        let mut log = MemoryTree::new();
        for ticket in &tickets {
            log.push(leaf_hash(ticket.commitment.as_bytes()));
        }
        let closes = self.closes(&manifest.hash(), &log);
        for close in &closes {
            self.journal.append(&close.to_text());
            self.journal.noise(u64::from(close.seq));
            self.sign(&format!("close-{}.note", close.seq), &close.to_text());
        }
        let close = closes.last().expect("a close").clone();
        let freeze = Freeze {
            manifest: manifest.hash(),
            close: close.hash(),
        };
        let freeze_index = self.journal.append(&freeze.to_text());
        self.sign("freeze.note", &freeze.to_text());
        let seen = self.freezes + 30;
        let freeze_proof = self.journal.proof(freeze_index, &self.cosigners, seen);
        self.bundle.insert("freeze.proof", freeze_proof);
        self.bundle
            .insert("journal.txt", self.journal.segment(start));

        let values = self.values(&manifest);
        let excluded = self.excluded();
        let open = |index: u64| {
            let place = usize::try_from(index).ok()?;
            tickets.get(place).map(|ticket| ticket.opening)
        };
        let result = result(&manifest, &close, &excluded, &values, open);
        self.sign("result.note", &result.to_text());
        let mut settles: Vec<SettleNote> = Vec::new();
        for _ in 0..plan.settlements {
            let vacates = self.vacates(&result, &settles);
            let next = settle(
                &manifest, &close, &excluded, &result, &settles, &vacates, open,
            );
            let Ok(next) = next else { break };
            self.sign(&format!("settle-{}.note", next.seq), &next.to_text());
            settles.push(next);
        }
        let proofs = proof_lines(&tickets, &log, &result, &settles);
        self.bundle.insert("proofs.txt", proofs_text(&proofs));
        if plan.entries_file {
            let entries: Vec<u8> = tickets.iter().flat_map(|t| t.commitment.0).collect();
            self.bundle.insert("entries.bin", entries);
        }
        self.audit(&manifest, &close, &result);
        for phase in 1..=plan.purge_phases {
            self.purge(phase, &manifest, &result, &settles);
        }
        Built {
            bundle: self.bundle,
            site: self.site,
            manifest,
            base,
            close,
            result,
            settles,
            tickets,
            log,
            excluded,
        }
    }

    fn values(&mut self, manifest: &Manifest) -> Vec<Vec<u8>> {
        let mut values = Vec::new();
        for (line, source) in (1..).zip(&manifest.sources) {
            match source {
                Source::Drand { round, .. } => {
                    assert_eq!(self.beacon.round, *round, "a recorded round");
                    values.push(sha256(&self.beacon.signature).0.to_vec());
                    let json = self.beacon.to_json();
                    self.bundle.insert(format!("beacon-{line}.json"), json);
                }
                Source::Numbers { sorted, .. } => {
                    let value = numbers_value(*sorted, &[45, 8, 9, 10, 12, 31]);
                    let file = [&value[..], b"\n"].concat();
                    self.bundle.insert(format!("numbers-{line}.txt"), file);
                    values.push(value);
                }
                Source::Commit(_) if self.plan.commit == Some(true) => {
                    let reveal = Reveal {
                        manifest: manifest.hash(),
                        secret: [9; 32],
                    };
                    let index = self.journal.append(&reveal.to_text());
                    let time = self.freezes + 2000;
                    let proof = self.journal.proof(index, &self.cosigners, time);
                    self.sign(&format!("reveal-{line}.note"), &reveal.to_text());
                    self.bundle.insert(format!("reveal-{line}.proof"), proof);
                    values.push(vec![9; 32]);
                }
                Source::Commit(_) => values.push(vec![0; 32]),
            }
        }
        values
    }

    fn excluded(&mut self) -> Vec<ExcludedDraw> {
        let mut excluded = Vec::new();
        for (line, (_, bundle, draw)) in (1..).zip(&self.plan.excludes) {
            self.bundle
                .insert(format!("excluded-{line}.zip"), bundle.to_zip());
            excluded.push(draw.clone());
        }
        excluded
    }

    fn vacates(&mut self, result: &ResultNote, settles: &[SettleNote]) -> Vec<(Slot, SettleCode)> {
        let held = holdings(result, settles);
        if held.is_empty() {
            return Vec::new();
        }
        let codes = [SettleCode::F, SettleCode::D, SettleCode::I, SettleCode::E];
        let mut vacates = BTreeMap::new();
        for _ in 0..2 {
            let place = self.random.uniform(held.len() as u64);
            let code = codes[usize::try_from(self.random.uniform(4)).expect("small")];
            let holding = &held[usize::try_from(place).expect("small")];
            vacates.insert(holding.slot.clone(), code);
        }
        vacates.into_iter().collect()
    }

    fn audit(&mut self, manifest: &Manifest, close: &Close, result: &ResultNote) {
        if !self.plan.audit {
            return;
        }
        let sample = audit_sample(&result.seed, close, 5);
        let audit = Audit {
            manifest: manifest.hash(),
            result: result.hash(),
            leaves: sample
                .into_iter()
                .map(|index| AuditLeaf { index, found: true })
                .collect(),
            over_cap: 0,
        };
        self.sign("audit.note", &audit.to_text());
    }

    fn purge(
        &mut self,
        phase: u8,
        manifest: &Manifest,
        result: &ResultNote,
        settles: &[SettleNote],
    ) {
        let certificate = format!("{{\"phase\":{phase},\"hits\":0}}\n");
        let last = settles.last().map_or(result.hash(), SettleNote::hash);
        let purge = Purge {
            manifest: Some(manifest.hash()),
            result: Some(result.hash()),
            settle: Some(last),
            bundle: Some(self.bundle.hash_without_purge()),
            phase,
            certificate: sha256(certificate.as_bytes()),
        };
        self.sign(&format!("purge-{phase}.note"), &purge.to_text());
        self.bundle
            .insert(format!("certificate-{phase}.json"), certificate);
    }
}

/// The lines of `proofs.txt`: every non-void ticket on a draw line.
pub(crate) fn proof_lines(
    tickets: &[Ticket],
    log: &MemoryTree,
    result: &ResultNote,
    settles: &[SettleNote],
) -> Vec<ProofLine> {
    drawn_tickets(result, settles)
        .into_iter()
        .map(|index| ProofLine {
            index,
            commitment: tickets[usize::try_from(index).expect("small")].commitment,
            hashes: log.inclusion_proof(index),
        })
        .collect()
}

impl Built {
    /// The receipt of one ticket as the entrant got it, when the log had `size` tickets.
    pub(crate) fn receipt(&self, index: u64, size: u64) -> TlogProof {
        let ticket = &self.tickets[usize::try_from(index).expect("small")];
        let Opening {
            tag,
            bind,
            ticket_no,
        } = ticket.opening;
        let extra = receipt_extra(&tag, &bind, ticket_no, &ticket.nonce);
        let Ok(root) = tree::root(&mut &self.log, size);
        let Ok(hashes) = tree::inclusion_proof(&mut &self.log, index, size);
        let checkpoint = Checkpoint {
            origin: self.manifest.origin.clone(),
            size,
            root,
        };
        TlogProof {
            extra: Some(extra),
            index,
            hashes,
            checkpoint: self.site.sign(&checkpoint.to_text()),
        }
    }

    /// What another draw needs to exclude this one's winners.
    pub(crate) fn as_excluded(&self) -> (Hash, Bundle, ExcludedDraw) {
        let hash = self.manifest.hash();
        let draw = ExcludedDraw::drawn(hash, &self.result);
        (hash, self.bundle.clone(), draw)
    }
}

/// The bundle of a draw that was cancelled.
pub(crate) fn build_cancelled(plan: &Plan) -> (Hash, Bundle, ExcludedDraw) {
    let mut draft = Draft::new(plan);
    let manifest = draft.manifests().remove(0);
    let index = draft.journal.append(&manifest.to_text());
    draft.sign("manifest.note", &manifest.to_text());
    let proof = draft
        .journal
        .proof(index, &draft.cosigners, draft.opens - 10);
    draft.bundle.insert("manifest.proof", proof);
    let cancel = Cancel {
        manifest: manifest.hash(),
        reason: "TYPHOON".to_owned(),
    };
    let index = draft.journal.append(&cancel.to_text());
    draft.sign("cancel.note", &cancel.to_text());
    let proof = draft
        .journal
        .proof(index, &draft.cosigners, draft.opens + 100);
    draft.bundle.insert("cancel.proof", proof);
    let hash = manifest.hash();
    (hash, draft.bundle, ExcludedDraw::cancelled(hash))
}

/// Lower hexadecimal digits, for messages.
pub(crate) fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}
