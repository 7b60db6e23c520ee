//! The rules file: what everybody can read before entering, and what the manifest commits to.
//!
//! Invariant: the text follows from the activity, the plan, the asked fields, the rules of the tax and
//! nothing else; it
//! is written once, at publishing, and kept as `rules.txt`.

use crate::activity::{Arrangement, AskedField, Facts};
use crate::platform::clock::{DAY, Timestamp};
use crate::platform::text::{self, Language, dates};
use crate::policy;

use super::tax::{self, RuleBook};
use super::{Error, Issue, Plan, PlanSource, SourceKind};

/// When winners, and then reserves in their turn, have to have answered: every `claim_days` from
/// the draw on, while it is before the purge. Exactly one settlement takes place for each.
pub fn claim_deadlines(facts: &Facts, plan: &Plan) -> Vec<Timestamp> {
    let step = facts.claim_days.max(1) * DAY;
    let ends = facts.planned_purge();
    let mut deadlines = Vec::new();
    let mut next = plan.due_at(facts).plus(step);
    while next < ends {
        deadlines.push(next);
        next = next.plus(step);
    }
    deadlines
}

/// The whole file: Chinese, then English, line feeds only.
///
/// `all` are the draws of the activity, this one among them; of the `tax` the rules of the day of
/// the draw are told.
pub fn rules_text(
    facts: &Facts,
    plan: &Plan,
    all: &[Plan],
    asked: &[AskedField],
    tax: &RuleBook,
) -> Result<String, Error> {
    let mut file = String::new();
    for language in Language::ALL {
        if !file.is_empty() {
            file.push_str("\n\n");
        }
        let mut section = Section {
            language,
            text: &mut file,
        };
        section.activity(facts);
        section.draw(facts, plan, all);
        section.dates(facts, plan)?;
        section.prizes(plan, tax.at(plan.due_at(facts)));
        section.order(facts, plan);
        section.asked(asked);
        section.claims(facts, plan);
    }
    Ok(file)
}

/// One language of the file.
struct Section<'f> {
    language: Language,
    text: &'f mut String,
}

