//! Corrections of a list between its close and its freeze, proposed by one person and confirmed by
//! another.

use diesel::prelude::*;
use lucky_draw::record::VoidCode;

use crate::audit::StaffId;
use crate::draw::{Correction, Plan};
use crate::platform::db::column::{signed, unsigned};
use crate::platform::db::schema::corrections;
use crate::platform::db::{self, Tx};

/// The `seq` of corrections that wait for a second person.
const PROPOSED: i64 = 0;

type CorrectionRow = (i64, String, String, String);

pub(in crate::draw) fn proposed(tx: &mut Tx, plan: &Plan) -> Result<Vec<Correction>, db::Error> {
    let rows: Vec<CorrectionRow> = corrections_of(plan)
        .filter(corrections::seq.eq(PROPOSED))
        .select((
            corrections::position,
            corrections::code,
            corrections::reason,
            corrections::proposed_by,
        ))
        .order(corrections::position)
        .load(tx.conn())?;
    let correction = |(index, code, reason, by): CorrectionRow| Correction {
        index: unsigned(index),
        code: VoidCode::from_letter(&code),
        reason,
        proposed_by: StaffId(by),
    };
    Ok(rows.into_iter().map(correction).collect())
}

/// Stores a proposal in the place of an earlier one about the same ticket.
pub(in crate::draw) fn propose(
    tx: &mut Tx,
    plan: &Plan,
    correction: &Correction,
) -> Result<(), db::Error> {
    drop_proposal(tx, plan, correction.index)?;
    let now = tx.now().0;
    diesel::insert_into(corrections::table)
        .values((
            corrections::activity_id.eq(plan.activity.as_str()),
            corrections::draw_id.eq(plan.id.as_str()),
            corrections::seq.eq(PROPOSED),
            corrections::position.eq(signed(correction.index)),
            corrections::code.eq(correction
                .code
                .map(|code| code.to_string())
                .unwrap_or_default()),
            corrections::reason.eq(&correction.reason),
            corrections::proposed_by.eq(correction.proposed_by.as_str()),
            corrections::confirmed_by.eq(""),
            corrections::written_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::draw) fn drop_proposal(
    tx: &mut Tx,
    plan: &Plan,
    index: u64,
) -> Result<(), db::Error> {
    diesel::delete(
        corrections_of(plan)
            .filter(corrections::seq.eq(PROPOSED))
            .filter(corrections::position.eq(signed(index))),
    )
    .execute(tx.conn())?;
    Ok(())
}

/// Removes all corrections of a list that is closed anew; what they changed stays.
pub(in crate::draw) fn drop_corrections(tx: &mut Tx, plan: &Plan) -> Result<(), db::Error> {
    diesel::delete(corrections_of(plan)).execute(tx.conn())?;
    Ok(())
}

/// Turns a proposal into a correction of a close; why is in the audit record alone.
pub(in crate::draw) fn confirm_proposed(
    tx: &mut Tx,
    plan: &Plan,
    index: u64,
    seq: u32,
    by: &StaffId,
) -> Result<(), db::Error> {
    let proposal = corrections_of(plan)
        .filter(corrections::seq.eq(PROPOSED))
        .filter(corrections::position.eq(signed(index)));
    diesel::update(proposal)
        .set((
            corrections::seq.eq(i64::from(seq)),
            corrections::reason.eq(""),
            corrections::confirmed_by.eq(by.as_str()),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Whether one person proposed and confirmed a correction of this close.
pub(in crate::draw) fn corrected_alone(
    tx: &mut Tx,
    plan: &Plan,
    seq: u32,
) -> Result<bool, db::Error> {
    let alone: i64 = corrections_of(plan)
        .filter(corrections::seq.eq(i64::from(seq)))
        .filter(corrections::confirmed_by.eq(corrections::proposed_by))
        .count()
        .get_result(tx.conn())?;
    Ok(seq > 0 && alone > 0)
}

/// The corrections of a draw.
#[diesel::dsl::auto_type(no_type_alias)]
fn corrections_of<'a>(plan: &'a Plan) -> _ {
    let activity: &'a str = plan.activity.as_str();
    let id: &'a str = plan.id.as_str();
    corrections::table
        .filter(corrections::activity_id.eq(activity))
        .filter(corrections::draw_id.eq(id))
}
