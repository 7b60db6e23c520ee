//! Lottery numbers, typed by one member of staff and confirmed by another.

use rocket::{Route, State, get, post, routes};
use serde::Serialize;

use crate::account::guard::{Confirmed, DrawOfficer};
use crate::activity::wire::Heading;
use crate::activity::{self, Facts};
use crate::audit::StaffId;
use crate::draw::numbers::{NumbersStep, numbers_of};
use crate::draw::wire::{numbers_mistake, source_words};
use crate::draw::{self, DrawId, DrawStage, Error, Game, Plan};
use crate::identity::typed;
use crate::platform::clock::Timestamp;
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::platform::web::error::AppResult;
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::vault::Vault;

pub(super) fn routes() -> Vec<Route> {
    routes![numbers_form, take_numbers]
}

#[derive(Serialize)]
struct NumbersView {
    heading: Heading,
    draw: String,
    position: u32,
    words: String,
    which: String,
    balls: u32,
    /// Whether it is a game of the Taiwan Lottery, whose site shows the numbers.
    known: bool,
    stage: &'static str,
    drawn_at: i64,
    published_by: i64,
    /// Whether numbers are taken now.
    ready: bool,
    /// The numbers that count.
    value: Option<String>,
    /// What somebody else has typed.
    theirs: Option<String>,
    /// What the reader has typed.
    own: Option<String>,
    /// The reader typed other numbers than the person before.
    differ: bool,
    numbers: String,
    mistakes: Mistakes,
}

impl NumbersView {
    fn of(
        language: Language,
        facts: &Facts,
        plan: &Plan,
        position: u32,
        reader: &StaffId,
        now: Timestamp,
    ) -> Result<NumbersView, Error> {
        let (source, issue) = numbers_of(plan, position)?;
        let typed = source.typed.as_ref().filter(|_| source.value.is_none());
        let of = |own: bool| {
            typed
                .filter(|typed| (typed.by == *reader) == own)
                .map(|typed| typed.value.clone())
        };
        Ok(NumbersView {
            heading: Heading::of(language, facts),
            draw: plan.id.0.clone(),
            position,
            words: source_words(language, source),
            which: issue.which.pick(language).to_owned(),
            balls: issue.balls,
            known: Game::of(&issue.game).is_some(),
            stage: plan.stage.code(),
            drawn_at: issue.drawn_at.0,
            published_by: issue.published_by.0,
            ready: plan.stage == DrawStage::Frozen && issue.drawn_at <= now,
            value: source.value.clone(),
            theirs: of(false),
            own: of(true),
            differ: false,
            numbers: String::new(),
            mistakes: Mistakes::new(),
        })
    }
}

async fn read(db: &Db, draw: &str) -> Result<(Facts, Plan), Error> {
    let draw = DrawId::from(draw);
    db.read("read draw", move |tx| {
        let plan = draw::by_id(tx, &draw)?;
        Ok((activity::by_id(tx, &plan.activity)?, plan))
    })
    .await
}

#[get("/staff/draws/<draw>/numbers/<position>")]
async fn numbers_form(
    lang: Language,
    staff: DrawOfficer,
    draw: &str,
    position: u32,
    db: &State<Db>,
) -> AppResult<Page> {
    let (facts, plan) = read(db, draw).await?;
    let now = db.clock().now();
    let view = NumbersView::of(lang, &facts, &plan, position, &staff.0.id, now)?;
    Ok(Page::new(lang, "draw/numbers", view).no_store())
}

/// Numbers typed, or those of a colleague confirmed: both are this person's word for them.
#[post("/staff/draws/<draw>/numbers/<position>", data = "<form>")]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn take_numbers(
    lang: Language,
    staff: DrawOfficer,
    draw: &str,
    position: u32,
    _confirmed: Confirmed,
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Reply> {
    let (facts, plan) = read(db, draw).await?;
    let now = db.clock().now();
    let numbers = typed::line(form.value("numbers"));
    let mut view = NumbersView::of(lang, &facts, &plan, position, &staff.0.id, now)?;
    if form.has("confirm") && !form.has("compared") {
        let words = text::message(lang, "draw-numbers-compared-empty", &[]);
        view.mistakes.add("compared", words);
        return Ok(Page::new(lang, "draw/numbers", view).again().into());
    }
    let (vault, by, id, sent) = (
        vault.inner().clone(),
        staff.0.id.clone(),
        plan.id.clone(),
        numbers.clone(),
    );
    let step = db
        .write("type numbers", move |tx| {
            draw::type_numbers(tx, &vault, &by, &id, position, &sent)
        })
        .await;
    match step {
        Ok(NumbersStep::Taken { drawn: true }) => Ok(Reply::go(lang, &format!("/d/{}", plan.id))),
        Ok(NumbersStep::OneMore | NumbersStep::Taken { drawn: false }) => Ok(Reply::go(
            lang,
            &format!("/staff/draws/{}/numbers/{position}", plan.id),
        )),
        Ok(NumbersStep::Differ) => {
            let (facts, plan) = read(db, draw).await?;
            let mut view = NumbersView::of(lang, &facts, &plan, position, &staff.0.id, now)?;
            view.differ = true;
            Ok(Page::new(lang, "draw/numbers", view).no_store().into())
        }
        Err(Error::Numbers(error)) => {
            view.numbers = numbers;
            view.mistakes.add("numbers", numbers_mistake(lang, error));
            Ok(Page::new(lang, "draw/numbers", view).again().into())
        }
        Err(error) => Err(error.into()),
    }
}
