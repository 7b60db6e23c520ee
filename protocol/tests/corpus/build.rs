//! Activities as a site would run them, from the first manifest to the last purge note.

use std::collections::{BTreeMap, BTreeSet};

use lucky_draw::encode::{Hash, sha256, tagged_hash};
use lucky_draw::record::{
    Anchor, Audit, AuditLeaf, Cancel, Close, Freeze, KeyNote, Manifest, Prize, Purge, Reveal,
    Source, VoidCode,
};
use lucky_draw::result::{
    ExcludedDraw, Line, Opening, ResultNote, SettleCode, SettleNote, Slot, audit_sample, holdings,
    result, settle,
};
use lucky_draw::seed::{numbers_value, operator_commitment};
use lucky_draw::ticket::{Secret, bind, commitment, tag, tag_key_commitment};
use lucky_draw::tree::{MemoryTree, leaf_hash};

use super::forge::{Forge, Seen, Ticket, cosigner, site};
use super::plan::{Cheat, DrawPlan, Plan, SourcePlan};
use super::random::Dice;

/// The draws of one activity, in order.
pub(crate) fn build(plan: &Plan) -> Vec<Forge> {
    let mut activity = Activity::new(plan);
    activity.open();
    for number in 0..plan.draws.len() {
        let forge = if plan.draws[number].cancelled {
            activity.cancel(number)
        } else {
            Drawing::new(&mut activity, number).run()
        };
        activity.done.push(forge);
    }
    activity.purge();
    activity.done
}

/// An activity while it takes place.
struct Activity<'a> {
    plan: &'a Plan,
    dice: Dice,
    key: [u8; 32],
    witnesses: Vec<u8>,
    journal: Vec<String>,
    opens: u64,
    promised: Vec<Promise>,
    done: Vec<Forge>,
}

/// What stands in the journal before the first draw opens.
struct Promise {
    chain: Vec<Manifest>,
    start: u64,
    notes: BTreeMap<String, String>,
    proofs: BTreeMap<String, Seen>,
}

