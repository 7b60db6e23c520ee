//! Mutants of a site that signs a wrong result, settlement, list, audit or purge.
//!
//! Hashes by which later notes name the changed one are put right, so that `links` is content.

use lucky_draw::bundle::{ProofLine, proofs_text};
use lucky_draw::encode::{Hash, sha256};
use lucky_draw::record::{Audit, Close, Purge, VoidCode};
use lucky_draw::result::{
    Excluded, Line, Opening, ResultNote, SettleCode, SettleLine, SettleNote, Slot, drawn_tickets,
};
use lucky_draw::verify::CheckName::{
    Entries, Format, Journal, Links, Openings, Order, Purge as Purged, Result, Seed, Settle, Voids,
};

use super::forge::Forge;
use super::mutants::Mutants;

pub(crate) fn make(mutants: &mut Mutants<'_>) {
    if mutants.base.has("cancel.note") {
        purges(mutants);
        return;
    }
    results(mutants);
    winners(mutants);
    settlements(mutants);
    proofs(mutants);
    entries(mutants);
    sizes(mutants);
    audits(mutants);
    purges(mutants);
}

/// Lets the site publish another result.
fn publish(forge: &mut Forge, change: impl FnOnce(&mut ResultNote)) {
    let mut result = forge.result();
    change(&mut result);
    forge.change("result.note", |_| result.to_text());
    forge.prove(&result, &forge.settles());
}

/// The places of the lines that give slots away.
fn slots(result: &ResultNote) -> Vec<usize> {
    let lines = (0..).zip(&result.lines);
    let slots = lines.filter(|(_, line)| matches!(line, Line::Slot { .. }));
    slots.map(|(place, _)| place).collect()
}

fn results(mutants: &mut Mutants<'_>) {
    let group = "result";
    mutants.by_site(group, "another seed", &[Seed], |forge| {
        publish(forge, |result| result.seed = sha256(b"a better seed"));
    });
    mutants.by_site(
        group,
        "another seed, and the draw that it gives",
        &[Seed],
        |forge| {
            let seed = sha256(b"a chosen seed");
            let manifest = forge.manifest();
            let close = forge.close();
            let tickets = forge.tickets.clone();
            let open = |index: u64| {
                let place = usize::try_from(index).ok()?;
                tickets.get(place).map(|ticket| ticket.opening)
            };
            let values = vec![seed.0.to_vec()];
            let drawn =
                lucky_draw::result::result(&manifest, &close, &forge.excluded, &values, open);
            let honest = forge.result();
            forge.change("result.note", |_| {
                ResultNote {
                    values: honest.values,
                    ..drawn
                }
                .to_text()
            });
            settle_again(forge);
        },
    );
    mutants.by_site(group, "another source value", &[Seed], |forge| {
        publish(forge, |result| result.values[0][0] ^= 1);
    });
    mutants.by_site(
        group,
        "another source value, and the draw that it gives",
        &[Seed],
        |forge| {
            forge.values[0][0] ^= 1;
            forge.redraw();
        },
    );
    mutants.by_site(
        group,
        "the source lines in another order",
        &[Seed],
        |forge| {
            publish(forge, |result| result.values.reverse());
        },
    );
    mutants.by_site(
        group,
        "one source line less",
        &[Seed, Format, Result],
        |forge| {
            publish(forge, |result| {
                if result.values.len() > 1 {
                    result.values.pop();
                }
            });
        },
    );
    mutants.by_site(group, "one source line more", &[Seed], |forge| {
        publish(forge, |result| result.values.push(vec![0; 32]));
    });
    mutants.by_site(group, "the order is said to end later", &[Order], |forge| {
        publish(forge, |result| result.end += 1);
    });
    mutants.by_site(
        group,
        "the order is said to end in 4 billion",
        &[Order],
        |forge| {
            publish(forge, |result| result.end = 4_294_967_295);
        },
    );
    mutants.by_site(group, "the result names another close", &[Links], |forge| {
        publish(forge, |result| result.close = sha256(b"another close"));
    });
    mutants.by_site(
        group,
        "the result names another manifest",
        &[Links],
        |forge| {
            publish(forge, |result| {
                result.manifest = sha256(b"another manifest")
            });
        },
    );
    let excludes = mutants.base.forge.excluded.len();
    for place in 0..excludes {
        let words = format!("excluded draw {place} is said to have ended in another way");
        mutants.by_site("excluded", words, &[Result], |forge| {
            publish(forge, |result| {
                let outcome = &mut result.excluded[place].1;
                *outcome = match *outcome {
                    Excluded::Cancelled => Excluded::Result(sha256(b"a result")),
                    Excluded::Result(_) => Excluded::Cancelled,
                };
            });
        });
        let words = format!("excluded draw {place} is another one");
        mutants.by_site("excluded", words, &[Result], |forge| {
            publish(forge, |result| {
                result.excluded[place].0 = sha256(b"another draw")
            });
        });
    }
    if excludes > 0 {
        mutants.by_site(
            "excluded",
            "an excluded draw is left out",
            &[Result],
            |forge| {
                publish(forge, |result| {
                    result.excluded.pop();
                });
            },
        );
    }
}

