//! Mutants of the journal, of checkpoints and of cosignatures.

use data_encoding::BASE64;
use lucky_draw::bundle::{Bundle, JournalSegment};
use lucky_draw::encode::sha256;
use lucky_draw::note::{Checkpoint, SignedNote, Signer, TlogProof};
use lucky_draw::record::{Anchor, KeyNote, Purge};
use lucky_draw::verify::CheckName::{self, Format, Journal, Signatures, Time};

use super::forge::{Forge, SITE, cosigner, site};
use super::mutants::{Mutants, resign, text};

pub(crate) fn make(mutants: &mut Mutants<'_>) {
    checkpoints(mutants);
    strangers(mutants);
    if mutants.base.has("journal.txt") {
        segments(mutants);
        journals(mutants);
        times(mutants);
        evidence(mutants);
    }
}

/// Puts the hash of the files into the purge notes again, as the site would.
fn purge_again(bundle: &mut Bundle) {
    for phase in 1..=2 {
        let name = format!("purge-{phase}.note");
        if bundle.file(&name).is_some() {
            let note = Purge::parse(&text(bundle, &name)).expect("a purge note");
            let hash = bundle.hash_without_purge();
            let note = Purge {
                bundle: Some(hash),
                ..note
            };
            resign(bundle, &name, &note.to_text());
        }
    }
}

/// The segment says something else than the checkpoints over it.
fn segments(mutants: &mut Mutants<'_>) {
    let file = mutants.base.bundle.file("journal.txt").expect("a file");
    let old = std::str::from_utf8(file).expect("a text").to_owned();
    let honest = JournalSegment::parse(&old).expect("a segment");
    let mut each = |what: &str, checks: &[CheckName], text: String| {
        mutants.by_hand(
            "segment",
            format!("journal.txt: {what}"),
            checks,
            |bundle| {
                bundle.insert("journal.txt", text);
                purge_again(bundle);
            },
        );
    };
    let changed = |change: &dyn Fn(&mut JournalSegment)| {
        let mut segment = honest.clone();
        change(&mut segment);
        segment.to_text()
    };
    let noise = Anchor {
        manifest: sha256(b"noise"),
        size: 3,
        root: sha256(b"root"),
    };
    let noise = noise.to_text();
    each(
        "the last leaf is left out",
        &[Journal],
        changed(&|s| {
            s.leaves.pop();
        }),
    );
    each(
        "the first leaf is left out",
        &[Journal, Format],
        changed(&|s| {
            s.leaves.remove(0);
        }),
    );
    each(
        "a leaf more at the end",
        &[Journal],
        changed(&|s| s.leaves.push(noise.clone())),
    );
    each(
        "a leaf more at the start",
        &[Journal],
        changed(&|s| s.leaves.insert(0, noise.clone())),
    );
    each(
        "a leaf is replaced",
        &[Journal],
        changed(&|s| s.leaves[1] = noise.clone()),
    );
    each(
        "two leaves are swapped",
        &[Journal],
        changed(&|s| s.leaves.swap(0, 1)),
    );
    each(
        "the leaves stand in the opposite order",
        &[Journal],
        changed(&|s| s.leaves.reverse()),
    );
    each(
        "a root of the frontier is another",
        &[Journal],
        changed(&|s| {
            if let Some(root) = s.frontier.first_mut() {
                *root = sha256(b"another");
            }
        }),
    );
    each(
        "the frontier stands in the opposite order",
        &[Journal],
        changed(&|s| s.frontier.reverse()),
    );
    each(
        "it starts one leaf later",
        &[Journal, Format],
        changed(&|s| s.start += 1),
    );
    each(
        "it says another end",
        &[Format, Journal],
        old.replacen("\nend ", "\nend 1", 1),
    );
    let leaf = BASE64.encode(honest.leaves[0].as_bytes());
    let (one, two) = honest.leaves[0].split_at(31);
    let joined = BASE64.encode(one.as_bytes()) + &BASE64.encode(two.as_bytes());
    each(
        "a leaf is base64 in two joined pieces",
        &[Format],
        old.replacen(&leaf, &joined, 1),
    );
    let bare = leaf.trim_end_matches('=').to_owned();
    each(
        "a leaf is base64 without padding",
        &[Format],
        old.replacen(&leaf, &bare, 1),
    );
    let url = leaf.replace('+', "-").replace('/', "_");
    each(
        "a leaf is base64 for addresses",
        &[Format],
        old.replacen(&leaf, &url, 1),
    );
}