impl<'a> Activity<'a> {
    fn new(plan: &'a Plan) -> Activity<'a> {
        let mut witnesses: Vec<u8> = (0..plan.witnesses).collect();
        witnesses.sort_by_key(|number| cosigner(*number).vkey());
        let first = plan.draws.iter().map(|draw| draw.at).min();
        Activity {
            plan,
            dice: Dice::new(&plan.name),
            key: tagged_hash("corpus", &[plan.name.as_bytes()]).0,
            witnesses,
            journal: Vec::new(),
            opens: first.expect("a draw") - 40_000,
            promised: Vec::new(),
            done: Vec::new(),
        }
    }

    fn append(&mut self, text: &str) -> u64 {
        self.journal.push(text.to_owned());
        self.journal.len() as u64 - 1
    }

    /// Leaves of other activities, and of the site itself.
    fn noise(&mut self, most: u64) {
        for _ in 0..self.dice.below(most + 1) {
            let anchor = Anchor {
                manifest: sha256(&self.dice.entropy()),
                size: self.dice.below(1000),
                root: sha256(b"noise"),
            };
            // Every third leaf is one that the site states about itself.
            let site = format!("lucky-draw/v1 site\nof audit-head\nroot {}\n", anchor.root);
            let is_site = self.journal.len() % 3 == 2;
            self.append(&if is_site { site } else { anchor.to_text() });
        }
    }

    /// A checkpoint over the journal as it is, seen by at least a quorum about `time`.
    fn seen(&mut self, index: u64, time: u64) -> Seen {
        let mut seen_by = self.witnesses.clone();
        while seen_by.len() as u64 > u64::from(self.plan.quorum) && self.dice.percent(50) {
            seen_by.remove(self.dice.place(seen_by.len()));
        }
        let dice = &mut self.dice;
        Seen {
            index,
            size: self.journal.len() as u64,
            times: seen_by
                .into_iter()
                .map(|witness| (witness, time - dice.below(5)))
                .collect(),
        }
    }

    /// Manifests and key notes of all draws.
    fn open(&mut self) {
        self.noise(9);
        for number in 0..self.plan.draws.len() {
            self.promise(number);
        }
        self.noise(3);
    }

    fn promise(&mut self, number: usize) {
        let draw = &self.plan.draws[number];
        let chain = self.chain(draw);
        let base = chain[0].hash();
        let mut notes = BTreeMap::new();
        let mut proofs = BTreeMap::new();
        let start = self.append(&chain[0].to_text());
        if chain.len() == 1 {
            let seen = self.seen(start, self.opens - 20);
            proofs.insert("manifest.proof".to_owned(), seen);
        }
        self.noise(1);
        if draw.cheat == Some(Cheat::RivalKey) {
            let rival = self.key_note(&base, sha256(b"another activity key"));
            self.append(&rival.to_text());
        }
        if draw.cheat == Some(Cheat::RivalManifest) {
            let rival = Manifest {
                reserves: chain[0].reserves + 1,
                ..chain[0].clone()
            };
            self.append(&rival.to_text());
        }
        if !draw.cancelled {
            let tag_key = match draw.cheat {
                Some(Cheat::OtherKey) => sha256(b"another activity key"),
                _ => tag_key_commitment(&self.key),
            };
            let key = self.key_note(&base, tag_key).to_text();
            let index = self.append(&key);
            notes.insert("key.note".to_owned(), key);
            let time = match draw.cheat {
                Some(Cheat::LateKey) => self.opens + 100,
                _ => self.opens - 10,
            };
            let mut seen = self.seen(index, time);
            if draw.cheat == Some(Cheat::NoTime) {
                seen.times.iter_mut().for_each(|(_, time)| *time = 0);
            }
            proofs.insert("key.proof".to_owned(), seen);
        }
        self.promised.push(Promise {
            chain,
            start,
            notes,
            proofs,
        });
    }

    fn key_note(&self, base: &Hash, tag_key: Hash) -> KeyNote {
        let witnesses = self.witnesses.iter();
        KeyNote {
            manifest: *base,
            tag_key,
            witnesses: witnesses.map(|number| cosigner(*number).vkey()).collect(),
            quorum: self.plan.quorum,
        }
    }

    /// The manifest, and the ones that it replaces.
    fn chain(&self, draw: &DrawPlan) -> Vec<Manifest> {
        let mut chain: Vec<Manifest> = Vec::new();
        let mut excludes: Vec<Hash> = draw
            .excludes
            .iter()
            .map(|other| self.promised[*other].chain[0].hash())
            .collect();
        excludes.sort_unstable();
        for revision in 0..=draw.superseded {
            // The manifests that were replaced named later rounds, or for a cheat earlier ones.
            let left = u64::from(draw.superseded - revision);
            let mut prizes: Vec<Prize> = draw
                .prizes
                .iter()
                .map(|(slug, units)| Prize {
                    slug: slug.clone(),
                    units: *units,
                })
                .collect();
            if revision > 0 && draw.cheat == Some(Cheat::SupersedesPrize) {
                prizes[0].units += 1;
            }
            let lead = match draw.cheat {
                Some(Cheat::RoundTooSoon) => 599,
                _ if draw.has_drand() => 900,
                _ => 600,
            };
            let late = draw.cheat == Some(Cheat::LateSupersedes);
            let later = if late { 0 } else { left * 300_000 };
            let freezes = draw.at + later - lead;
            chain.push(Manifest {
                origin: draw.origin.clone(),
                rules: sha256(draw.rules.as_bytes()),
                opens: self.opens,
                closes: if late { freezes - 900 } else { freezes - 3600 },
                freezes: if late && left > 0 {
                    freezes - 300
                } else {
                    freezes
                },
                sources: sources(draw, left, late),
                prizes,
                reserves: draw.reserves,
                wins_per_person: draw.wins_per_person,
                tickets_per_person: draw.tickets_per_person,
                excludes: excludes.clone(),
                supersedes: chain
                    .last()
                    .map(|before| (before.hash(), "ROUND".to_owned())),
            });
        }
        chain
    }

    /// A draw that does not take place.
    fn cancel(&mut self, number: usize) -> Forge {
        let draw = &self.plan.draws[number];
        let promise = &self.promised[number];
        let (manifest, start) = (promise.chain[0].clone(), promise.start);
        let mut proofs = promise.proofs.clone();
        let mut notes = BTreeMap::new();
        notes.insert("manifest.note".to_owned(), manifest.to_text());
        let cancel = Cancel {
            manifest: manifest.hash(),
            reason: "TYPHOON".to_owned(),
        };
        let index = self.append(&cancel.to_text());
        notes.insert("cancel.note".to_owned(), cancel.to_text());
        let seen = self.seen(index, draw.at - 2000);
        proofs.insert("cancel.proof".to_owned(), seen);
        Forge {
            leaves: self.journal.clone(),
            start,
            notes,
            proofs,
            files: first_files(draw),
            values: Vec::new(),
            excluded: Vec::new(),
            tickets: Vec::new(),
            purge_follows: true,
        }
    }

    /// The purge of the whole activity, after its last draw.
    fn purge(&mut self) {
        for (draw, forge) in self.plan.draws.iter().zip(&mut self.done) {
            if draw.cancelled {
                // Its own bundle has no key note that could pin the witnesses.
                forge
                    .proofs
                    .values_mut()
                    .for_each(|seen| seen.times.clear());
            }
            for phase in 1..=draw.purges {
                let certificate = format!("{{\"phase\":{phase},\"hits\":0}}\n");
                let manifest = sha256(forge.notes["manifest.note"].as_bytes());
                let result = forge.notes.get("result.note");
                let result = result.map(|text| sha256(text.as_bytes()));
                let last = forge
                    .notes
                    .range("settle-".to_owned().."settle.".to_owned());
                let seq = |name: &str| {
                    name["settle-".len()..]
                        .trim_end_matches(".note")
                        .parse::<u32>()
                };
                let last = last.max_by_key(|(name, _)| seq(name).expect("a number"));
                let settle = last.map(|(_, text)| sha256(text.as_bytes())).or(result);
                let purge = Purge {
                    manifest: Some(manifest),
                    result,
                    settle,
                    bundle: Some(forge.seal().hash_without_purge()),
                    phase,
                    certificate: sha256(certificate.as_bytes()),
                };
                forge
                    .notes
                    .insert(format!("purge-{phase}.note"), purge.to_text());
                forge.files.insert(
                    format!("certificate-{phase}.json"),
                    certificate.into_bytes(),
                );
            }
        }
    }
}

fn first_files(draw: &DrawPlan) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let vkey = format!("{}\n", site().vkey());
    files.insert("site.vkey".to_owned(), vkey.into_bytes());
    files.insert("rules.txt".to_owned(), draw.rules.clone().into_bytes());
    files
}

