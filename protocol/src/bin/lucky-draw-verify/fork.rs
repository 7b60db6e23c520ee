//! `fork`: shows whether two signed statements of one site contradict each other.
//!
//! What is printed holds no receipt's secret part: it may be published as it is.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use lucky_draw::bundle::{Bundle, JournalSegment};
use lucky_draw::encode::Hash;
use lucky_draw::fork::{ConsistencyProof, Evidence, Statement, Verdict, compare};
use lucky_draw::note::{NoteError, Verifier};
use lucky_draw::record::Manifest;

use super::{Mistake, read};

/// Do two statements of one site contradict each other?
///
/// A and B are what the site signed: a receipt or shareable proof, a .proof file, a signed
/// checkpoint, or a whole bundle. Two valid signatures over statements that cannot both be true
/// are proof of fraud by whoever holds the key, and this program says so in words to be quoted.
///
/// Exit status: 0 they are consistent; 1 they contradict each other; 2 it cannot be told.
#[derive(clap::Args)]
pub(crate) struct Fork {
    /// A receipt, proof, signed checkpoint or bundle
    a: PathBuf,
    /// Another one of the same site
    b: PathBuf,
    /// What may link them: a consistency proof, entries.bin, journal.txt or a bundle
    evidence: Vec<PathBuf>,
    /// The site's key as printed on posters; without it a bundle's own key is used
    #[arg(long, value_name = "KEY")]
    vkey: Option<String>,
}

/// One file, read as far as that is possible without a key.
enum File {
    Bundle(Bundle),
    Text(String),
    Bytes(Vec<u8>),
}

pub(crate) fn run(arguments: &Fork) -> Result<u8, Mistake> {
    let (a, b) = (file(&arguments.a)?, file(&arguments.b)?);
    let mut others = Vec::new();
    for path in &arguments.evidence {
        others.push(file(path)?);
    }
    let all: Vec<&File> = [&a, &b].into_iter().chain(&others).collect();
    let (text, code) = match site_key(arguments, &all)? {
        Some(site) => {
            let base = base(&all);
            let evidence = evidence(&[&a, &b], &others);
            let one = statements(&a, &site, base.as_ref());
            let two = statements(&b, &site, base.as_ref());
            report(arguments, &site, one, two, &evidence)
        }
        None => (
            "cannot be told\tthe site's key is needed: give it with --vkey\n".to_owned(),
            2,
        ),
    };
    let mut output = std::io::stdout().lock();
    output.write_all(text.as_bytes()).map_err(Mistake::Output)?;
    output.flush().map_err(Mistake::Output)?;
    Ok(code)
}

fn file(path: &Path) -> Result<File, Mistake> {
    let bytes = read(path)?;
    if let Ok(bundle) = Bundle::from_zip(&bytes) {
        return Ok(File::Bundle(bundle));
    }
    Ok(String::from_utf8(bytes).map_or_else(|error| File::Bytes(error.into_bytes()), File::Text))
}

/// The key that was given, or the one that all bundles carry.
fn site_key(arguments: &Fork, files: &[&File]) -> Result<Option<Verifier>, Mistake> {
    if let Some(vkey) = &arguments.vkey {
        let site = Verifier::parse(vkey.trim()).map_err(Mistake::SiteKey)?;
        return Ok(Some(site));
    }
    let mut known: Option<Verifier> = None;
    for file in files {
        let File::Bundle(bundle) = file else { continue };
        let vkey = bundle.file("site.vkey").unwrap_or_default();
        let Some(site) = std::str::from_utf8(vkey)
            .ok()
            .and_then(|vkey| Verifier::parse(vkey.trim()).ok())
        else {
            continue;
        };
        if known.as_ref().is_some_and(|known| *known != site) {
            return Ok(None);
        }
        known = Some(site);
    }
    Ok(known)
}

/// The base manifest of a bundle, with which secret receipts show their leaf.
fn base(files: &[&File]) -> Option<Hash> {
    files.iter().find_map(|file| {
        let File::Bundle(bundle) = file else {
            return None;
        };
        let first = bundle.file("base-0.note");
        let note = first.or_else(|| bundle.file("manifest.note"))?;
        let text = std::str::from_utf8(note).ok()?.split("\n\n").next()?;
        let manifest = Manifest::parse(&format!("{text}\n")).ok()?;
        Some(manifest.hash())
    })
}