/// The site writes its journal in another way.
fn journals(mutants: &mut Mutants<'_>) {
    let group = "journal";
    let at = usize::try_from(mutants.base.forge.start).expect("small");
    for (what, leaf) in [
        ("a leaf that is no record", "something else\n"),
        ("a leaf without a line feed", "lucky-draw/v1 cancel"),
        ("an empty leaf", ""),
        (
            "a record of another version",
            "lucky-draw/v2 cancel\nmanifest x\n",
        ),
        (
            "a site note that says nothing",
            "lucky-draw/v1 site\nof head\n",
        ),
        (
            "a site note with a doubled space",
            "lucky-draw/v1 site\nof head\nposition 1  2\n",
        ),
        (
            "a site note of capitals",
            "lucky-draw/v1 site\nof Head\nposition 1\n",
        ),
    ] {
        mutants.by_site(group, what, &[Journal, Format], |forge| {
            forge.insert_leaf(at + 1, leaf);
        });
    }
    for name in ["key.note", "freeze.note", "close-0.note", "manifest.note"] {
        let words = format!("{name} never stood in the journal");
        mutants.by_site(group, words, &[Journal], |forge| {
            let place = forge.leaf(&forge.notes[name]);
            let text = forge.leaves[place].clone();
            forge.leaves[place] = Anchor {
                manifest: sha256(text.as_bytes()),
                size: 1,
                root: sha256(b"root"),
            }
            .to_text();
        });
    }
    mutants.by_site(
        group,
        "the first close stands after the freeze note",
        &[Journal],
        |forge| {
            let place = forge.leaf(&forge.notes["close-0.note"]);
            let text = forge.leaves[place].clone();
            forge.remove_leaf(place);
            let freeze = forge.leaf(&forge.notes["freeze.note"]);
            forge.insert_leaf(freeze + 1, &text);
            follow(forge);
        },
    );
    mutants.by_site(
        group,
        "the key note stands before the manifest",
        &[Journal],
        |forge| {
            let place = forge.leaf(&forge.notes["key.note"]);
            let text = forge.leaves[place].clone();
            forge.remove_leaf(place);
            let start = usize::try_from(forge.start).expect("small");
            forge.insert_leaf(start, &text);
            follow(forge);
        },
    );
    mutants.by_site(
        group,
        "a second close of seq 0, before the first",
        &[Journal],
        |forge| {
            let place = forge.leaf(&forge.notes["close-0.note"]);
            let other = forge.notes["close-0.note"].replacen("size ", "size 1", 1);
            forge.insert_leaf(place, &other);
        },
    );
    mutants.by_site(group, "the same close stands twice", &[Journal], |forge| {
        let text = forge.notes["close-0.note"].clone();
        let place = forge.leaf(&text);
        forge.insert_leaf(place, &text);
    });
    mutants.by_site(
        group,
        "another close of the next seq before the freeze note",
        &[Journal],
        |forge| {
            let seq = forge.close().seq;
            let close = forge.notes[&forge.last_close()].clone();
            let other = close.replacen(&format!("seq {seq}"), &format!("seq {}", seq + 1), 1);
            let place = forge.leaf(&forge.notes["freeze.note"]);
            forge.insert_leaf(place, &other);
        },
    );
    mutants.by_site(
        group,
        "an earlier freeze note that names another close",
        &[Journal],
        |forge| {
            let text = forge.notes["freeze.note"].clone();
            let close = forge.close().hash().to_string();
            let place = forge.leaf(&text);
            let other = text.replace(&close, &sha256(b"another").to_string());
            forge.insert_leaf(place, &other);
        },
    );
    mutants.by_site(
        group,
        "an earlier key note with another activity key",
        &[Journal],
        |forge| {
            let key = KeyNote::parse(&forge.notes["key.note"]).expect("a key note");
            let place = forge.leaf(&key.to_text());
            let other = KeyNote {
                tag_key: sha256(b"another"),
                ..key
            };
            forge.insert_leaf(place, &other.to_text());
        },
    );
    mutants.by_site(
        group,
        "another manifest of the same log",
        &[Journal],
        |forge| {
            let mut rival = forge.manifest();
            rival.reserves += 1;
            let place = forge.leaf(&forge.notes["key.note"]);
            forge.insert_leaf(place, &rival.to_text());
        },
    );
    mutants.by_site(
        group,
        "a successor that the bundle hides",
        &[Journal],
        |forge| {
            let mut rival = forge.manifest();
            rival.supersedes = Some((rival.hash(), "OTHER".to_owned()));
            rival.freezes += 1;
            let place = forge.leaf(&forge.notes["freeze.note"]);
            forge.insert_leaf(place, &rival.to_text());
        },
    );
    mutants.by_site(
        group,
        "a cancel note before the freeze note",
        &[Journal],
        |forge| {
            let manifest = forge.manifest().hash();
            let place = forge.leaf(&forge.notes["freeze.note"]);
            let cancel = format!("lucky-draw/v1 cancel\nmanifest {manifest}\nreason FLOOD\n");
            forge.insert_leaf(place, &cancel);
        },
    );
}