fn sources(draw: &DrawPlan, left: u64, late: bool) -> Vec<Source> {
    let mut sources = Vec::new();
    for source in &draw.sources {
        sources.push(match source {
            SourcePlan::Drand(round) => {
                let number = round.beacon.round;
                let chain = round.chain;
                let later = left * 300_000 / chain.period;
                // A redraw: the first manifest named a round that was out already.
                let earlier = left * 60 / chain.period;
                Source::Drand {
                    chain: chain.hash,
                    round: if late {
                        number - earlier
                    } else {
                        number + later
                    },
                }
            }
            SourcePlan::Numbers { sorted, numbers } => Source::Numbers {
                slug: match draw.cheat {
                    Some(Cheat::NoIssue) => "lotto649".to_owned(),
                    _ => "lotto649-113000075".to_owned(),
                },
                sorted: *sorted,
                count: u32::try_from(numbers.len()).expect("few"),
            },
            SourcePlan::Commit => Source::Commit(operator_commitment(&[9; 32])),
        });
    }
    sources
}

impl DrawPlan {
    fn has_drand(&self) -> bool {
        let drand = |source: &SourcePlan| matches!(source, SourcePlan::Drand(_));
        self.sources.iter().any(drand)
    }
}

/// One draw of an activity while it takes place.
struct Drawing<'a, 'b> {
    activity: &'b mut Activity<'a>,
    draw: &'a DrawPlan,
    manifest: Manifest,
    forge: Forge,
}

impl<'a, 'b> Drawing<'a, 'b> {
    fn new(activity: &'b mut Activity<'a>, number: usize) -> Drawing<'a, 'b> {
        let draw = &activity.plan.draws[number];
        let promise = &activity.promised[number];
        let manifest = promise.chain.last().expect("a manifest").clone();
        let forge = Forge {
            leaves: Vec::new(),
            start: promise.start,
            notes: promise.notes.clone(),
            proofs: promise.proofs.clone(),
            files: first_files(draw),
            values: Vec::new(),
            excluded: Vec::new(),
            tickets: Vec::new(),
            purge_follows: true,
        };
        let mut drawing = Drawing {
            activity,
            draw,
            manifest,
            forge,
        };
        drawing.supersede(number);
        drawing
    }

