//! What crosses the boundary of branches: names in, lists and choices out.

use serde::Serialize;

use crate::identity::typed;
use crate::platform::text::{self, Language};
use crate::platform::web::form::{FormFields, Mistakes};

use super::{Branch, Name};

/// The longest name of a branch, in characters.
const LONGEST: usize = 60;

/// The page of all branches, with the form of one.
#[derive(Serialize)]
pub(super) struct BranchesView {
    rows: Vec<Row>,
    /// The branch that is renamed; empty for a new one.
    editing: String,
    name_zh: String,
    name_en: String,
    mistakes: Mistakes,
}

#[derive(Serialize)]
struct Row {
    id: String,
    zh: String,
    en: String,
    closed: bool,
}

impl BranchesView {
    pub(super) fn of(
        branches: &[Branch],
        editing: &str,
        form: &FormFields,
        mistakes: Mistakes,
    ) -> BranchesView {
        let edited = branches.iter().find(|branch| branch.id.as_str() == editing);
        let typed = |name: &str, own: Option<&String>| match form.has(name) {
            true => form.value(name).to_owned(),
            false => own.cloned().unwrap_or_default(),
        };
        BranchesView {
            rows: branches
                .iter()
                .map(|branch| Row {
                    id: branch.id.0.clone(),
                    zh: branch.name.zh.clone(),
                    en: branch.name.en.clone(),
                    closed: branch.closed_at.is_some(),
                })
                .collect(),
            editing: edited.map(|branch| branch.id.0.clone()).unwrap_or_default(),
            name_zh: typed("name_zh", edited.map(|branch| &branch.name.zh)),
            name_en: typed("name_en", edited.map(|branch| &branch.name.en)),
            mistakes,
        }
    }
}

/// Reads the name of a branch.
pub(super) fn read_name(lang: Language, form: &FormFields) -> Result<Name, Mistakes> {
    let mut mistakes = Mistakes::new();
    for field in ["name_zh", "name_en"] {
        let length = typed::length(&typed::line(form.value(field)));
        if length == 0 || length > LONGEST {
            let most = [("most", LONGEST.into())];
            mistakes.add(field, text::message(lang, "branch-name-wrong", &most));
        }
    }
    match mistakes.is_empty() {
        true => Ok(Name {
            zh: typed::line(form.value("name_zh")),
            en: typed::line(form.value("name_en")),
        }),
        false => Err(mistakes),
    }
}

/// Says at the field that another branch has the name.
pub(super) fn name_taken(lang: Language) -> Mistakes {
    let mut mistakes = Mistakes::new();
    mistakes.add("name_zh", text::message(lang, "branch-name-taken", &[]));
    mistakes
}

/// A branch in a form of another domain.
#[derive(Debug, Clone, Serialize)]
pub struct Choice {
    /// Its id; empty for the whole library.
    pub value: String,
    /// Its name in the reader's language.
    pub label: String,
}

impl Choice {
    /// A branch to choose.
    pub fn of(lang: Language, branch: &Branch) -> Choice {
        let name = branch.name.pick(lang);
        Choice {
            value: branch.id.0.clone(),
            label: match branch.closed_at {
                None => name.to_owned(),
                Some(_) => text::message(lang, "branch-closed-one", &[("name", name.into())]),
            },
        }
    }

    /// The choice that is no branch.
    pub fn whole_library(lang: Language) -> Choice {
        Choice {
            value: String::new(),
            label: text::message(lang, "branch-whole-library", &[]),
        }
    }
}