/// Proofs follow the places of their notes.
fn follow(forge: &mut Forge) {
    for (proof, note) in [
        ("manifest.proof", "manifest.note"),
        ("key.proof", "key.note"),
        ("freeze.proof", "freeze.note"),
    ] {
        let index = forge.leaf(&forge.notes[note]) as u64;
        let seen = forge.proofs.get_mut(proof).expect("a proof");
        seen.index = index;
        seen.size = seen.size.max(index + 1);
    }
}

fn proof_names(mutants: &Mutants<'_>) -> Vec<String> {
    mutants.base.forge.proofs.keys().cloned().collect()
}

/// Checkpoints and paths of single proofs.
fn checkpoints(mutants: &mut Mutants<'_>) {
    for name in proof_names(mutants) {
        let seen = mutants.base.forge.proofs[&name].clone();
        let honest = mutants.base.forge.proof(&seen);
        let mut each = |what: &str, checks: &[CheckName], change: &dyn Fn(&mut TlogProof)| {
            let mut proof = honest.clone();
            change(&mut proof);
            mutants.by_hand("proof", format!("{name}: {what}"), checks, |bundle| {
                bundle.insert(&name, proof.to_text());
                purge_again(bundle);
            });
        };
        each("another index", &[Journal], &|proof| proof.index ^= 1);
        each("an index beyond the size", &[Journal], &|proof| {
            proof.index += 1 << 40
        });
        each("an index of 2^53", &[Format], &|proof| {
            proof.index = 1 << 53
        });
        each("a hash is changed", &[Journal], &|proof| {
            proof
                .hashes
                .iter_mut()
                .for_each(|hash| *hash = sha256(b"another"))
        });
        each("a hash is left out", &[Journal], &|proof| {
            proof.hashes.pop();
        });
        each("a hash more", &[Journal], &|proof| {
            proof.hashes.push(sha256(b"more"))
        });
        each("extra data", &[Format], &|proof| {
            proof.extra = Some(vec![1; 32])
        });
        each("another root, not signed again", &[Signatures], &|proof| {
            proof.checkpoint = proof.checkpoint.replacen('\n', "\n1", 1);
        });
        let over = |change: &dyn Fn(&mut Checkpoint), signer: &Signer| {
            let note = SignedNote::parse(&honest.checkpoint).expect("a note");
            let mut checkpoint = Checkpoint::parse(note.text).expect("a checkpoint");
            change(&mut checkpoint);
            signer.sign(&checkpoint.to_text())
        };
        let journal = site()
            .with_name(&format!("{SITE}/journal"))
            .expect("a name");
        each("the root of a fork, signed", &[Journal], &|proof| {
            proof.checkpoint = over(&|c| c.root = sha256(b"a fork"), &journal);
        });
        each("a larger size, signed", &[Journal], &|proof| {
            proof.checkpoint = over(&|c| c.size += 1000, &journal);
        });
        each(
            "the checkpoint of another log, signed",
            &[Journal],
            &|proof| {
                proof.checkpoint = over(&|c| c.origin = format!("{SITE}/1"), &journal);
            },
        );
        each(
            "signed under the site's own name",
            &[Signatures],
            &|proof| {
                proof.checkpoint = over(&|_| (), &site());
            },
        );
        let other = Signer::new(&format!("{SITE}/journal"), [5; 32]).expect("a signer");
        each("signed by another key", &[Signatures], &|proof| {
            proof.checkpoint = over(&|_| (), &other);
        });
        each("the log's line stands twice", &[Signatures], &|proof| {
            let line = proof.checkpoint.find("\n\n").expect("a note") + 2;
            let end = line + proof.checkpoint[line..].find('\n').expect("a line") + 1;
            let line = proof.checkpoint[line..end].to_owned();
            proof.checkpoint.insert_str(end, &line);
        });
        each("no signature line", &[Format], &|proof| {
            let line = proof.checkpoint.find("\n\n").expect("a note") + 2;
            proof.checkpoint.truncate(line);
        });
        each("an extension line in the checkpoint", &[Format], &|proof| {
            let text = over(&|_| (), &journal);
            let text = text.split("\n\n").next().expect("a text").to_owned();
            proof.checkpoint = journal.sign(&format!("{text}\nmore\n"));
        });
        let twice = |line: &str| {
            let (mark, encoded) = line.rsplit_once(' ').expect("a signature");
            let bytes = BASE64.decode(encoded.as_bytes()).expect("base64");
            let (one, two) = bytes.split_at(10);
            format!("{mark} {}{}", BASE64.encode(one), BASE64.encode(two))
        };
        each(
            "a signature is base64 in two joined pieces",
            &[Format],
            &|proof| {
                let line = proof.checkpoint.lines().last().expect("a line").to_owned();
                proof.checkpoint = proof.checkpoint.replace(&line, &twice(&line));
            },
        );
    }
}

