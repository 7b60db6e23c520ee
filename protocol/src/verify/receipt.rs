//! Check `receipt`: the caller's own ticket (section 4.2).
//!
//! Invariant: neither the subject nor the receipt code ever gets into a reason.

use super::Options;
use super::drawing::openings;
use super::entries;
use super::files::Drawn;
use super::openings::leaf_of;
use super::report::Finding;
use crate::encode::Hash;
use crate::note::{Checkpoint, TlogProof};
use crate::result::holdings;
use crate::ticket::{Secret, TicketNumber, bind, commitment};
use crate::tree::{leaf_hash, root, verify_inclusion};

/// tag ‖ bind ‖ u32be(`ticket_no`) ‖ nonce.
const SECRET_EXTRA: usize = 100;

pub(super) fn is_given(options: &Options) -> bool {
    options.receipt.is_some() || options.secret.is_some() || options.id.is_some()
}

pub(super) fn none_given() -> Finding {
    Finding::not_applicable("no receipt was given")
}

pub(super) fn check(drawn: &Drawn<'_>, options: &Options) -> Finding {
    match (&options.receipt, &options.secret, &options.id) {
        (Some(receipt), secret, id) => {
            let ticket = Ticket::read(receipt, drawn)
                .and_then(|ticket| ticket.opens(secret.as_ref(), id.as_deref(), drawn));
            let found = ticket.and_then(|(ticket, opened)| ticket.in_list(drawn, opened));
            found.into()
        }
        (None, Some(secret), Some(id)) => by_code(drawn, secret, id),
        (None, Some(_), None) => {
            Finding::could_not("a receipt code alone shows nothing: give the ID number as well")
        }
        (None, None, Some(_)) => {
            Finding::could_not("an ID number alone shows nothing: give the receipt as well")
        }
        (None, None, None) => none_given(),
    }
}

/// The ticket that a receipt or shareable proof is about.
struct Ticket<'a> {
    index: u64,
    leaf: Hash,
    opening: Option<SecretOpening>,
    checkpoint: Checkpoint,
    receipt: &'a TlogProof,
}

/// What only the entrant's own receipt holds.
struct SecretOpening {
    bind: Hash,
    ticket_no: u32,
    nonce: Hash,
}

impl<'a> Ticket<'a> {
    /// The receipt itself: signed by the site, and its ticket in the log at that moment.
    fn read(receipt: &'a TlogProof, drawn: &Drawn<'_>) -> Result<Ticket<'a>, Finding> {
        let failed = |error: &dyn std::fmt::Display| Finding::failed(format!("receipt: {error}"));
        let text = drawn.site.open(&receipt.checkpoint);
        let text = text.map_err(|error| failed(&error))?;
        let checkpoint = Checkpoint::parse(text).map_err(|error| failed(&error))?;
        let origin = &drawn.manifest().origin;
        if checkpoint.origin != *origin {
            return Err(Finding::differs(
                "the receipt is of another draw's log",
                origin,
                &checkpoint.origin,
            ));
        }
        let extra = receipt.extra.as_deref().unwrap_or_default();
        let (leaf, opening) = read_extra(extra, &drawn.base())
            .ok_or_else(|| failed(&"expected 100 or 32 bytes of extra data"))?;
        verify_inclusion(
            &leaf_hash(leaf.as_bytes()),
            receipt.index,
            checkpoint.size,
            &receipt.hashes,
            &checkpoint.root,
        )
        .map_err(|error| failed(&error))?;
        Ok(Ticket {
            index: receipt.index,
            leaf,
            opening,
            checkpoint,
            receipt,
        })
    }

    /// The receipt belongs to this code and this ID, as far as they are given.
    fn opens(
        self,
        secret: Option<&Secret>,
        id: Option<&str>,
        drawn: &Drawn<'_>,
    ) -> Result<(Ticket<'a>, &'static str), Finding> {
        let Some(opening) = &self.opening else {
            return if secret.is_none() && id.is_none() {
                Ok((self, ""))
            } else {
                Err(Finding::could_not(
                    "a shareable proof does not show whose ticket it is: give the receipt file",
                ))
            };
        };
        if let Some(secret) = secret
            && secret.nonce(&drawn.base(), opening.ticket_no) != opening.nonce
        {
            return Err(Finding::failed(
                "the receipt belongs to another receipt code",
            ));
        }
        match id {
            None => Ok((self, "")),
            Some(id) if bind(&opening.nonce, id) == opening.bind => {
                Ok((self, " and belongs to the given ID number"))
            }
            Some(_) => Err(Finding::failed("the receipt belongs to another ID number")),
        }
    }

    /// The log at the moment of the receipt is part of the list that was drawn from.
    fn in_list(self, drawn: &Drawn<'_>, opened: &str) -> Result<String, Finding> {
        let number = TicketNumber(self.index);
        let close = drawn.close();
        let Checkpoint { size, root, .. } = &self.checkpoint;
        if *size > close.size {
            return Err(Finding::failed(format!(
                "ticket {number} is missing: the site signed a log of {size} tickets, the close has {}",
                close.size
            )));
        }
        let known = if *size == close.size {
            Some(close.root)
        } else {
            self.root_from_entries(drawn)
        };
        if let Some(known) = known {
            if known != *root {
                return Err(Finding::failed(format!(
                    "the site signed two different logs of {size} tickets: {root} for this receipt, {known} for the draw"
                )));
            }
        } else {
            match leaf_of(drawn, self.index) {
                Some(leaf) if leaf != self.leaf => {
                    return Err(Finding::differs(
                        &format!("leaf of ticket {number}"),
                        self.leaf,
                        leaf,
                    ));
                }
                Some(_) => {}
                None => {
                    return Err(Finding::could_not(format!(
                        "ticket {number} was accepted{opened}; without entries.bin the bundle cannot show whether it is in the final list"
                    )));
                }
            }
        }
        let state = state(drawn, self.index);
        Ok(format!(
            "ticket {number} is in the final list{opened}; {state}"
        ))
    }

    /// The root of the drawn list at the size of the receipt, if the bundle has the whole list.
    fn root_from_entries(&self, drawn: &Drawn<'_>) -> Option<Hash> {
        let mut tree = entries::tree(drawn.entries?, drawn.close().size)?;
        debug_assert!(self.receipt.index < self.checkpoint.size);
        let Ok(root) = root(&mut tree, self.checkpoint.size);
        Some(root)
    }
}

