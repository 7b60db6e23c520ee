//! The fuzzers' kept inputs, and changes of them, on the stable compiler.
//!
//! `make soak` runs the fuzzers themselves (`protocol/fuzz`); what they found stays found here.

#[path = "../fuzz/targets.rs"]
mod targets;

use std::path::Path;

use lucky_draw::encode::sha256;
use lucky_draw::order::Stream;

/// How many changes of each kept input are tried.
const CHANGES: u64 = 20;

fn kept(target: &str) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let files = std::fs::read_dir(root.join(target)).expect("kept inputs");
    let mut paths: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    paths.sort();
    let inputs = paths
        .iter()
        .map(|path| std::fs::read(path).expect("an input"));
    inputs.collect()
}

fn place(random: &mut Stream, length: usize) -> usize {
    usize::try_from(random.uniform(length as u64 + 1)).expect("small")
}

/// One to four stretches are dropped, doubled, moved to another place or made of other bytes.
fn changed(random: &mut Stream, input: &[u8]) -> Vec<u8> {
    let mut new = input.to_vec();
    for _ in 0..=random.uniform(4) {
        let at = place(random, new.len());
        let length = place(random, (new.len() - at).min(24));
        let stretch: Vec<u8> = match random.uniform(4) {
            0 => Vec::new(),
            1 => new[at..at + length].repeat(2),
            2 => {
                let from = place(random, new.len() - length);
                new[from..from + length].to_vec()
            }
            _ => (0..length)
                .map(|_| random.next_value().to_be_bytes()[0])
                .collect(),
        };
        new.splice(at..at + length, stretch);
    }
    new
}

#[test]
fn kept_inputs_and_changes_of_them_make_no_reader_panic() {
    for (name, run) in targets::all() {
        let inputs = kept(name);
        assert!(!inputs.is_empty(), "{name} has kept inputs");
        let mut random = Stream::new(&sha256(name.as_bytes()));
        for input in inputs {
            run(&input);
            for _ in 0..CHANGES {
                run(&changed(&mut random, &input));
            }
        }
    }
}