    fn note(&mut self, name: &str, text: String) {
        self.forge.notes.insert(name.to_owned(), text);
    }

    fn file(&mut self, name: &str, content: impl Into<Vec<u8>>) {
        self.forge.files.insert(name.to_owned(), content.into());
    }

    fn supersede(&mut self, number: usize) {
        let chain = self.activity.promised[number].chain.clone();
        let (last, bases) = chain.split_last().expect("a manifest");
        for (place, base) in bases.iter().enumerate() {
            self.note(&format!("base-{place}.note"), base.to_text());
        }
        self.note("manifest.note", last.to_text());
        for next in &chain[1..] {
            let index = self.activity.append(&next.to_text());
            let time = match self.draw.cheat {
                Some(Cheat::LateSupersedes) => chain[0].earliest_round_time().expect("a round") + 1,
                _ => self.activity.opens + 500,
            };
            let mut seen = self.activity.seen(index, time);
            if self.draw.cheat == Some(Cheat::LateSupersedes) {
                seen.times.iter_mut().for_each(|seen| seen.1 = time);
            }
            self.forge.proofs.insert("manifest.proof".to_owned(), seen);
            self.activity.noise(1);
        }
    }

    fn run(mut self) -> Forge {
        self.enter();
        self.close();
        self.freeze();
        self.sources();
        self.exclude();
        self.result();
        self.forge.leaves.clone_from(&self.activity.journal);
        self.forge
    }

    fn enter(&mut self) {
        let base = self.forge.base();
        let cap = self.draw.tickets_per_person;
        for person in 0..self.draw.people {
            let count = 1 + self.activity.dice.below(u64::from(cap));
            let count = u32::try_from(count).expect("small");
            let mut numbers: Vec<u32> = (0..count).collect();
            for number in 0..count {
                if self.activity.dice.percent(self.draw.duplicates) {
                    numbers.push(number);
                }
            }
            match self.draw.cheat {
                Some(Cheat::TicketBeyondCap) => numbers.push(cap),
                Some(Cheat::TicketTwice) => numbers.push(0),
                _ => {}
            }
            for ticket_no in numbers {
                self.ticket(&base, person, ticket_no);
            }
        }
        // People come at any time: the log mixes them.
        for place in (1..self.forge.tickets.len()).rev() {
            let other = self.activity.dice.place(place + 1);
            self.forge.tickets.swap(place, other);
        }
    }

    fn ticket(&mut self, base: &Hash, person: u32, ticket_no: u32) {
        let subject = format!("twid:A{:09}", 100_000_000 + person);
        let secret = Secret::from_entropy(self.activity.dice.entropy());
        let tag = tag(&self.activity.key, &subject);
        let nonce = secret.nonce(base, ticket_no);
        let bind = bind(&nonce, &subject);
        self.forge.tickets.push(Ticket {
            opening: Opening {
                tag,
                bind,
                ticket_no,
            },
            commitment: commitment(base, &tag, &bind, ticket_no),
        });
    }

    /// W, I and T by chance; then D by the rule of section 4.4.
    fn voids(&mut self, decided: &BTreeMap<u64, VoidCode>) -> Vec<(u64, VoidCode)> {
        let mut voids = decided.clone();
        let mut seen = BTreeSet::new();
        let twice = self.draw.cheat == Some(Cheat::TicketTwice);
        for (index, ticket) in (0..).zip(&self.forge.tickets) {
            let Opening { tag, ticket_no, .. } = ticket.opening;
            if !voids.contains_key(&index) && !seen.insert((tag, ticket_no)) && !twice {
                voids.insert(index, VoidCode::D);
            }
        }
        voids.into_iter().collect()
    }