/// The leaf data C of a receipt or shareable proof; a secret receipt needs the base manifest.
pub(crate) fn leaf(receipt: &TlogProof, base: Option<&Hash>) -> Option<Hash> {
    let extra = receipt.extra.as_deref()?;
    match (<[u8; 32]>::try_from(extra), base) {
        (Ok(leaf), _) => Some(Hash(leaf)),
        (Err(_), Some(base)) => Some(read_extra(extra, base)?.0),
        (Err(_), None) => None,
    }
}

/// The leaf data C, and the opening if the receipt is the entrant's own.
fn read_extra(extra: &[u8], base: &Hash) -> Option<(Hash, Option<SecretOpening>)> {
    if let Ok(leaf) = extra.try_into() {
        return Some((Hash(leaf), None));
    }
    if extra.len() != SECRET_EXTRA {
        return None;
    }
    let (tag, rest) = extra.split_first_chunk::<32>()?;
    let (bind, rest) = rest.split_first_chunk::<32>()?;
    let (ticket_no, rest) = rest.split_first_chunk::<4>()?;
    let nonce = rest.first_chunk::<32>()?;
    let opening = SecretOpening {
        bind: Hash(*bind),
        ticket_no: u32::from_be_bytes(*ticket_no),
        nonce: Hash(*nonce),
    };
    let leaf = commitment(base, &Hash(*tag), &opening.bind, opening.ticket_no);
    Some((leaf, Some(opening)))
}

/// A winner's code and ID number find the ticket among the published openings.
fn by_code(drawn: &Drawn<'_>, secret: &Secret, id: &str) -> Finding {
    let base = drawn.base();
    let own = openings(drawn)
        .into_iter()
        .find(|(_, opening)| bind(&secret.nonce(&base, opening.ticket_no), id) == opening.bind);
    match own {
        Some((index, _)) => Finding::passed(format!(
            "ticket {} belongs to the given code and ID number; {}",
            TicketNumber(index),
            state(drawn, index)
        )),
        None => Finding::could_not(
            "no drawn ticket belongs to this code and ID number; only the receipt file can show a ticket that was not drawn",
        ),
    }
}

/// What became of a ticket, in words.
fn state(drawn: &Drawn<'_>, index: u64) -> String {
    if let Some(code) = drawn.close().void(index) {
        return format!("it is void ({code}) and took no part");
    }
    let held = holdings(&drawn.result.value, &drawn.settle_notes());
    match held.into_iter().find(|holding| holding.index == index) {
        Some(holding) => format!("it holds {}", holding.slot),
        None => "it holds no slot".to_owned(),
    }
}
