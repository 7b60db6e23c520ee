//! Replacing a published promise in public, while nothing of the old randomness can be known.

use std::sync::Arc;

use rocket::{Route, State, get, post, routes};
use serde::Serialize;

use lucky_draw::beacon::{Chain, DEFAULT, QUICKNET};

use crate::account::guard::{Confirmed, Librarian};
use crate::activity::wire::{Heading, unreadable_date};
use crate::activity::{self, Facts};
use crate::draw::wire::{
    SourceView, source_views, successor_field, successor_words, supersede_words,
};
use crate::draw::{
    self, DrawId, DrawStage, Error, Plan, SourceDetails, Successor, SuccessorTrouble, SupersedeCode,
};
use crate::identity::{date, typed};
use crate::platform::clock::{MINUTE, Timestamp};
use crate::platform::config::Config;
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::platform::web::error::AppResult;
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::vault::Vault;

use super::keep_people_out;

pub(super) fn routes() -> Vec<Route> {
    routes![successor_form, replace]
}

#[derive(Serialize)]
struct SuccessorView {
    heading: Heading,
    draw: String,
    /// Until when the promise can be replaced.
    until: Option<i64>,
    /// Whether entry goes on, so that its end can move.
    entering: bool,
    sources: Vec<SourceView>,
    closes: String,
    freezes: String,
    draws: String,
    drand: String,
    code: String,
    codes: Vec<CodeOption>,
    words_zh: String,
    words_en: String,
    mistakes: Mistakes,
}

#[derive(Serialize)]
struct CodeOption {
    value: &'static str,
    label: String,
}

impl SuccessorView {
    fn of(language: Language, facts: &Facts, plan: &Plan, until: Option<Timestamp>) -> Self {
        let option = |code: SupersedeCode| CodeOption {
            value: code.code(),
            label: supersede_words(language, code),
        };
        SuccessorView {
            heading: Heading::of(language, facts),
            draw: plan.id.0.clone(),
            until: until.map(|until| until.0),
            entering: plan.stage == DrawStage::Open,
            sources: source_views(language, plan),
            closes: date::input_value(facts.closes_at),
            freezes: date::input_value(facts.freezes_at),
            draws: date::input_value(facts.draws_at),
            drand: plan
                .drand()
                .map_or("quicknet", |drand| drand.chain.name)
                .to_owned(),
            code: String::new(),
            codes: SupersedeCode::ALL.map(option).into(),
            words_zh: String::new(),
            words_en: String::new(),
            mistakes: Mistakes::new(),
        }
    }

    fn note(&mut self, language: Language, field: &str, id: &str) {
        self.mistakes.add(field, text::message(language, id, &[]));
    }

    fn moment(&mut self, language: Language, field: &str, raw: &str) -> Timestamp {
        date::parse_moment(raw).unwrap_or_else(|_| {
            let label = format!("activity-{field}");
            self.mistakes.add(field, unreadable_date(language, &label));
            Timestamp(0)
        })
    }