fn settle_again(forge: &mut Forge) {
    let names: Vec<String> = forge.notes.keys().cloned().collect();
    for name in names.iter().filter(|name| name.starts_with("settle-")) {
        forge.notes.remove(name);
    }
    let result = forge.result();
    forge.prove(&result, &[]);
}

/// A short manifest can promise millions of slots; a verifier must not write them all down.
pub(crate) fn millions(mutants: &mut Mutants<'_>) {
    if mutants.base.has("cancel.note") {
        return;
    }
    for units in ["3", "100000"] {
        let words = format!("each prize is promised {units} times");
        mutants.by_site("slots", words, &[Result], |forge| {
            let names: Vec<String> = forge.notes.keys().cloned().collect();
            for name in names {
                if !name.starts_with("base-") && name != "manifest.note" {
                    continue;
                }
                forge.change(&name, |text| {
                    let line = |line: &str| match line.split_once(' ') {
                        Some(("prize", rest)) => {
                            let slug = rest.split(' ').next().unwrap_or_default();
                            format!("prize {slug} {units}\n")
                        }
                        _ => format!("{line}\n"),
                    };
                    text.lines().map(line).collect()
                });
            }
        });
    }
}

/// Somebody else wins.
fn winners(mutants: &mut Mutants<'_>) {
    let group = "winner";
    let count = slots(&mutants.base.forge.result()).len();
    for number in 0..count.min(3) {
        let on_line = |forge: &mut Forge, change: &dyn Fn(&mut Line)| {
            publish(forge, |result| {
                let place = slots(result)[number];
                change(&mut result.lines[place]);
            });
        };
        let words = |what: &str| format!("winner {number}: {what}");
        mutants.by_site(group, words("another ticket"), &[Order], |forge| {
            let size = forge.close().size;
            on_line(forge, &|line| {
                if let Line::Slot { index, .. } = line {
                    *index = (*index + 1) % size;
                }
            });
        });
        mutants.by_site(group, words("another position"), &[Order], |forge| {
            on_line(forge, &|line| {
                if let Line::Slot { j, .. } = line {
                    *j += 1;
                }
            });
        });
        mutants.by_site(group, words("skipped as void"), &[Voids], |forge| {
            on_line(forge, &|line| {
                let (j, index) = line.drawn().expect("a draw line");
                let code = VoidCode::W;
                *line = Line::Void { j, index, code };
            });
        });
        mutants.by_site(
            group,
            words("skipped as a person who has won"),
            &[Result],
            |forge| {
                on_line(forge, &|line| {
                    let (j, index) = line.drawn().expect("a draw line");
                    let opening = *line.opening().expect("opened");
                    *line = Line::Dup { j, index, opening };
                });
            },
        );
        mutants.by_site(
            group,
            words("skipped as somebody else"),
            &[Openings],
            |forge| {
                let other = Opening {
                    tag: sha256(b"somebody who has won"),
                    bind: sha256(b"bind"),
                    ticket_no: 0,
                };
                on_line(forge, &|line| {
                    let (j, index) = line.drawn().expect("a draw line");
                    *line = Line::Dup {
                        j,
                        index,
                        opening: other,
                    };
                });
            },
        );
        mutants.by_site(
            group,
            words("the opening is kept back"),
            &[Openings],
            |forge| {
                on_line(forge, &|line| {
                    if let Line::Slot { opening, .. } = line {
                        *opening = None;
                    }
                });
            },
        );
        for (what, change) in [
            (
                "another person",
                (|opening| opening.tag = sha256(b"a friend")) as fn(&mut Opening),
            ),
            ("another bind", |opening| opening.bind = sha256(b"a friend")),
            ("another ticket number", |opening| opening.ticket_no += 1),
        ] {
            mutants.by_site(group, words(what), &[Openings], |forge| {
                on_line(forge, &|line| {
                    if let Line::Slot {
                        opening: Some(opening),
                        ..
                    } = line
                    {
                        change(opening);
                    }
                });
            });
        }
        mutants.by_site(
            group,
            words("the slot stays empty"),
            &[Order, Result, Format],
            |forge| {
                publish(forge, |result| {
                    let place = slots(result)[number];
                    if let Line::Slot { slot, .. } = result.lines.remove(place) {
                        result.lines.push(Line::Unfilled { slot });
                    }
                });
            },
        );
        mutants.by_site(group, words("the line is left out"), &[Order], |forge| {
            publish(forge, |result| {
                let place = slots(result)[number];
                result.lines.remove(place);
            });
        });
        mutants.by_site(group, words("gets another slot"), &[Result], |forge| {
            on_line(forge, &|line| {
                if let Line::Slot { slot, .. } = line {
                    *slot = Slot::Reserve(9);
                }
            });
        });
    }
    if count > 1 {
        mutants.by_site(
            group,
            "the first two winners change places",
            &[Order],
            |forge| {
                publish(forge, |result| {
                    let places = slots(result);
                    result.lines.swap(places[0], places[1]);
                });
            },
        );
        mutants.by_site(
            group,
            "the first two winners swap tickets",
            &[Order],
            |forge| {
                publish(forge, |result| {
                    let places = slots(result);
                    let (one, two) = (
                        result.lines[places[0]].clone(),
                        result.lines[places[1]].clone(),
                    );
                    let take = |line: &mut Line, from: &Line| {
                        if let (
                            Line::Slot { index, opening, .. },
                            Line::Slot {
                                index: theirs,
                                opening: opened,
                                ..
                            },
                        ) = (line, from)
                        {
                            (*index, *opening) = (*theirs, *opened);
                        }
                    };
                    take(&mut result.lines[places[0]], &two);
                    take(&mut result.lines[places[1]], &one);
                });
            },
        );
        mutants.by_site(
            group,
            "one winner more than there are slots",
            &[Order, Result],
            |forge| {
                publish(forge, |result| {
                    let place = *slots(result).last().expect("a slot");
                    let line = result.lines[place].clone();
                    result.lines.insert(place + 1, line);
                });
            },
        );
        mutants.by_site(
            group,
            "the first two winners are one person",
            &[Openings],
            |forge| {
                publish(forge, |result| {
                    let places = slots(result);
                    let tag = result.lines[places[0]].opening().expect("opened").tag;
                    if let Line::Slot {
                        opening: Some(opening),
                        ..
                    } = &mut result.lines[places[1]]
                    {
                        opening.tag = tag;
                    }
                });
            },
        );
    }
}

