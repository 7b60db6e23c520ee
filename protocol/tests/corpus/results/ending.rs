//! What is signed after the result: an entrant audit, and the note of the purge.

use lucky_draw::encode::{Hash, sha256};
use lucky_draw::record::{Audit, Purge};
use lucky_draw::verify::CheckName::{Format, Links, Order, Purge as Purged};

use crate::mutants::Mutants;

pub(super) fn audits(mutants: &mut Mutants<'_>) {
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

pub(super) fn purges(mutants: &mut Mutants<'_>) {
    for phase in 1..=2 {
        let name = format!("purge-{phase}.note");
        if !mutants.base.has(&name) {
            continue;
        }
        let honest = crate::mutants::text(&mutants.base.bundle, &name);
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