    /// Reads the form; lotteries that would be drawn before the new freeze drop out.
    fn parse(
        &mut self,
        language: Language,
        facts: &Facts,
        plan: &Plan,
        form: &FormFields,
    ) -> Option<Successor> {
        for (own, name) in [
            (&mut self.closes, "closes"),
            (&mut self.freezes, "freezes"),
            (&mut self.draws, "draws"),
            (&mut self.drand, "drand"),
            (&mut self.code, "code"),
        ] {
            *own = typed::line(form.value(name));
        }
        self.words_zh = typed::lines(form.value("words_zh"));
        self.words_en = typed::lines(form.value("words_en"));
        let (closes, freezes, draws) = (
            self.closes.clone(),
            self.freezes.clone(),
            self.draws.clone(),
        );
        let closes_at = if self.entering {
            self.moment(language, "closes", &closes)
        } else {
            facts.closes_at
        };
        let freezes_at = self.moment(language, "freezes", &freezes);
        let draws_at = self.moment(language, "draws", &draws);
        let code = SupersedeCode::parse(&self.code);
        if code.is_none() {
            self.note(language, "code", "draw-cancel-code-empty");
        }
        for (empty, field) in [
            (self.words_zh.is_empty(), "words_zh"),
            (self.words_en.is_empty(), "words_en"),
        ] {
            if empty {
                self.note(language, field, "draw-cancel-words-empty");
            }
        }
        keep_people_out(
            language,
            &mut self.mistakes,
            [("words_zh", &self.words_zh), ("words_en", &self.words_en)],
        );
        if !form.has("sure") {
            self.note(language, "sure", "draw-replace-sure-empty");
        }
        let chains: &[&'static Chain] = match self.drand.as_str() {
            "both" => &[&QUICKNET, &DEFAULT],
            "default" => &[&DEFAULT],
            _ => &[&QUICKNET],
        };
        let kept = plan
            .sources
            .iter()
            .map(SourceDetails::from)
            .filter(|each| match each {
                SourceDetails::Drand(_) => false,
                SourceDetails::Numbers(issue) => issue.drawn_at >= freezes_at.plus(10 * MINUTE),
                SourceDetails::Commit => true,
            });
        let drand = chains.iter().copied().map(SourceDetails::Drand);
        let code = code.filter(|_| self.mistakes.is_empty())?;
        Some(Successor {
            sources: drand.chain(kept).collect(),
            closes_at,
            freezes_at,
            draws_at,
            code,
            words: format!("{}\n{}\n", self.words_zh, self.words_en),
        })
    }
}

async fn read(db: &Db, draw: &str) -> Result<(Facts, Plan, Option<Timestamp>), Error> {
    let draw = DrawId::from(draw);
    db.read("read draw", move |tx| {
        let plan = draw::by_id(tx, &draw)?;
        if plan.manifest.is_none() {
            return Err(Error::Unknown);
        }
        let facts = activity::by_id(tx, &plan.activity)?;
        let until = draw::replaceable_until(tx, &facts, &plan)?;
        Ok((facts, plan, until))
    })
    .await
}

#[get("/staff/draws/<draw>/supersede")]
async fn successor_form(
    lang: Language,
    _staff: Librarian,
    draw: &str,
    db: &State<Db>,
) -> AppResult<Page> {
    let (facts, plan, until) = read(db, draw).await?;
    let view = SuccessorView::of(lang, &facts, &plan, until);
    Ok(Page::new(lang, "draw/supersede", view).no_store())
}

#[post("/staff/draws/<draw>/supersede", data = "<form>")]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn replace(
    lang: Language,
    staff: Librarian,
    draw: &str,
    _confirmed: Confirmed,
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
    library: &State<Arc<Config>>,
) -> AppResult<Reply> {
    let (facts, plan, until) = read(db, draw).await?;
    let mut view = SuccessorView::of(lang, &facts, &plan, until);
    let Some(successor) = view.parse(lang, &facts, &plan, &form) else {
        return Ok(Page::new(lang, "draw/supersede", view).again().into());
    };
    let troubles = troubles(db, &facts, &plan, &successor).await?;
    if !troubles.is_empty() {
        for trouble in troubles {
            view.mistakes
                .add(successor_field(trouble), successor_words(lang, trouble));
        }
        return Ok(Page::new(lang, "draw/supersede", view).again().into());
    }
    let (vault, by, id) = (vault.inner().clone(), staff.0.id.clone(), plan.id.clone());
    let (library, activity) = (Arc::clone(library), plan.activity.clone());
    db.write("supersede manifest", move |tx| {
        draw::supersede(tx, &vault, &by, &id, &successor)?;
        // The purge follows the draw, so the notice that the form shows has another date.
        draw::renew_notice(tx, &activity, &library)
    })
    .await?;
    Ok(Reply::go(lang, &format!("/d/{}", plan.id)))
}

async fn troubles(
    db: &Db,
    facts: &Facts,
    plan: &Plan,
    successor: &Successor,
) -> Result<Vec<SuccessorTrouble>, Error> {
    let (facts, plan, successor) = (facts.clone(), plan.clone(), successor.clone());
    db.read("check successor", move |tx| {
        draw::successor_troubles(tx, &facts, &plan, &successor)
    })
    .await
}
