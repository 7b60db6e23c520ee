//! Incidents with personal data: what happened, whom it concerns, what was done, who was told.
//!
//! Invariant: an incident is written down by one person, or opened by a rule and then written by one,
//! and told to people after another one has approved the words; each step is added and none removed; the list of those affected is ticket numbers, made from the rows that there
//! are; addresses are opened inside the vault alone, one letter a person and incident.
//!
//! Not here: by which day an authority must be told, which is a setting and no number of ours.

use crate::activity::{self, ActivityId, Facts, LocalText};
use crate::audit::{Actor, StaffId};
use crate::entry::{self, Reachable};
use crate::platform::clock::{HOUR, Timestamp};
use crate::platform::config::Config;
use crate::platform::db::Tx;

use super::steps::{self, StepAct};
use super::{Error, IncidentId, is_second, note, store};

/// How far an incident has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Written down; nobody outside is told.
    Open,
    /// People are told.
    Told,
    /// Over; the words are off the pages.
    Closed,
}

impl State {
    /// Every state.
    pub const ALL: [State; 3] = [State::Open, State::Told, State::Closed];

    /// The word in the database and in message ids.
    pub fn code(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Told => "told",
            State::Closed => "closed",
        }
    }

    /// Reads [`State::code`].
    pub fn parse(code: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// An incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// Its id.
    pub id: IncidentId,
    /// When somebody noticed it.
    pub noticed_at: Timestamp,
    /// When it was written down.
    pub recorded_at: Timestamp,
    /// Who wrote the words that stand here now.
    pub recorded_by: StaffId,
    /// What happened; what people read.
    pub facts: LocalText,
    /// What was done about it, and what people can do; what people read.
    pub measures: LocalText,
    /// By when the authority is to be told; none where the settings name no time.
    pub report_by: Option<Timestamp>,
    /// When the authority was told.
    pub reported_at: Option<Timestamp>,
    /// Under which number.
    pub report_no: String,
    /// How far it has come.
    pub state: State,
    /// Who approved the words.
    pub told_by: Option<StaffId>,
    /// When.
    pub told_at: Option<Timestamp>,
    /// Whether letters leave too.
    pub by_mail: bool,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// The word of the rule that opened it; empty where somebody wrote it down.
    pub origin: String,
    /// How many letters said that it waits.
    pub reminded: u32,
}

impl Incident {
    /// Whether its words are still those of the program.
    pub fn is_unworded(&self) -> bool {
        self.recorded_by.0.is_empty()
    }
}

/// An activity that an incident concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concerned {
    /// The activity.
    pub activity: ActivityId,
    /// How many people's rows there were when it was written down.
    pub affected: u64,
}

/// What somebody writes down.
#[derive(Debug, Clone)]
pub struct NewIncident {
    /// When it was noticed.
    pub noticed_at: Timestamp,
    /// What happened.
    pub facts: LocalText,
    /// What was done about it.
    pub measures: LocalText,
    /// Which activities it concerns; at least one.
    pub activities: Vec<ActivityId>,
}

/// Writes an incident down.
pub fn record(
    tx: &mut Tx,
    config: &Config,
    by: &StaffId,
    new: &NewIncident,
) -> Result<IncidentId, Error> {
    let hours = config.incident_report_hours;
    let incident = Incident {
        id: IncidentId::fresh(),
        noticed_at: new.noticed_at,
        recorded_at: tx.now(),
        recorded_by: by.clone(),
        facts: new.facts.clone(),
        measures: new.measures.clone(),
        report_by: (hours > 0).then(|| new.noticed_at.plus(hours * HOUR)),
        reported_at: None,
        report_no: String::new(),
        state: State::Open,
        told_by: None,
        told_at: None,
        by_mail: false,
        closed_at: None,
        origin: String::new(),
        reminded: 0,
    };
    store::incidents::insert(tx, &incident)?;
    steps::add(tx, &incident.id, Some(by), StepAct::Recorded, ("", 0))?;
    for activity in &new.activities {
        add_activity(tx, by, &incident.id, activity)?;
    }
    Ok(incident.id)
}