/// What may link the two: what they hold themselves, and what was given besides.
fn evidence(compared: &[&File], others: &[File]) -> Evidence {
    let mut evidence = Evidence::new();
    for file in compared {
        if let File::Bundle(bundle) = file {
            evidence.add_compared(bundle);
        }
    }
    for file in others {
        match file {
            File::Bundle(bundle) => evidence.add_bundle(bundle),
            File::Text(text) => {
                if let Ok(proof) = ConsistencyProof::parse(text) {
                    evidence.add_proof(proof);
                } else if let Ok(segment) = JournalSegment::parse(text) {
                    evidence.add_segment(segment);
                }
            }
            File::Bytes(entries) => {
                evidence.add_entries(entries);
            }
        }
    }
    evidence
}

fn statements(
    file: &File,
    site: &Verifier,
    base: Option<&Hash>,
) -> Result<Vec<Statement>, NoteError> {
    match file {
        File::Bundle(bundle) => Ok(Statement::of_bundle(bundle, site)),
        File::Text(text) => Ok(vec![Statement::read(text, site, base)?]),
        File::Bytes(_) => Err(NoteError::Form),
    }
}

type Read = Result<Vec<Statement>, NoteError>;

fn report(
    arguments: &Fork,
    site: &Verifier,
    one: Read,
    two: Read,
    evidence: &Evidence,
) -> (String, u8) {
    let (one, two) = match (one, two) {
        (Ok(one), Ok(two)) => (one, two),
        (one, two) => {
            let mut text = String::new();
            let sides = [(&arguments.a, one.err()), (&arguments.b, two.err())];
            for (path, error) in sides {
                if let Some(error) = error {
                    let path = path.display();
                    let name = site.name();
                    text += &format!("cannot be told\t{path} is no statement of {name}: {error}\n");
                }
            }
            return (text, 2);
        }
    };
    let mut best: Option<(Verdict, &Statement, &Statement)> = None;
    for a in &one {
        for b in &two {
            let verdict = compare(a, b, evidence);
            let telling = match (&verdict, &best) {
                (_, None) | (Verdict::Contradiction(_), _) => true,
                (Verdict::Consistent(_), Some((Verdict::Unknown(_), ..))) => true,
                (Verdict::Unknown(_), Some((Verdict::Unknown(_), ..))) => {
                    a.checkpoint.origin == b.checkpoint.origin
                }
                _ => false,
            };
            if telling {
                best = Some((verdict, a, b));
            }
        }
    }
    match best {
        None => (
            "cannot be told\tone of them states nothing about a log\n".to_owned(),
            2,
        ),
        Some((verdict, a, b)) => {
            let code = match verdict {
                Verdict::Consistent(_) => 0,
                Verdict::Contradiction(_) => 1,
                Verdict::Unknown(_) => 2,
            };
            let mut text = format!("{verdict}\n");
            if code == 1 {
                text += &accusation(arguments, site, a, b);
            }
            (text, code)
        }
    }
}

/// The message to be quoted.
fn accusation(arguments: &Fork, site: &Verifier, a: &Statement, b: &Statement) -> String {
    let mut text = format!(
        "
PROOF OF FRAUD

Whoever holds the key
  {}
signed both of the statements below, and they cannot both be true. A log that only grows has one
root at each size, and every larger log starts with the smaller one. So two different lists were
shown to different people. Nobody without that key can have made these signatures: either the
operator of {} did it (a server that was put back to an old copy does it too), or the key was
stolen. Nothing drawn under this key can be believed until the operator explains it in public.

",
        site.vkey(),
        site.name()
    );
    for (letter, path, statement) in [("A", &arguments.a, a), ("B", &arguments.b, b)] {
        let _infallible = writeln!(
            text,
            "{letter}, from {}: the log {} has {} leaves and the root {}. Signed:\n",
            path.display(),
            statement.checkpoint.origin,
            statement.checkpoint.size,
            statement.checkpoint.root
        );
        for note in &statement.notes {
            for line in note.lines() {
                let _infallible = writeln!(text, "    {line}");
            }
            text.push('\n');
        }
    }
    text + "Keep both files. This message may be published as it is; a receipt file may not, because it is as
sensitive as the ID number. Anybody can check this with: lucky-draw-verify fork A B --vkey KEY
"
}
