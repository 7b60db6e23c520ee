//! What `/a/<slug>/proof` shows, and the same place in the list as a file.
//!
//! Invariant: nothing that was sent comes back, but the ticket number and public hashes.

use lucky_draw::ticket::{Secret, SecretError, TicketNumber};
use serde::Serialize;

use crate::activity::Facts;
use crate::draw::Shown;
use crate::draw::proof::{self, Contradiction, Place, Step, Verdict};
use crate::platform::text::{self, Language};
use crate::platform::web::form::Mistakes;

use super::{slot_words, void_words};

/// The page, empty or with answers.
#[derive(Debug, Clone, Serialize)]
pub(in crate::draw) struct ProofView {
    slug: String,
    title: String,
    draws: Vec<DrawChoice>,
    /// What was sent and not looked at: `receipt`, `code`, or nothing.
    refused: &'static str,
    mistakes: Mistakes,
    typed: String,
    answers: Vec<ProofAnswer>,
}

/// A draw that a number is looked up in.
#[derive(Debug, Clone, Serialize)]
struct DrawChoice {
    value: String,
    label: String,
    closed: bool,
    closes_at: i64,
}

/// What became of one proof, or of one number.
#[derive(Debug, Clone, Serialize)]
pub(in crate::draw) struct ProofAnswer {
    /// A word of [`Verdict::code`], or `not-listed`.
    verdict: &'static str,
    ticket: String,
    draw: String,
    closes_at: i64,
    /// Whether a number was looked up, which proves less than a signature.
    by_number: bool,
    /// The activity of another draw's proof, where it is one of ours.
    other: String,
    place: Option<PlaceView>,
    void: Option<String>,
    holds: Option<String>,
    contradiction: Option<ContradictionView>,
}

#[derive(Debug, Clone, Serialize)]
struct PlaceView {
    leaf: String,
    size: u64,
    root: String,
    steps: Vec<StepView>,
}

#[derive(Debug, Clone, Serialize)]
struct StepView {
    before: bool,
    neighbour: String,
    together: String,
}

#[derive(Debug, Clone, Serialize)]
struct ContradictionView {
    signed_size: u64,
    signed_root: String,
    listed_size: u64,
    listed_root: Option<String>,
}

impl ProofView {
    /// The page before anything was sent.
    pub(in crate::draw) fn empty(language: Language, facts: &Facts, draws: &[Shown]) -> ProofView {
        let choice = |shown: &Shown| DrawChoice {
            value: shown.plan.id.0.clone(),
            label: shown.title(language),
            closed: shown.close.is_some(),
            closes_at: shown.facts.closes_at.0,
        };
        ProofView {
            slug: facts.slug.clone(),
            title: facts.title.pick(language).to_owned(),
            draws: draws.iter().map(choice).collect(),
            refused: "",
            mistakes: Mistakes::new(),
            typed: String::new(),
            answers: Vec::new(),
        }
    }

    /// The address of its activity.
    pub(in crate::draw) fn slug(&self) -> &str {
        &self.slug
    }

    /// The page with answers.
    pub(in crate::draw) fn with(mut self, answers: Vec<ProofAnswer>) -> ProofView {
        self.answers = answers;
        self
    }

    /// A ticket number that cannot be read.
    pub(in crate::draw) fn with_number(
        mut self,
        typed: &str,
        mistake: Option<String>,
    ) -> ProofView {
        self.typed = typed.trim().to_owned();
        if let Some(words) = mistake {
            self.mistakes.add("ticket", words);
        }
        self
    }

    /// Nothing was sent, or no proof.
    pub(in crate::draw) fn without_proof(mut self, language: Language, empty: bool) -> ProofView {
        let id = if empty {
            "proof-empty"
        } else {
            "proof-unreadable"
        };
        let words = text::message(language, id, &[]);
        self.mistakes.add("file", words);
        self
    }

    /// Something secret was sent, which is not looked at.
    pub(in crate::draw) fn refusing(mut self, what: Refused) -> ProofView {
        self.refused = match what {
            Refused::Receipt => "receipt",
            Refused::Code => "code",
        };
        self
    }
}

/// What must not be sent here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::draw) enum Refused {
    /// The secret receipt.
    Receipt,
    /// The receipt code.
    Code,
}

impl Refused {
    /// Whether a text is a secret of the person who sent it.
    pub(in crate::draw) fn of(sent: &str) -> Option<Refused> {
        if proof::holds_secret(sent) {
            return Some(Refused::Receipt);
        }
        // One character wrong is still nearly the whole code.
        let is_code = matches!(Secret::parse(sent), Ok(_) | Err(SecretError::Check));
        is_code.then_some(Refused::Code)
    }
}