/// Adds an activity and counts its people; how many those are.
fn add_activity(
    tx: &mut Tx,
    by: &StaffId,
    id: &IncidentId,
    activity: &ActivityId,
) -> Result<u64, Error> {
    activity::by_id(tx, activity)?;
    let affected = count(affected(tx, activity)?.len());
    let concerned = Concerned {
        activity: activity.clone(),
        affected,
    };
    store::incidents::concern(tx, id, &concerned)?;
    let of = (activity.as_str(), id.as_str());
    let actor = Actor::Staff(by.clone());
    note(
        tx,
        &actor,
        "custody.incident_recorded",
        of,
        &affected.to_string(),
    )?;
    Ok(affected)
}

/// Opens an incident because a rule was reached; where the rule has an open one, notes in it that it
/// was reached again. The words are the program's until somebody writes them anew.
pub fn raise(
    tx: &mut Tx,
    config: &Config,
    rule: &str,
    facts: LocalText,
    measures: LocalText,
) -> Result<IncidentId, Error> {
    if let Some(open) = store::incidents::open_of(tx, rule)? {
        steps::add(tx, &open.id, None, StepAct::SeenAgain, ("", 0))?;
        return Ok(open.id);
    }
    let (hours, now) = (config.incident_report_hours, tx.now());
    let incident = Incident {
        id: IncidentId::fresh(),
        noticed_at: now,
        recorded_at: now,
        recorded_by: StaffId(String::new()),
        facts,
        measures,
        report_by: (hours > 0).then(|| now.plus(hours * HOUR)),
        reported_at: None,
        report_no: String::new(),
        state: State::Open,
        told_by: None,
        told_at: None,
        by_mail: false,
        closed_at: None,
        origin: rule.to_owned(),
        reminded: 0,
    };
    store::incidents::insert(tx, &incident)?;
    steps::add(tx, &incident.id, None, StepAct::Recorded, ("", 0))?;
    let of = ("", incident.id.as_str());
    note(tx, &Actor::System, "custody.incident_raised", of, "")?;
    Ok(incident.id)
}

/// Adds something that was found out or done.
pub fn add_note(tx: &mut Tx, by: &StaffId, id: &IncidentId, words: &str) -> Result<(), Error> {
    is_not_closed(&find(tx, id)?)?;
    steps::add(tx, id, Some(by), StepAct::Note, (words, 0))?;
    act(tx, by, "custody.incident_noted", id, "")
}

/// Says how many people's data it is, and which data.
pub fn add_people(
    tx: &mut Tx,
    by: &StaffId,
    id: &IncidentId,
    count: u64,
    data: &str,
) -> Result<(), Error> {
    is_not_closed(&find(tx, id)?)?;
    steps::add(tx, id, Some(by), StepAct::People, (data, count))?;
    act(tx, by, "custody.incident_noted", id, "")
}

/// Adds activities to those that an open incident concerns.
pub fn concern(
    tx: &mut Tx,
    by: &StaffId,
    id: &IncidentId,
    activities: &[ActivityId],
) -> Result<(), Error> {
    if find(tx, id)?.state != State::Open {
        return Err(Error::Moved);
    }
    let known = store::incidents::concerned(tx, id)?;
    for activity in activities {
        if known.iter().any(|each| each.activity == *activity) {
            continue;
        }
        let affected = add_activity(tx, by, id, activity)?;
        let title = activity::by_id(tx, activity)?.title.zh;
        steps::add(tx, id, Some(by), StepAct::Concerned, (&title, affected))?;
    }
    Ok(())
}

