//! Settlements that pass a prize on to somebody else.

use lucky_draw::encode::sha256;
use lucky_draw::result::{Line, SettleCode, SettleLine, SettleNote, Slot};
use lucky_draw::verify::CheckName::{Links, Openings, Order, Settle};

use crate::forge::Forge;
use crate::mutants::Mutants;

pub(super) fn settle_again(forge: &mut Forge) {
    let names: Vec<String> = forge.notes.keys().cloned().collect();
    for name in names.iter().filter(|name| name.starts_with("settle-")) {
        forge.notes.remove(name);
    }
    let result = forge.result();
    forge.prove(&result, &[]);
}

pub(super) fn settlements(mutants: &mut Mutants<'_>) {
    let group = "settlement";
    let settles = mutants.base.forge.settles();
    for (place, honest) in settles.iter().enumerate() {
        let name = format!("settle-{}.note", place + 1);
        let mut each = |what: &str, checks: &[_], change: &dyn Fn(&mut SettleNote)| {
            let words = format!("{name}: {what}");
            mutants.by_site(group, words, checks, |forge| {
                let mut settle = honest.clone();
                change(&mut settle);
                forge.change(&name, |_| settle.to_text());
            });
        };
        each("names another text before it", &[Links], &|settle| {
            settle.prev = sha256(b"another")
        });
        each("names another result", &[Links], &|settle| {
            settle.result = sha256(b"another")
        });
        each("names another manifest", &[Links], &|settle| {
            settle.manifest = sha256(b"another")
        });
        each("another number", &[Links], &|settle| settle.seq += 1);
        each("the order is said to end later", &[Order], &|settle| {
            settle.end += 1
        });
        each("another ticket is vacated", &[Settle], &|settle| {
            settle.vacates[0].index ^= 1
        });
        each(
            "a slot that nobody holds is vacated",
            &[Settle],
            &|settle| {
                settle.vacates[0].slot = Slot::Reserve(99);
            },
        );
        each("a slot is vacated twice", &[Settle], &|settle| {
            let first = settle.vacates[0].clone();
            settle.vacates.insert(0, first);
        });
        each("one vacancy more", &[Settle], &|settle| {
            let mut more = settle.vacates[0].clone();
            more.slot = Slot::Reserve(98);
            more.code = SettleCode::D;
            settle.vacates.push(more);
        });
        each(
            "the vacancies stand in another order",
            &[Settle],
            &|settle| {
                settle.vacates.reverse();
            },
        );
        each(
            "the lines stand in another order",
            &[Settle, Order],
            &|settle| {
                settle.lines.reverse();
            },
        );
        each(
            "a line is left out",
            &[Settle, Order, Openings],
            &|settle| {
                settle.lines.pop();
            },
        );
        each("another reserve moves up", &[Settle], &|settle| {
            for line in &mut settle.lines {
                if let SettleLine::Fill { reserve, index, .. } = line {
                    (*reserve, *index) = (*reserve + 1, *index ^ 1);
                }
            }
        });
        each("a friend moves up", &[Settle, Order, Openings], &|settle| {
            for line in &mut settle.lines {
                match line {
                    SettleLine::Fill { index, .. } => *index ^= 1,
                    SettleLine::Draw(Line::Slot {
                        opening: Some(opening),
                        ..
                    }) => opening.tag = sha256(b"a friend"),
                    SettleLine::Draw(_) => {}
                }
            }
        });
        each(
            "the slot stays empty instead",
            &[Settle, Order, Openings],
            &|settle| {
                for line in &mut settle.lines {
                    let slot = match line {
                        SettleLine::Fill { slot, .. }
                        | SettleLine::Draw(Line::Slot { slot, .. }) => slot.clone(),
                        SettleLine::Draw(_) => continue,
                    };
                    *line = SettleLine::Draw(Line::Unfilled { slot });
                }
            },
        );
    }
}
