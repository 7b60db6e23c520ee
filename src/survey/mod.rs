//! A survey: what an activity asks, what counts as an answer, and how answers are counted.
//!
//! Invariant: [`Answers`] hold only answers that their questions accept, each question at most
//! once, in the questionnaire's order. Answers cannot be printed by `Debug`.
//!
//! Not here: who answered (`entry`), and whether answers are linked to an entry (D7: `activity`
//! says it, `entry` does it).

pub mod answer;
pub mod mistake;
pub mod pages;
pub mod question;
mod reply;
mod store;
pub mod tally;
pub mod wire;

use std::fmt;

use crate::activity::draft;
use crate::activity::{self, ActivityId};
use crate::audit::StaffId;
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::platform::ids::text_id;

use answer::Answer;
use mistake::Mistake;
use question::Question;

text_id!(
    /// Names a question within its activity; the form field is `q_` and this.
    QuestionId,
    8
);
text_id!(
    /// Names a choice within its question; stays the same when its words change.
    ChoiceId,
    4
);

/// What has to change before the answers are taken: the form field and why.
pub type Mistakes = Vec<(String, Mistake)>;

/// All questions of an activity in the order they are asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Questionnaire {
    questions: Vec<Question>,
}

impl Questionnaire {
    /// Puts the questions in order of their positions; equal positions keep the order given.
    pub fn new(mut questions: Vec<Question>) -> Self {
        questions.sort_by_key(|question| question.position);
        Self { questions }
    }

    /// The questions in order.
    pub fn questions(&self) -> &[Question] {
        &self.questions
    }

    /// Reads all answers of a form; fields of no question are passed over.
    ///
    /// # Errors
    /// Every question whose answer is missing or not accepted, in order.
    pub fn check_all<'a>(
        &self,
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Answers, Mistakes> {
        let pairs: Vec<(&str, &str)> = pairs.into_iter().collect();
        let mut answers = Vec::new();
        let mut mistakes = Vec::new();
        for question in &self.questions {
            let field = question.field();
            let sent = pairs.iter().filter(|(name, _)| *name == field);
            let raw: Vec<String> = sent.map(|(_, value)| (*value).to_owned()).collect();
            match question.check(&raw) {
                Ok(Some(answer)) => answers.push((question.id.clone(), answer)),
                Ok(None) => {}
                Err(mistake) => mistakes.push((field, mistake)),
            }
        }
        if mistakes.is_empty() {
            Ok(Answers(answers))
        } else {
            Err(mistakes)
        }
    }
}

/// Why questions could not be read or saved.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such question in the activity.
    #[error("no such question")]
    Unknown,
    /// A stored question is of a newer version.
    #[error(transparent)]
    Wire(#[from] wire::Error),
    /// The activity.
    #[error(transparent)]
    Activity(#[from] activity::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Unknown => Kind::NotFound,
            Error::Wire(_) => Kind::Broken,
            Error::Activity(error) => error.kind(),
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Unknown => "survey.unknown",
            Error::Wire(_) => "survey.unreadable",
            Error::Activity(error) => error.code(),
            Error::Db(error) => error.code(),
        }
    }
}

/// What an activity asks, in order.
pub fn questionnaire(tx: &mut Tx, activity: &ActivityId) -> Result<Questionnaire, Error> {
    Ok(Questionnaire::new(store::list(tx, activity)?))
}

/// Which way a question goes in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Asked earlier.
    Up,
    /// Asked later.
    Down,
}

/// Saves a question of a draft: at its place if it is known, else at the end.
pub fn save(
    tx: &mut Tx,
    by: &StaffId,
    activity: &ActivityId,
    question: Question,
) -> Result<(), Error> {
    change(tx, by, activity, |questions| {
        match questions.iter_mut().find(|known| known.id == question.id) {
            Some(known) => *known = question.clone(),
            None => questions.push(question.clone()),
        }
        Ok(())
    })
}

/// Moves a question of a draft by one place; at the edge nothing happens.
pub fn shift(
    tx: &mut Tx,
    by: &StaffId,
    activity: &ActivityId,
    id: &QuestionId,
    direction: Direction,
) -> Result<(), Error> {
    change(tx, by, activity, |questions| {
        let at = questions
            .iter()
            .position(|question| question.id == *id)
            .ok_or(Error::Unknown)?;
        let other = match direction {
            Direction::Up => at.saturating_sub(1),
            Direction::Down => (at + 1).min(questions.len() - 1),
        };
        questions.swap(at, other);
        Ok(())
    })
}

