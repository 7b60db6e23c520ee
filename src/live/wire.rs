//! What the screens of a live draw show: views, and nothing of a person but a masked name.

mod desk;
mod minutes;
mod scene;

pub(super) use desk::{DeskView, PasteView};
pub(super) use minutes::MinutesView;
pub(super) use scene::{Playing, SceneView};

use lucky_draw::beacon::BeaconError;
use lucky_draw::result::Slot;
use lucky_draw::ticket::TicketNumber;
use serde::Serialize;

use crate::draw::{Plan, slot_words};
use crate::platform::text::{self, Language};

/// A ticket and what it holds.
#[derive(Debug, Clone, Serialize)]
pub(super) struct TicketRow {
    slot: String,
    ticket: String,
    /// Masked; none where names are not shown, or this one did not open.
    name: Option<String>,
}

impl TicketRow {
    fn of(
        language: Language,
        plan: &Plan,
        slot: &Slot,
        index: u64,
        name: Option<String>,
    ) -> TicketRow {
        TicketRow {
            slot: slot_words(language, plan, slot),
            ticket: TicketNumber(index).to_string(),
            name,
        }
    }
}

/// What the field says about what was pasted: the round with ✓, or what to do.
pub(super) fn paste_words(
    language: Language,
    round: u64,
    read: &Result<lucky_draw::beacon::Beacon, BeaconError>,
) -> String {
    let number = round.to_string();
    match read {
        Ok(_) => text::message(language, "live-paste-right", &[("round", number.into())]),
        Err(error) => {
            let why = match error {
                BeaconError::Json => text::message(language, "draw-paste-json", &[]),
                BeaconError::Hex => text::message(language, "draw-paste-hex", &[]),
                BeaconError::Previous => text::message(language, "draw-paste-previous", &[]),
                BeaconError::Round { found, .. } => text::message(
                    language,
                    "draw-paste-round",
                    &[
                        ("round", number.clone().into()),
                        ("found", found.to_string().into()),
                    ],
                ),
                BeaconError::Length { expected, found } => {
                    let digits = |bytes: usize| i64::try_from(2 * bytes).unwrap_or(i64::MAX);
                    text::message(
                        language,
                        "draw-paste-length",
                        &[
                            ("expected", digits(*expected).into()),
                            ("found", digits(*found).into()),
                        ],
                    )
                }
                BeaconError::Encoding | BeaconError::Signature | BeaconError::Randomness => {
                    text::message(language, "draw-paste-signature", &[])
                }
            };
            let args = [("round", number.into()), ("why", why.into())];
            text::message(language, "live-paste-wrong", &args)
        }
    }
}
