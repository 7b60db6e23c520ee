//! Ending an activity early, with a reason that the public reads.

use rocket::{Route, State, get, post, routes};
use serde::Serialize;

use crate::account::guard::Librarian;
use crate::activity::wire::Heading;
use crate::activity::{self, ActivityId, Facts};
use crate::draw::cancel::{self, CancelCode};
use crate::draw::wire::cancel_words;
use crate::draw::{self, Plan};
use crate::identity::typed;
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::platform::web::error::AppResult;
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::vault::Vault;

use super::{home, read_planned};

pub(super) fn routes() -> Vec<Route> {
    routes![cancel_form, cancel_activity]
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
        plan: Option<&Plan>,
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
            published: plan.is_some_and(|plan| plan.manifest.is_some()),
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
    let (facts, plan) = read_planned(db, &ActivityId::from(id)).await?;
    let possible = cancel::may_be_cancelled(&facts, plan.as_ref(), db.clock().now());
    let view = CancelView::of(
        lang,
        &facts,
        plan.as_ref(),
        &FormFields::default(),
        possible,
    );
    Ok(Page::new(lang, "draw/cancel", view).no_store())
}

#[post("/staff/activities/<id>/cancel", data = "<form>")]
async fn cancel_activity(
    lang: Language,
    staff: Librarian,
    id: &str,
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Reply> {
    let id = ActivityId::from(id);
    let (facts, plan) = read_planned(db, &id).await?;
    let possible = cancel::may_be_cancelled(&facts, plan.as_ref(), db.clock().now());
    let mut view = CancelView::of(lang, &facts, plan.as_ref(), &form, possible);
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
