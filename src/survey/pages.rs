//! Staff pages on which the questions of a draft are written; no script needed.

use rocket::{Route, State, get, post, routes};

use crate::account::guard::Librarian;
use crate::activity::stage::Draft;
use crate::activity::wire::Heading;
use crate::activity::{self, Activity, ActivityId, Facts};
use crate::platform::db::{Db, Tx};
use crate::platform::text::Language;
use crate::platform::web::error::AppResult;
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};

use super::question::Question;
use super::wire::builder::{
    QuestionForm, QuestionRow, QuestionView, QuestionsView, kind_words, kinds,
};
use super::{Direction, Error, QuestionId};

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    routes![list, new, create, edit, save, shift, remove]
}

fn read(tx: &mut Tx, id: &ActivityId) -> Result<(Facts, Vec<Question>), Error> {
    let draft: Activity<Draft> = Activity::at(activity::by_id(tx, id)?)?;
    let questions = super::questionnaire(tx, id)?.questions().to_vec();
    Ok((draft.facts().clone(), questions))
}

async fn draft(db: &Db, id: &ActivityId) -> Result<(Facts, Vec<Question>), Error> {
    let id = id.clone();
    db.read("read questions", move |tx| read(tx, &id)).await
}

fn list_path(id: &ActivityId) -> String {
    format!("/staff/activities/{id}/questions")
}

#[get("/staff/activities/<id>/questions")]
async fn list(lang: Language, _staff: Librarian, id: &str, db: &State<Db>) -> AppResult<Page> {
    let (facts, questions) = draft(db, &ActivityId::from(id)).await?;
    let rows = questions.iter().map(|q| QuestionRow::of(lang, q));
    let view = QuestionsView {
        heading: Heading::of(lang, &facts),
        questions: rows.collect(),
        kinds: kinds(lang),
    };
    Ok(Page::new(lang, "survey/questions", view).no_store())
}

#[get("/staff/activities/<id>/questions/new?<kind>")]
async fn new(
    lang: Language,
    _staff: Librarian,
    id: &str,
    kind: Option<&str>,
    db: &State<Db>,
) -> AppResult<Page> {
    let id = ActivityId::from(id);
    let (facts, _) = draft(db, &id).await?;
    let form = QuestionForm::empty(kind.unwrap_or_default());
    let action = format!("{}/new", list_path(&id));
    Ok(question_page(lang, &facts, action, form, Mistakes::new()).no_store())
}

#[post("/staff/activities/<id>/questions/new", data = "<form>")]
async fn create(
    lang: Language,
    staff: Librarian,
    id: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let question = QuestionId::fresh();
    let action = format!("/staff/activities/{id}/questions/new");
    keep(
        lang,
        staff,
        ActivityId::from(id),
        question,
        action,
        form,
        db,
    )
    .await
}

#[get("/staff/activities/<id>/questions/<question>", rank = 2)]
async fn edit(
    lang: Language,
    _staff: Librarian,
    id: &str,
    question: &str,
    db: &State<Db>,
) -> AppResult<Page> {
    let id = ActivityId::from(id);
    let (facts, questions) = draft(db, &id).await?;
    let known = questions
        .iter()
        .find(|known| known.id.as_str() == question)
        .ok_or(Error::Unknown)?;
    let action = format!("{}/{question}", list_path(&id));
    let form = QuestionForm::filled(known);
    Ok(question_page(lang, &facts, action, form, Mistakes::new()).no_store())
}

#[post(
    "/staff/activities/<id>/questions/<question>",
    data = "<form>",
    rank = 2
)]
async fn save(
    lang: Language,
    staff: Librarian,
    id: &str,
    question: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let action = format!("/staff/activities/{id}/questions/{question}");
    let question = QuestionId::from(question);
    keep(
        lang,
        staff,
        ActivityId::from(id),
        question,
        action,
        form,
        db,
    )
    .await
}

async fn keep(
    lang: Language,
    staff: Librarian,
    id: ActivityId,
    question: QuestionId,
    action: String,
    form: FormFields,
    db: &Db,
) -> AppResult<Reply> {
    let (facts, questions) = draft(db, &id).await?;
    let known = questions.iter().find(|known| known.id == question);
    let form = QuestionForm::of(&form);
    let choices = known.map(|q| q.kind.options()).unwrap_or_default();
    match form.parse(lang, &question, choices) {
        Ok(question) => {
            let (by, at) = (staff.0.id.clone(), id.clone());
            db.write("save question", move |tx| {
                super::save(tx, &by, &at, question.clone())
            })
            .await?;
            Ok(Reply::go(lang, &list_path(&id)))
        }
        Err(mistakes) => Ok(question_page(lang, &facts, action, form, mistakes)
            .again()
            .into()),
    }
}

fn question_page(
    lang: Language,
    facts: &Facts,
    action: String,
    form: QuestionForm,
    mistakes: Mistakes,
) -> Page {
    let view = QuestionView {
        heading: Heading::of(lang, facts),
        action,
        kind_words: kind_words(lang, &form.kind),
        form,
        mistakes,
    };
    Page::new(lang, "survey/question", view)
}

#[post("/staff/activities/<id>/questions/<question>/move", data = "<form>")]
async fn shift(
    lang: Language,
    staff: Librarian,
    id: &str,
    question: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let (at, question) = (ActivityId::from(id), QuestionId::from(question));
    let direction = match form.value("direction") {
        "up" => Direction::Up,
        _ => Direction::Down,
    };
    let back = list_path(&at);
    db.write("move question", move |tx| {
        super::shift(tx, &staff.0.id, &at, &question, direction)
    })
    .await?;
    Ok(Reply::go(lang, &back))
}

#[post("/staff/activities/<id>/questions/<question>/delete")]
async fn remove(
    lang: Language,
    staff: Librarian,
    id: &str,
    question: &str,
    db: &State<Db>,
) -> AppResult<Reply> {
    let (at, question) = (ActivityId::from(id), QuestionId::from(question));
    let back = list_path(&at);
    db.write("remove question", move |tx| {
        super::remove(tx, &staff.0.id, &at, &question)
    })
    .await?;
    Ok(Reply::go(lang, &back))
}