/// Takes a question out of a draft.
pub fn remove(
    tx: &mut Tx,
    by: &StaffId,
    activity: &ActivityId,
    id: &QuestionId,
) -> Result<(), Error> {
    change(tx, by, activity, |questions| {
        questions.retain(|question| question.id != *id);
        Ok(())
    })
}

/// Removes every question, for a draft that is thrown away.
pub fn forget(tx: &mut Tx, activity: &ActivityId) -> Result<(), Error> {
    Ok(store::replace(tx, activity, &[])?)
}

/// Changes the list as a whole, renumbers it and counts one save of the draft.
fn change(
    tx: &mut Tx,
    by: &StaffId,
    activity: &ActivityId,
    mut edit: impl FnMut(&mut Vec<Question>) -> Result<(), Error>,
) -> Result<(), Error> {
    draft::touched(tx, by, activity, "activity.questions_edited")?;
    let mut questions = questionnaire(tx, activity)?.questions;
    edit(&mut questions)?;
    for (position, question) in (0..).zip(&mut questions) {
        question.position = position;
    }
    Ok(store::replace(tx, activity, &questions)?)
}

/// What one person answered; questions left out are absent.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Answers(Vec<(QuestionId, Answer)>);

impl Answers {
    /// The answer to a question.
    pub fn find(&self, question: &QuestionId) -> Option<&Answer> {
        let found = self.0.iter().find(|(id, _)| id == question);
        found.map(|(_, answer)| answer)
    }

    /// All answers in the questionnaire's order.
    pub fn iter(&self) -> impl Iterator<Item = (&QuestionId, &Answer)> {
        self.0.iter().map(|(id, answer)| (id, answer))
    }

    /// Whether nothing was answered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(QuestionId, Answer)> for Answers {
    /// Answers read back from where they were kept.
    fn from_iter<I: IntoIterator<Item = (QuestionId, Answer)>>(answers: I) -> Self {
        Self(answers.into_iter().collect())
    }
}

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answers({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::question::{Choice, QuestionKind};
    use super::*;

    fn asked(id: &str, position: u32, kind: QuestionKind, required: bool) -> Question {
        Question {
            id: id.into(),
            position,
            kind,
            label_zh: id.to_owned(),
            label_en: String::new(),
            hint_zh: String::new(),
            hint_en: String::new(),
            required,
        }
    }

    fn questionnaire() -> Questionnaire {
        let options = ["a", "b"].map(|id| Choice {
            id: id.into(),
            label_zh: id.to_owned(),
            label_en: id.to_owned(),
        });
        let branch = QuestionKind::SingleChoice {
            options: options.to_vec(),
        };
        let books = QuestionKind::Number {
            min: Some(0),
            max: None,
        };
        Questionnaire::new(vec![
            asked("books", 2, books, false),
            asked("branch", 1, branch, true),
        ])
    }

    #[test]
    fn answers_are_read_by_field_and_kept_in_order() {
        let form = [("name", "王小明"), ("q_books", "3"), ("q_branch", "b")];
        let answers = questionnaire().check_all(form).expect("both are fine");
        let order: Vec<&str> = answers.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(order, ["branch", "books"]);
        assert_eq!(answers.find(&"books".into()), Some(&Answer::Number(3)));
        assert_eq!(format!("{answers:?}"), "Answers(2)");
    }

    #[test]
    fn every_mistake_names_its_field() {
        let mistakes = questionnaire().check_all([("q_books", "-1")]);
        let mistakes = mistakes.expect_err("both are not");
        let fields: Vec<&str> = mistakes.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["q_branch", "q_books"]);
    }

    proptest! {
        #[test]
        fn no_form_breaks_the_check(branch in any::<String>(), books in any::<String>()) {
            let form = [("q_branch", branch.as_str()), ("q_books", books.as_str())];
            if let Ok(answers) = questionnaire().check_all(form) {
                prop_assert!(!answers.is_empty());
            }
        }
    }
}