impl ProofAnswer {
    /// What a proof turned out to be.
    pub(in crate::draw) fn of_proof(
        language: Language,
        shown: &Shown,
        index: u64,
        verdict: &Verdict,
    ) -> ProofAnswer {
        let mut answer = ProofAnswer::blank(shown, index, verdict.code());
        match verdict {
            Verdict::Listed(place) => answer.listed(language, shown, place),
            Verdict::Missing(found) | Verdict::Fork(found) => {
                answer.contradiction = Some(ContradictionView::of(found));
            }
            Verdict::OtherDraw(origin) => {
                // `<site>/<slug>`, or more for one of several draws.
                let slug = origin.split('/').nth(1).unwrap_or_default();
                if slug != shown.facts.slug {
                    slug.clone_into(&mut answer.other);
                }
            }
            Verdict::NotOurs | Verdict::Altered | Verdict::NotClosed => {}
        }
        answer
    }

    /// What the closed list says about a number.
    pub(in crate::draw) fn of_number(
        language: Language,
        shown: &Shown,
        index: u64,
        place: Option<&Place>,
    ) -> ProofAnswer {
        let mut answer = ProofAnswer::blank(shown, index, "not-listed");
        answer.by_number = true;
        if let Some(place) = place {
            answer.verdict = "listed";
            answer.listed(language, shown, place);
        }
        answer
    }

    fn blank(shown: &Shown, index: u64, verdict: &'static str) -> ProofAnswer {
        ProofAnswer {
            verdict,
            ticket: TicketNumber(index).to_string(),
            draw: shown.plan.id.0.clone(),
            closes_at: shown.facts.closes_at.0,
            by_number: false,
            other: String::new(),
            place: None,
            void: None,
            holds: None,
            contradiction: None,
        }
    }

    fn listed(&mut self, language: Language, shown: &Shown, place: &Place) {
        let code = shown
            .close
            .as_ref()
            .and_then(|close| close.void(place.index));
        self.void = code.map(|code| void_words(language, code));
        let mut holdings = shown.holdings.iter();
        let holding = holdings.find(|held| held.index == place.index);
        self.holds = holding.map(|held| slot_words(language, &shown.plan, &held.slot));
        let step = |step: Step| StepView {
            before: step.before,
            neighbour: step.neighbour.to_string(),
            together: step.together.to_string(),
        };
        self.place = Some(PlaceView {
            leaf: place.leaf.to_string(),
            size: place.size,
            root: place.root.to_string(),
            steps: place.steps().into_iter().map(step).collect(),
        });
    }
}

impl ContradictionView {
    fn of(found: &Contradiction) -> ContradictionView {
        ContradictionView {
            signed_size: found.signed_size,
            signed_root: found.signed_root.to_string(),
            listed_size: found.listed_size,
            listed_root: found.listed_root.map(|root| root.to_string()),
        }
    }
}

/// `/d/<id>/proof/<ticket>.json`: where a ticket stands in the frozen list.
#[derive(Debug, Clone, Serialize)]
pub(in crate::draw) struct PlaceFile {
    protocol: &'static str,
    draw: String,
    /// Hash of the manifest.
    manifest: Option<String>,
    /// Hash of the newest close note.
    close: Option<String>,
    ticket: String,
    index: u64,
    size: u64,
    root: String,
    leaf_hash: String,
    void: Option<String>,
    /// From the leaf up.
    path: Vec<String>,
}

impl PlaceFile {
    /// The file about one ticket.
    pub(in crate::draw) fn of(shown: &Shown, place: &Place) -> PlaceFile {
        let void = shown
            .close
            .as_ref()
            .and_then(|close| close.void(place.index));
        let closes = shown
            .notes
            .iter()
            .filter(|note| note.name.starts_with("close-"));
        let close = closes.max_by_key(|note| note.position);
        PlaceFile {
            protocol: "lucky-draw/v1",
            draw: shown.plan.id.0.clone(),
            manifest: shown.plan.manifest.map(|hash| hash.to_string()),
            close: close.map(|note| note.hash.to_string()),
            ticket: TicketNumber(place.index).to_string(),
            index: place.index,
            size: place.size,
            root: place.root.to_string(),
            leaf_hash: place.leaf.to_string(),
            void: void.map(|code| code.to_string()),
            path: place.path.iter().map(ToString::to_string).collect(),
        }
    }

    /// The file's text.
    pub(in crate::draw) fn to_json(&self) -> String {
        let text = serde_json::to_string_pretty(self);
        text.expect("texts and numbers always become JSON") + "\n"
    }
}