    fn close(&mut self) {
        let log = self.forge.log();
        let mut decided = BTreeMap::new();
        for index in 0..log.size() {
            if self.activity.dice.percent(self.draw.voids) {
                let codes = [VoidCode::W, VoidCode::I, VoidCode::T];
                decided.insert(index, *self.activity.dice.pick(&codes));
            }
        }
        for seq in 0..=self.draw.corrections {
            if seq > 0 {
                // An objection was right: one void less, or one more.
                let first = decided.keys().next().copied();
                match first {
                    Some(index) => decided.remove(&index),
                    None if log.size() > 0 => {
                        decided.insert(self.activity.dice.below(log.size()), VoidCode::I)
                    }
                    None => None,
                };
            }
            let (mut size, mut root) = (log.size(), log.root());
            match self.draw.cheat {
                Some(Cheat::CloseGrows) if seq > 0 => {
                    let mut larger: MemoryTree = log.clone();
                    larger.push(leaf_hash(b"late"));
                    (size, root) = (larger.size(), larger.root());
                }
                Some(Cheat::CloseForks) if seq > 0 => root = sha256(b"a fork"),
                _ => {}
            }
            let close = Close {
                manifest: self.manifest.hash(),
                seq,
                size,
                root,
                voids: self.voids(&decided),
            };
            self.activity.append(&close.to_text());
            self.activity.noise(2);
            self.note(&format!("close-{seq}.note"), close.to_text());
        }
    }

    fn freeze(&mut self) {
        let manifest = self.manifest.hash();
        let close = match self.draw.cheat {
            Some(Cheat::FreezeNamesFirst) => sha256(self.forge.notes["close-0.note"].as_bytes()),
            _ => self.forge.close().hash(),
        };
        match self.draw.cheat {
            Some(Cheat::RivalFreeze) => {
                let rival = Freeze {
                    manifest,
                    close: sha256(self.forge.notes["close-0.note"].as_bytes()),
                };
                self.activity.append(&rival.to_text());
                self.activity.noise(1);
            }
            Some(Cheat::RivalClose) => {
                let close = self.forge.close();
                let rival = Close {
                    seq: close.seq + 1,
                    voids: Vec::new(),
                    ..close
                };
                self.activity.append(&rival.to_text());
            }
            Some(Cheat::RivalCancel) => {
                let reason = "FLOOD".to_owned();
                self.activity.append(&Cancel { manifest, reason }.to_text());
            }
            _ => {}
        }
        let freeze = Freeze { manifest, close }.to_text();
        let index = self.activity.append(&freeze);
        self.note("freeze.note", freeze);
        self.activity.noise(2);
        let draw = self.manifest.earliest_draw_time();
        let time = match self.draw.cheat {
            Some(Cheat::LateFreeze) => draw - 200,
            Some(Cheat::EarlyFreeze) => self.manifest.freezes - 5,
            _ => self.manifest.freezes + 30,
        };
        let mut seen = self.activity.seen(index, time);
        if self.draw.cheat == Some(Cheat::FewWitnesses) {
            let few = usize::try_from(self.activity.plan.quorum).expect("few") - 1;
            seen.times.truncate(few);
        }
        self.forge.proofs.insert("freeze.proof".to_owned(), seen);
    }

    fn sources(&mut self) {
        for (line, source) in (1..).zip(&self.draw.sources) {
            let value = match source {
                SourcePlan::Drand(round) => {
                    let json = round.beacon.to_json();
                    self.file(&format!("beacon-{line}.json"), json);
                    sha256(&round.beacon.signature).0.to_vec()
                }
                SourcePlan::Numbers { sorted, numbers } => {
                    let value = numbers_value(*sorted, numbers);
                    let file = [&value[..], b"\n"].concat();
                    self.file(&format!("numbers-{line}.txt"), file);
                    value
                }
                SourcePlan::Commit if self.draw.cheat == Some(Cheat::SecretWithheld) => {
                    vec![0; 32]
                }
                SourcePlan::Commit => self.reveal(line),
            };
            self.forge.values.push(value);
        }
    }

    fn reveal(&mut self, line: usize) -> Vec<u8> {
        let reveal = Reveal {
            manifest: self.manifest.hash(),
            secret: [9; 32],
        };
        let index = self.activity.append(&reveal.to_text());
        let rounds = self.manifest.latest_round_time().unwrap_or(0);
        let after = self.manifest.freezes.max(rounds);
        let late = self.draw.cheat == Some(Cheat::SecretLate);
        let time = if late { after + 90_000 } else { after + 2000 };
        let seen = self.activity.seen(index, time);
        self.note(&format!("reveal-{line}.note"), reveal.to_text());
        self.forge
            .proofs
            .insert(format!("reveal-{line}.proof"), seen);
        if late { vec![0; 32] } else { vec![9; 32] }
    }

