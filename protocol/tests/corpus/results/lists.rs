//! Lists, proofs and numbers of tickets that do not fit what was promised.

use lucky_draw::bundle::{ProofLine, proofs_text};
use lucky_draw::encode::sha256;
use lucky_draw::record::{Close, VoidCode};
use lucky_draw::result::{Line, drawn_tickets};
use lucky_draw::verify::CheckName::{Entries, Format, Journal, Openings, Order, Result, Voids};

use crate::forge::Forge;
use crate::mutants::Mutants;

use super::publish;

pub(super) fn proofs(mutants: &mut Mutants<'_>) {
    let forge = &mutants.base.forge;
    let (result, settles, log) = (forge.result(), forge.settles(), forge.log());
    let drawn = drawn_tickets(&result, &settles);
    let line = |index: u64| ProofLine {
        index,
        commitment: forge.tickets[usize::try_from(index).expect("small")].commitment,
        hashes: log.inclusion_proof(index),
    };
    let honest: Vec<ProofLine> = drawn.iter().map(|index| line(*index)).collect();
    let undrawn = (0..log.size())
        .find(|index| !drawn.contains(index))
        .map(line);
    let mut each = |what: &str, checks: &[_], change: &dyn Fn(&mut Vec<ProofLine>)| {
        let mut lines = honest.clone();
        change(&mut lines);
        let text = proofs_text(&lines);
        mutants.by_site("proofs", format!("proofs.txt: {what}"), checks, |forge| {
            forge
                .files
                .insert("proofs.txt".to_owned(), text.into_bytes());
        });
    };
    each("the first line is left out", &[Openings], &|lines| {
        lines.remove(0);
    });
    each("the last line is left out", &[Openings], &|lines| {
        lines.pop();
    });
    each("all lines are left out", &[Openings], &|lines| {
        lines.clear()
    });
    each("the lines stand in another order", &[Format], &|lines| {
        lines.reverse()
    });
    each("a line stands twice", &[Format], &|lines| {
        lines.insert(0, lines[0].clone())
    });
    each("an undrawn ticket as well", &[Openings, Format], &|lines| {
        lines.extend(undrawn.clone());
        lines.sort_by_key(|line| line.index);
    });
    each("another commitment", &[Openings], &|lines| {
        lines[0].commitment = sha256(b"another")
    });
    each("another ticket's commitment", &[Openings], &|lines| {
        let other = lines[1].commitment;
        lines[0].commitment = other;
    });
    each("a hash is changed", &[Openings], &|lines| {
        lines[0].hashes[0] = sha256(b"another")
    });
    each("a hash is left out", &[Openings], &|lines| {
        lines[0].hashes.pop();
    });
    each("a hash more", &[Openings], &|lines| {
        lines[0].hashes.push(sha256(b"more"))
    });
    each(
        "the hashes stand from root to leaf",
        &[Openings],
        &|lines| lines[0].hashes.reverse(),
    );
    each("another path", &[Openings], &|lines| {
        let other = lines[1].hashes.clone();
        lines[0].hashes = other;
    });
}

pub(super) fn entries(mutants: &mut Mutants<'_>) {
    if !mutants.base.has("entries.bin") {
        return;
    }
    let honest = mutants.base.forge.files["entries.bin"].clone();
    let mut each = |what: &str, entries: Vec<u8>| {
        mutants.by_site(
            "entries",
            format!("entries.bin: {what}"),
            &[Entries],
            |forge| {
                forge.files.insert("entries.bin".to_owned(), entries);
            },
        );
    };
    each(
        "the last ticket is left out",
        honest[..honest.len() - 32].to_vec(),
    );
    each("the first ticket is left out", honest[32..].to_vec());
    each("one ticket more", [&honest[..], &[7; 32]].concat());
    each("the first two tickets are swapped", {
        let mut other = honest.clone();
        other.rotate_left(32);
        other[..64].rotate_left(32);
        other
    });
    each("the tickets stand in the opposite order", {
        let (leaves, _) = honest.as_chunks::<32>();
        leaves.iter().rev().flatten().copied().collect()
    });
    each("a ticket is replaced", [&[7; 32], &honest[32..]].concat());
    each("31 bytes more", [&honest[..], &[7; 31]].concat());
    each("no ticket at all", Vec::new());
}

/// The close tells another list, and everything after it follows the close.
pub(super) fn sizes(mutants: &mut Mutants<'_>) {
    let group = "close";
    let has_list = mutants.base.has("entries.bin");
    let closes: Vec<String> = {
        let names = mutants.base.forge.notes.keys();
        names
            .filter(|name| name.starts_with("close-"))
            .cloned()
            .collect()
    };
    let mut each = |what: &str, checks: &[_], change: &dyn Fn(&mut Close)| {
        mutants.by_site(group, what, checks, |forge| {
            for name in &closes {
                let mut close = Close::parse(&forge.notes[name]).expect("a close");
                change(&mut close);
                close.manifest = forge.manifest().hash();
                forge.change(name, |_| close.to_text());
            }
            forge.redraw();
        });
    };
    if has_list {
        each("one ticket more, the same root", &[Entries], &|close| {
            close.size += 1
        });
    }
    each(
        "twice as many tickets, the same root",
        &[Openings],
        &|close| close.size *= 2,
    );
    each("4 billion tickets", &[Openings], &|close| {
        close.size = 4_294_967_295
    });
    each("another root", &[Openings], &|close| {
        close.root = sha256(b"another list")
    });
    let last = mutants.base.forge.last_close();
    mutants.by_site(
        group,
        "a void more, which the journal does not have",
        &[Journal],
        |forge| {
            let mut close = forge.close();
            let free = (0..close.size).find(|index| close.void(*index).is_none());
            close
                .voids
                .push((free.expect("a ticket that is not void"), VoidCode::I));
            close.voids.sort_unstable();
            let leaves = forge.leaves.clone();
            forge.change(&last, |_| close.to_text());
            forge.redraw();
            forge.leaves = leaves;
        },
    );
    mutants.by_site(
        group,
        "another void code, only in the result",
        &[Voids, Result],
        |forge| {
            publish(forge, |result| {
                for line in &mut result.lines {
                    if let Line::Void { code, .. } = line {
                        *code = if *code == VoidCode::W {
                            VoidCode::I
                        } else {
                            VoidCode::W
                        };
                    }
                }
            });
        },
    );
    mutants.by_site(
        group,
        "void tickets take part",
        &[Voids, Result, Order],
        |forge| {
            let open = |forge: &Forge, index: u64| {
                forge.tickets[usize::try_from(index).expect("small")].opening
            };
            let known = forge.clone();
            publish(forge, |result| {
                for line in &mut result.lines {
                    if let Line::Void { j, index, .. } = *line {
                        *line = Line::Dup {
                            j,
                            index,
                            opening: open(&known, index),
                        };
                    }
                }
            });
        },
    );
}