/// Witness numbers and times, in the order of the signature lines.
type Times = Vec<(u8, u64)>;

/// Cosignatures of witnesses that nobody pinned, or in another order.
fn strangers(mutants: &mut Mutants<'_>) {
    for name in proof_names(mutants) {
        let seen = mutants.base.forge.proofs[&name].clone();
        let time = seen.times.first().map_or(1_700_000_000, |seen| seen.1);
        let mut each = |what: &str, change: &dyn Fn(&mut Times)| {
            let words = format!("{name}: {what}");
            mutants.by_site("cosignature", words, &[Signatures], |forge| {
                change(&mut forge.proofs.get_mut(&name).expect("a proof").times);
            });
        };
        each("a witness that is not pinned", &|times| {
            times.push((77, time))
        });
        each("only a witness that is not pinned", &|times| {
            *times = vec![(77, time)]
        });
        each("one witness twice", &|times| {
            if let Some(first) = times.first().copied() {
                times.insert(0, first);
            }
        });
        each("the witnesses in another order", &|times| times.reverse());
        // The time is part of what is signed.
        let signed = mutants.base.forge.proof(&seen).checkpoint;
        let Some((witness, time)) = seen.times.first().copied() else {
            continue;
        };
        let text = signed.split("\n\n").next().expect("a text").to_owned() + "\n";
        let honest = cosigner(witness).line(&text, time);
        let backdated = {
            let (mark, encoded) = honest.trim_end().rsplit_once(' ').expect("a line");
            let mut bytes = BASE64.decode(encoded.as_bytes()).expect("base64");
            bytes[4..12].copy_from_slice(&time.saturating_sub(3600).to_be_bytes());
            format!("{mark} {}\n", BASE64.encode(&bytes))
        };
        for (what, line) in [
            ("a cosignature is backdated", backdated),
            (
                "a cosignature of another checkpoint",
                cosigner(witness).line("another\n1\n", time),
            ),
        ] {
            mutants.by_hand(
                "cosignature",
                format!("{name}: {what}"),
                &[Signatures],
                |bundle| {
                    let proof = bundle.file(&name).expect("a proof");
                    let proof = std::str::from_utf8(proof).expect("a text");
                    let proof = proof.replace(&honest, &line);
                    bundle.insert(&name, proof);
                    purge_again(bundle);
                },
            );
        }
    }
}