    fn exclude(&mut self) {
        for (line, hash) in (1..).zip(&self.manifest.excludes) {
            let promised = &self.activity.promised;
            let number = promised.iter().position(|p| p.chain[0].hash() == *hash);
            let other = &self.activity.done[number.expect("an earlier draw")];
            self.forge
                .files
                .insert(format!("excluded-{line}.zip"), other.seal().to_zip());
            let draw = if other.notes.contains_key("cancel.note") {
                ExcludedDraw::cancelled(*hash)
            } else {
                ExcludedDraw::drawn(*hash, &other.result())
            };
            self.forge.excluded.push(draw);
        }
    }

    fn result(&mut self) {
        let close = self.forge.close();
        let tickets = self.forge.tickets.clone();
        let lost = self.draw.cheat == Some(Cheat::OpeningLost);
        let open = |index: u64| {
            let place = usize::try_from(index).ok()?;
            let ticket = tickets.get(place)?;
            (!lost || index.is_multiple_of(2)).then_some(ticket.opening)
        };
        let mut excluded = self.forge.excluded.clone();
        if self.draw.cheat == Some(Cheat::ForgetsExcluded) {
            excluded.iter_mut().for_each(|draw| draw.tags.clear());
        }
        let values = &self.forge.values;
        let mut drawn = result(&self.manifest, &close, &excluded, values, open);
        if self.draw.cheat == Some(Cheat::SkipWinner) {
            skip_winner(&mut drawn);
        }
        self.activity.append(&drawn.to_text());
        self.note("result.note", drawn.to_text());
        self.activity.noise(2);
        let mut settles: Vec<SettleNote> = Vec::new();
        for _ in 0..self.draw.settlements {
            let vacates = self.vacates(&drawn, &settles);
            let next = settle(
                &self.manifest,
                &close,
                &excluded,
                &drawn,
                &settles,
                &vacates,
                open,
            );
            let Ok(next) = next else { break };
            self.activity.append(&next.to_text());
            self.note(&format!("settle-{}.note", next.seq), next.to_text());
            settles.push(next);
        }
        self.forge.prove(&drawn, &settles);
        if self.draw.entries {
            self.forge.list();
        }
        self.audit(&close, &drawn);
    }

    fn vacates(&mut self, drawn: &ResultNote, settles: &[SettleNote]) -> Vec<(Slot, SettleCode)> {
        let held = holdings(drawn, settles);
        let mut vacates = BTreeMap::new();
        if held.is_empty() {
            return Vec::new();
        }
        let codes = [SettleCode::F, SettleCode::D, SettleCode::I, SettleCode::E];
        for _ in 0..self.activity.dice.between(1, 4) {
            let slot = self.activity.dice.pick(&held).slot.clone();
            vacates.insert(slot, *self.activity.dice.pick(&codes));
        }
        vacates.into_iter().collect()
    }

    fn audit(&mut self, close: &Close, drawn: &ResultNote) {
        let Some(count) = self.draw.audit else {
            return;
        };
        let mut sample = audit_sample(&drawn.seed, close, count);
        if self.draw.cheat == Some(Cheat::OtherAudit) {
            sample.reverse();
        }
        let dice = &mut self.activity.dice;
        let audit = Audit {
            manifest: self.manifest.hash(),
            result: drawn.hash(),
            leaves: sample
                .into_iter()
                .map(|index| AuditLeaf {
                    index,
                    found: dice.percent(95),
                })
                .collect(),
            over_cap: 0,
        };
        let text = audit.to_text();
        self.activity.append(&text);
        self.note("audit.note", text);
    }
}

/// The first winner's ticket is passed over as if it were void.
fn skip_winner(drawn: &mut ResultNote) {
    let winner = |line: &&mut Line| matches!(line, Line::Slot { .. });
    if let Some(line) = drawn.lines.iter_mut().find(winner) {
        let (j, index) = line.drawn().expect("a draw line");
        let code = VoidCode::I;
        *line = Line::Void { j, index, code };
    }
}