impl Section<'_> {
    fn say(&self, id: &str, args: &[(&str, text::Value<'_>)]) -> String {
        text::message(self.language, id, args)
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    fn heading(&mut self, id: &str) {
        let words = self.say(id, &[]);
        self.line("");
        self.line(&format!("## {words}"));
    }

    fn item(&mut self, id: &str, args: &[(&str, text::Value<'_>)]) {
        let words = self.say(id, args);
        self.line(&format!("- {words}"));
    }

    /// A moment for people and, because the protocol counts so, in Unix seconds.
    fn moment(&mut self, id: &str, at: Timestamp) {
        let when = dates::datetime(self.language, at.0);
        let words = self.say(id, &[("when", when.into())]);
        self.line(&format!("- {words} [unix {}]", at.unix()));
    }

    fn activity(&mut self, facts: &Facts) {
        let title = facts.title.pick(self.language);
        self.line(&format!("# {title}"));
        self.line("");
        self.paragraphs(facts.text.pick(self.language));
        self.heading("draw-rules-own");
        self.paragraphs(facts.rules.pick(self.language));
        if let Some(id) = facts.eligibility.message_id() {
            self.item(id, &[]);
        }
    }

    fn paragraphs(&mut self, words: &str) {
        for line in words.trim().lines() {
            self.line(line);
        }
    }

    /// Which of several draws this is, and what holds between them.
    fn draw(&mut self, facts: &Facts, plan: &Plan, all: &[Plan]) {
        if all.len() < 2 {
            return;
        }
        self.heading("draw-rules-part");
        let name = plan.name.pick(self.language).to_owned();
        let count = i64::try_from(all.len()).unwrap_or(i64::MAX);
        self.item(
            "draw-rules-one-of",
            &[
                ("name", name.into()),
                ("slug", plan.slug.clone().into()),
                ("count", count.into()),
            ],
        );
        self.item(
            match facts.arrangement {
                Arrangement::Sessions => "draw-rules-sessions",
                Arrangement::Pools => "draw-rules-pools",
            },
            &[],
        );
        for other in all.iter().filter(|other| plan.excludes.contains(&other.id)) {
            let name = other.name.pick(self.language).to_owned();
            self.item("draw-rules-excludes", &[("name", name.into())]);
        }
    }

    fn dates(&mut self, facts: &Facts, plan: &Plan) -> Result<(), Error> {
        self.heading("draw-rules-dates");
        self.moment("draw-rules-opens", facts.opens_at);
        self.moment("draw-rules-closes", facts.closes_at);
        self.moment("draw-rules-freezes", facts.freezes_at);
        self.moment("draw-rules-draws", plan.round_time()?);
        self.moment("draw-rules-purges", facts.planned_purge());
        Ok(())
    }

    fn prizes(&mut self, plan: &Plan, tax: &tax::Rules) {
        self.heading("draw-rules-prizes");
        for prize in &plan.prizes {
            let name = prize.name.pick(self.language).to_owned();
            let args = [
                ("slug", prize.slug.clone().into()),
                ("name", name.into()),
                ("units", i64::from(prize.units).into()),
                ("value", prize.value_twd.into()),
            ];
            self.item("draw-rules-prize", &args);
        }
        let reserves = i64::from(plan.reserves);
        self.item("draw-rules-reserves", &[("count", reserves.into())]);
        self.item("draw-rules-tax", &tax.words());
    }

    fn order(&mut self, facts: &Facts, plan: &Plan) {
        self.heading("draw-rules-order");
        let wins = i64::from(plan.wins_per_person);
        let tickets = i64::from(plan.tickets_per_person);
        self.item("draw-rules-tickets", &[("count", tickets.into())]);
        self.item("draw-rules-wins", &[("count", wins.into())]);
        for round in plan.sources.iter().filter_map(PlanSource::drand) {
            let beacon = format!("drand {} {}", round.chain.name, round.round);
            let args = [
                ("beacon", beacon.into()),
                ("chain", round.chain.hash.to_string().into()),
            ];
            self.item("draw-rules-beacon", &args);
        }
        for source in &plan.sources {
            if let SourceKind::Numbers(issue) = &source.kind {
                self.numbers(issue);
            }
        }
        if plan.secret().is_some() {
            let until = plan.reveal_until(facts.freezes_at);
            self.item("draw-rules-secret", &[]);
            self.moment("draw-rules-secret-until", until);
            self.item("draw-rules-secret-withheld", &[]);
        }
        if plan.sources.len() > 1 {
            self.item("draw-rules-all-sources", &[]);
        }
        self.item("draw-rules-late", &[]);
        self.item("draw-rules-protocol", &[]);
    }

    /// Which balls of an issue count, and when they are drawn and public (draw-protocol 4.3).
    fn numbers(&mut self, issue: &Issue) {
        let args = [
            ("slug", issue.slug().into()),
            ("game", issue.game_name(self.language).into()),
            ("number", issue.number.clone().into()),
            ("which", issue.which.pick(self.language).to_owned().into()),
            ("balls", i64::from(issue.balls).into()),
            ("outcomes", issue.outcomes.into()),
        ];
        self.item("draw-rules-numbers", &args);
        self.moment("draw-rules-numbers-drawn", issue.drawn_at);
        self.moment("draw-rules-numbers-published", issue.published_by);
    }

    fn asked(&mut self, asked: &[AskedField]) {
        self.heading("draw-rules-asked");
        for each in asked {
            let field = policy::field_name(self.language, each.field);
            let need = if each.required {
                "draw-rules-required"
            } else {
                "draw-rules-optional"
            };
            let need = self.say(need, &[]);
            let purpose = each.purpose.pick(self.language).trim().to_owned();
            let line = if purpose.is_empty() {
                self.say(
                    "draw-rules-field",
                    &[("field", field.into()), ("need", need.into())],
                )
            } else {
                self.say(
                    "draw-rules-field-for",
                    &[
                        ("field", field.into()),
                        ("need", need.into()),
                        ("purpose", purpose.into()),
                    ],
                )
            };
            self.line(&format!("- {line}"));
        }
    }

    fn claims(&mut self, facts: &Facts, plan: &Plan) {
        self.heading("draw-rules-claims");
        self.item("draw-rules-claim", &[("days", facts.claim_days.into())]);
        for deadline in claim_deadlines(facts, plan) {
            self.moment("draw-rules-deadline", deadline);
        }
        self.item("draw-rules-moves", &[]);
    }
}
