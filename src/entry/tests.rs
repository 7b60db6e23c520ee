//! A person enters: through the pages, on a database and a vault of its own.

mod flow;
mod large;
mod limits;
mod own_entry;
mod surveys;
mod tokens;
mod town;
mod traces;