/// Pinned witnesses that saw it at the wrong time.
fn times(mutants: &mut Mutants<'_>) {
    if mutants.base.plan.witnesses == 0 {
        return;
    }
    let manifest = mutants.base.forge.manifest();
    let (opens, freezes) = (manifest.opens, manifest.freezes);
    let draw = manifest.earliest_draw_time();
    let mut each = |file: &str, what: &str, time: u64| {
        let words = format!("{file}: all witnesses saw it {what}");
        mutants.by_site("time", words, &[Time], |forge| {
            let seen = forge.proofs.get_mut(file).expect("a proof");
            seen.times.iter_mut().for_each(|seen| seen.1 = time);
        });
    };
    each("key.proof", "a second after the opening", opens + 1);
    each("key.proof", "a year after the opening", opens + 31_536_000);
    each("key.proof", "at no time", 0);
    each(
        "freeze.proof",
        "299 seconds before the randomness",
        draw - 299,
    );
    each("freeze.proof", "when the randomness was public", draw);
    each("freeze.proof", "a day after", draw + 86_400);
    each("freeze.proof", "a second before the freeze", freezes - 1);
    each(
        "freeze.proof",
        "a year before the freeze",
        freezes - 31_536_000,
    );
    each("freeze.proof", "at no time", 0);
    each("freeze.proof", "at the end of time", u64::MAX);
    let quorum = usize::try_from(mutants.base.plan.quorum).expect("few");
    for file in ["key.proof", "freeze.proof"] {
        for count in 0..quorum {
            let words = format!("{file}: only {count} of {quorum} witnesses saw it");
            mutants.by_site("time", words, &[Time], |forge| {
                forge
                    .proofs
                    .get_mut(file)
                    .expect("a proof")
                    .times
                    .truncate(count);
            });
        }
    }
    if mutants.base.has("base-0.note") {
        for (what, time) in [
            ("the first round was public", 0),
            ("a day after it", 86_400),
        ] {
            let words = format!("manifest.proof: the redraw was announced when {what}");
            mutants.by_site("time", words, &[Time], |forge| {
                let base = forge.notes["base-0.note"].clone();
                let base = lucky_draw::record::Manifest::parse(&base).expect("a manifest");
                let first = base.earliest_draw_time();
                let seen = forge.proofs.get_mut("manifest.proof").expect("a proof");
                seen.times.iter_mut().for_each(|seen| seen.1 = first + time);
            });
        }
    }
}

/// Honest draws, except that nobody outside saw them: nothing to refuse but the missing evidence.
fn evidence(mutants: &mut Mutants<'_>) {
    let commit = mutants.base.has("reveal-3.note");
    if mutants.base.plan.witnesses == 0 || commit || mutants.base.has("excluded-1.zip") {
        return;
    }
    mutants.by_site(
        "no-evidence",
        "the key note pins no witnesses",
        &[Time],
        |forge| {
            let key = KeyNote::parse(&forge.notes["key.note"]).expect("a key note");
            let alone = KeyNote {
                witnesses: Vec::new(),
                quorum: 0,
                ..key
            };
            forge.change("key.note", |_| alone.to_text());
            forge
                .proofs
                .values_mut()
                .for_each(|seen| seen.times.clear());
        },
    );
    mutants.only_by_time();
}