/// Decides that nobody has to be told, and closes the incident.
pub fn dismiss(tx: &mut Tx, by: &StaffId, id: &IncidentId, reason: &str) -> Result<(), Error> {
    let incident = find(tx, id)?;
    let closed = Incident {
        state: State::Closed,
        closed_at: Some(tx.now()),
        ..incident
    };
    store::incidents::update(tx, State::Open, &closed)?;
    steps::add(tx, id, Some(by), StepAct::NotNeeded, (reason, 0))?;
    steps::add(tx, id, Some(by), StepAct::Closed, ("", 0))?;
    act(tx, by, "custody.incident_dismissed", id, reason)
}

fn is_not_closed(incident: &Incident) -> Result<(), Error> {
    match incident.state {
        State::Closed => Err(Error::Moved),
        State::Open | State::Told => Ok(()),
    }
}

/// Incidents of which somebody has to decide something: open ones, and those whose report is due.
pub fn waiting(tx: &mut Tx) -> Result<Vec<Incident>, Error> {
    let all = store::incidents::list(tx)?.into_iter();
    Ok(all
        .filter(|each| match each.state {
            State::Open => true,
            State::Told => each.report_by.is_some() && each.reported_at.is_none(),
            State::Closed => false,
        })
        .collect())
}

/// Notes that a letter said that it waits.
pub fn reminded(tx: &mut Tx, incident: &Incident) -> Result<(), Error> {
    let reminded = Incident {
        reminded: incident.reminded + 1,
        ..incident.clone()
    };
    store::incidents::update(tx, incident.state, &reminded)
}

/// Writes the words anew before people are told; whoever does it cannot be who approves them.
pub fn reword(
    tx: &mut Tx,
    by: &StaffId,
    id: &IncidentId,
    facts: &LocalText,
    measures: &LocalText,
) -> Result<(), Error> {
    let incident = find(tx, id)?;
    let reworded = Incident {
        facts: facts.clone(),
        measures: measures.clone(),
        recorded_by: by.clone(),
        ..incident
    };
    store::incidents::update(tx, State::Open, &reworded)?;
    steps::add(tx, id, Some(by), StepAct::Reworded, ("", 0))?;
    act(tx, by, "custody.incident_reworded", id, "")
}

/// Approves the words: the pages of the activities and of the people who entered show them, and
/// where the operator allows it letters leave.
///
/// # Errors
/// [`Error::SecondPerson`] to whoever wrote them; [`Error::NotAllowed`] for letters that the
/// operator does not allow; [`Error::Moved`] if the words are not those that were `seen`.
pub fn tell(
    tx: &mut Tx,
    config: &Config,
    by: &StaffId,
    id: &IncidentId,
    seen: &str,
    by_mail: ByMail,
) -> Result<(), Error> {
    let incident = find(tx, id)?;
    is_second(&incident.recorded_by, by)?;
    if incident.is_unworded() {
        return Err(Error::Unworded);
    }
    if store::incidents::concerned(tx, id)?.is_empty() {
        return Err(Error::NobodyConcerned);
    }
    if fingerprint(&incident) != seen {
        return Err(Error::Moved);
    }
    if by_mail == ByMail::Yes && !config.breach_mail {
        return Err(Error::NotAllowed);
    }
    let told = Incident {
        state: State::Told,
        told_by: Some(by.clone()),
        told_at: Some(tx.now()),
        by_mail: by_mail == ByMail::Yes,
        ..incident
    };
    store::incidents::update(tx, State::Open, &told)?;
    if told.by_mail {
        for concerned in store::incidents::concerned(tx, id)? {
            for person in affected(tx, &concerned.activity)? {
                store::incidents::insert_letter(tx, id, &concerned.activity, &person.item)?;
            }
        }
        super::jobs::enqueue_letters(tx, id)?;
    }
    steps::add(tx, id, Some(by), StepAct::Told, ("", 0))?;
    act(tx, by, "custody.incident_told", id, "")
}

/// Whether letters leave beside the words on the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByMail {
    /// They do.
    Yes,
    /// The pages alone.
    No,
}

