//! Ending an activity early, with a reason that the public reads.

use rocket::{Route, State, get, post, routes};
use serde::Serialize;

use crate::account::guard::{Confirmed, Librarian};
use crate::activity::wire::Heading;
use crate::activity::{self, ActivityId, Facts};
use crate::draw::cancel::{self, Alone, CancelCode};
use crate::draw::wire::cancel_words;
use crate::draw::{self, DrawId, Plan};
use crate::identity::typed;
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::platform::web::error::AppResult;
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::vault::Vault;

use super::{home, keep_people_out, one_of, read_planned};

pub(super) fn routes() -> Vec<Route> {
    routes![cancel_form, cancel_activity, one_form, cancel_one]
}

#[derive(Serialize)]
struct CancelView {
    heading: Heading,
    /// Whether it can still be cancelled.
    possible: bool,
    published: bool,
    codes: Vec<CodeOption>,
    code: String,
    words_zh: String,
    words_en: String,
    mistakes: Mistakes,
}

#[derive(Clone, Serialize)]
struct CodeOption {
    value: &'static str,
    label: String,
}

impl CancelView {
    fn of(
        language: Language,
        facts: &Facts,
        plans: &[Plan],
        form: &FormFields,
        possible: bool,
    ) -> CancelView {
        let option = |code: CancelCode| CodeOption {
            value: code.code(),
            label: cancel_words(language, code),
        };
        CancelView {
            heading: Heading::of(language, facts),
            possible,
            published: plans.iter().any(|plan| plan.manifest.is_some()),
            codes: CancelCode::ALL.map(option).to_vec(),
            code: form.value("code").to_owned(),
            words_zh: typed::lines(form.value("words_zh")),
            words_en: typed::lines(form.value("words_en")),
            mistakes: Mistakes::new(),
        }
    }

    fn check(&mut self, language: Language, sure: bool) -> Option<CancelCode> {
        let code = CancelCode::parse(&self.code);
        let mut note = |wrong: bool, field: &str, id: &str| {
            if wrong {
                self.mistakes.add(field, text::message(language, id, &[]));
            }
        };
        note(code.is_none(), "code", "draw-cancel-code-empty");
        note(
            self.words_zh.is_empty(),
            "words_zh",
            "draw-cancel-words-empty",
        );
        note(
            self.words_en.is_empty(),
            "words_en",
            "draw-cancel-words-empty",
        );
        note(!sure, "sure", "draw-cancel-sure-empty");
        keep_people_out(
            language,
            &mut self.mistakes,
            [("words_zh", &self.words_zh), ("words_en", &self.words_en)],
        );
        code.filter(|_| self.mistakes.is_empty())
    }

    /// What the public reads, in both languages.
    fn words(&self) -> String {
        format!("{}\n{}", self.words_zh, self.words_en)
    }
}

#[get("/staff/activities/<id>/cancel")]
async fn cancel_form(
    lang: Language,
    _staff: Librarian,
    id: &str,
    db: &State<Db>,
) -> AppResult<Page> {
    let (facts, plans) = read_planned(db, &ActivityId::from(id)).await?;
    let possible = cancel::may_be_cancelled(&facts, &plans, db.clock().now());
    let view = CancelView::of(lang, &facts, &plans, &FormFields::default(), possible);
    Ok(Page::new(lang, "draw/cancel", view).no_store())
}

#[post("/staff/activities/<id>/cancel", data = "<form>")]
async fn cancel_activity(
    lang: Language,
    staff: Librarian,
    id: &str,
    _confirmed: Confirmed,
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Reply> {
    let id = ActivityId::from(id);
    let (facts, plans) = read_planned(db, &id).await?;
    let possible = cancel::may_be_cancelled(&facts, &plans, db.clock().now());
    let mut view = CancelView::of(lang, &facts, &plans, &form, possible);
    let Some(code) = view.check(lang, form.has("sure")).filter(|_| possible) else {
        return Ok(Page::new(lang, "draw/cancel", view).again().into());
    };
    let (vault, by, words) = (vault.inner().clone(), staff.0.id.clone(), view.words());
    let cancelled = id.clone();
    db.write("cancel activity", move |tx| {
        let facts = activity::by_id(tx, &cancelled)?;
        draw::cancel(tx, &vault, &by, &facts, code, &words)
    })
    .await?;
    Ok(Reply::go(lang, &home(&id)))
}

#[derive(Serialize)]
struct CancelOneView {
    heading: Heading,
    draw: String,
    name: String,
    /// `possible`, or why it is not: `last`, `decided`, `stage`.
    state: &'static str,
    codes: Vec<CodeOption>,
    code: String,
    mistakes: Mistakes,
}

impl CancelOneView {
    fn of(language: Language, facts: &Facts, plan: &Plan, code: &str, alone: Alone) -> Self {
        let option = |code: CancelCode| CodeOption {
            value: code.code(),
            label: cancel_words(language, code),
        };
        CancelOneView {
            heading: Heading::of(language, facts),
            draw: plan.id.0.clone(),
            name: plan.name.pick(language).to_owned(),
            state: match alone {
                Alone::Possible => "possible",
                Alone::LastDraw => "last",
                Alone::Decided => "decided",
                Alone::OtherStage => "stage",
            },
            codes: CancelCode::ALL.map(option).to_vec(),
            code: code.to_owned(),
            mistakes: Mistakes::new(),
        }
    }
}

async fn read_one(
    lang: Language,
    db: &Db,
    id: &ActivityId,
    draw: &str,
    code: &str,
) -> AppResult<CancelOneView> {
    let (facts, plans) = read_planned(db, id).await?;
    let plan = one_of(&plans, draw)?;
    let alone = cancel::may_be_cancelled_alone(&facts, plan, &plans, db.clock().now());
    Ok(CancelOneView::of(lang, &facts, plan, code, alone))
}

#[get("/staff/activities/<id>/draws/<draw>/cancel")]
async fn one_form(
    lang: Language,
    _staff: Librarian,
    id: &str,
    draw: &str,
    db: &State<Db>,
) -> AppResult<Page> {
    let view = read_one(lang, db, &ActivityId::from(id), draw, "").await?;
    Ok(Page::new(lang, "draw/cancel_one", view).no_store())
}

#[post("/staff/activities/<id>/draws/<draw>/cancel", data = "<form>")]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn cancel_one(
    lang: Language,
    staff: Librarian,
    id: &str,
    draw: &str,
    _confirmed: Confirmed,
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Reply> {
    let id = ActivityId::from(id);
    let mut view = read_one(lang, db, &id, draw, form.value("code")).await?;
    let mut note = |wrong: bool, field: &str, message: &str| {
        if wrong {
            view.mistakes.add(field, text::message(lang, message, &[]));
        }
    };
    let code = CancelCode::parse(form.value("code"));
    note(code.is_none(), "code", "draw-cancel-code-empty");
    note(!form.has("sure"), "sure", "draw-cancel-sure-empty");
    let Some(code) = code.filter(|_| view.mistakes.is_empty() && view.state == "possible") else {
        return Ok(Page::new(lang, "draw/cancel_one", view).again().into());
    };
    let (vault, by, draw) = (
        vault.inner().clone(),
        staff.0.id.clone(),
        DrawId::from(draw),
    );
    db.write("cancel draw", move |tx| {
        draw::cancel_one(tx, &vault, &by, &draw, code)
    })
    .await?;
    Ok(Reply::go(lang, &format!("{}/draws", home(&id))))
}