fn settlements(mutants: &mut Mutants<'_>) {
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

fn proofs(mutants: &mut Mutants<'_>) {
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

fn entries(mutants: &mut Mutants<'_>) {
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
fn sizes(mutants: &mut Mutants<'_>) {
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

fn audits(mutants: &mut Mutants<'_>) {
    if !mutants.base.has("audit.note") {
        return;
    }
    let mut each = |what: &str, checks: &[_], change: &dyn Fn(&mut Audit)| {
        mutants.by_site("audit", format!("audit.note: {what}"), checks, |forge| {
            let mut audit = Audit::parse(&forge.notes["audit.note"]).expect("an audit");
            change(&mut audit);
            forge.change("audit.note", |_| audit.to_text());
        });
    };
    each("another ticket", &[Order], &|audit| {
        audit.leaves[0].index ^= 1
    });
    each("the tickets in another order", &[Order], &|audit| {
        audit.leaves.reverse()
    });
    each("a ticket is left out", &[Order], &|audit| {
        audit.leaves.remove(0);
    });
    each("one ticket twice", &[Order], &|audit| {
        audit.leaves.push(audit.leaves[0])
    });
    each("a ticket beyond all", &[Format], &|audit| {
        audit.leaves[0].index = 4_294_967_295
    });
    each("names another result", &[Links], &|audit| {
        audit.result = sha256(b"another")
    });
    each("names another manifest", &[Links], &|audit| {
        audit.manifest = sha256(b"another")
    });
}

fn purges(mutants: &mut Mutants<'_>) {
    for phase in 1..=2 {
        let name = format!("purge-{phase}.note");
        if !mutants.base.has(&name) {
            continue;
        }
        let honest = super::mutants::text(&mutants.base.bundle, &name);
        let honest = Purge::parse(&honest).expect("a purge note");
        let mut each = |what: &str, checks: &[_], change: &dyn Fn(&mut Purge)| {
            let mut purge = honest.clone();
            change(&mut purge);
            mutants.by_site("purge", format!("{name}: {what}"), checks, |forge| {
                forge.purge_follows = false;
                for other in 1..=2 {
                    let other = format!("purge-{other}.note");
                    if let Some(text) = forge.notes.get_mut(&other) {
                        let mut note = Purge::parse(text).expect("a purge note");
                        note.bundle = honest.bundle;
                        *text = note.to_text();
                    }
                }
                forge.notes.insert(name.clone(), purge.to_text());
            });
        };
        let other: Option<Hash> = Some(sha256(b"another"));
        each("another bundle", &[Purged], &|purge| purge.bundle = other);
        each("another manifest", &[Purged], &|purge| {
            purge.manifest = other
        });
        each("another result", &[Purged], &|purge| {
            (purge.result, purge.settle) = (other, purge.settle.or(other));
        });
        each("another last settlement", &[Purged], &|purge| {
            (purge.result, purge.settle) = (purge.result.or(other), other);
        });
        each("no draw at all", &[Purged], &|purge| {
            (purge.manifest, purge.result, purge.settle, purge.bundle) = (None, None, None, None);
        });
        each("another certificate", &[Purged], &|purge| {
            purge.certificate = sha256(b"another")
        });
        each("the other phase", &[Purged], &|purge| {
            purge.phase = 3 - purge.phase
        });
    }
}