/// What names the words of an incident, so that only what was seen is approved.
pub fn fingerprint(incident: &Incident) -> String {
    let words = [
        &incident.facts.zh,
        &incident.facts.en,
        &incident.measures.zh,
        &incident.measures.en,
    ];
    let text = words.map(String::as_str).join("\n\n");
    lucky_draw::encode::sha256(text.as_bytes()).to_string()
}

/// Notes that the authority was told.
pub fn reported(tx: &mut Tx, by: &StaffId, id: &IncidentId, number: &str) -> Result<(), Error> {
    let incident = find(tx, id)?;
    let state = incident.state;
    let reported = Incident {
        reported_at: Some(tx.now()),
        report_no: number.to_owned(),
        ..incident
    };
    store::incidents::update(tx, state, &reported)?;
    steps::add(tx, id, Some(by), StepAct::Reported, (number, 0))?;
    act(tx, by, "custody.incident_reported", id, "")
}

/// Closes an incident: the words leave the pages, the record stays.
pub fn close(tx: &mut Tx, by: &StaffId, id: &IncidentId) -> Result<(), Error> {
    let incident = find(tx, id)?;
    let closed = Incident {
        state: State::Closed,
        closed_at: Some(tx.now()),
        ..incident
    };
    store::incidents::update(tx, State::Told, &closed)?;
    steps::add(tx, id, Some(by), StepAct::Closed, ("", 0))?;
    act(tx, by, "custody.incident_closed", id, "")
}

/// Every incident, the latest first.
pub fn list(tx: &mut Tx) -> Result<Vec<Incident>, Error> {
    Ok(store::incidents::list(tx)?)
}

/// One incident.
pub fn find(tx: &mut Tx, id: &IncidentId) -> Result<Incident, Error> {
    store::incidents::find(tx, id)?.ok_or(Error::Unknown)
}

/// The activities of an incident.
pub fn concerned(tx: &mut Tx, id: &IncidentId) -> Result<Vec<(Facts, Concerned)>, Error> {
    let concerned = store::incidents::concerned(tx, id)?.into_iter();
    concerned
        .map(|each| Ok((activity::by_id(tx, &each.activity)?, each)))
        .collect()
}

/// The people whose data is there now, each once, by ticket; nothing personal.
pub fn affected(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<Reachable>, Error> {
    Ok(entry::reachable(tx, activity)?)
}

/// How the letters of an incident stand: how many at each stage.
pub fn letters(tx: &mut Tx, id: &IncidentId) -> Result<Vec<(LetterStage, u64)>, Error> {
    Ok(store::incidents::letter_counts(tx, id)?)
}

/// How far a letter has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterStage {
    /// Not sent yet.
    Waiting,
    /// The mail server took it.
    Sent,
    /// The person left no address.
    NoAddress,
    /// The mail server will never take it.
    Refused,
    /// Perhaps it arrived; it is not sent again.
    Uncertain,
}

impl LetterStage {
    /// Every stage.
    pub const ALL: [LetterStage; 5] = [
        LetterStage::Waiting,
        LetterStage::Sent,
        LetterStage::NoAddress,
        LetterStage::Refused,
        LetterStage::Uncertain,
    ];

    /// The word in the database and in message ids.
    pub fn code(self) -> &'static str {
        match self {
            LetterStage::Waiting => "waiting",
            LetterStage::Sent => "sent",
            LetterStage::NoAddress => "no_address",
            LetterStage::Refused => "refused",
            LetterStage::Uncertain => "uncertain",
        }
    }

    /// Reads [`LetterStage::code`].
    pub fn parse(code: &str) -> Option<LetterStage> {
        LetterStage::ALL
            .into_iter()
            .find(|stage| stage.code() == code)
    }
}

fn act(
    tx: &mut Tx,
    by: &StaffId,
    act: &'static str,
    id: &IncidentId,
    reason: &str,
) -> Result<(), Error> {
    note(
        tx,
        &Actor::Staff(by.clone()),
        act,
        ("", id.as_str()),
        reason,
    )
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).expect("a count fits 64 bits")
}
