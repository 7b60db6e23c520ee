//! Mutants of a site that signs a wrong result; and, below, a wrong settlement, list, audit or purge.
//!
//! Hashes by which later notes name the changed one are put right, so that `links` is content.

mod ending;
mod lists;
mod settling;

use lucky_draw::encode::sha256;
use lucky_draw::record::VoidCode;
use lucky_draw::result::{Excluded, Line, Opening, ResultNote, Slot};
use lucky_draw::verify::CheckName::{Format, Links, Openings, Order, Result, Seed, Voids};

use super::forge::Forge;
use super::mutants::Mutants;
use ending::{audits, purges};
use lists::{entries, proofs, sizes};
use settling::{settle_again, settlements};

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
