//! Misuse of personal data that must not compile: each file of `tests/misuse/` is one.
//!
//! Invariant: a case fails with exactly the errors that its lines are marked with (`//~ E0277`), so
//! that none can be refused for another reason, such as a name that was misspelt; the cases named
//! `control_…` compile, or the run says nothing.
//!
//! `rustc` is run on the libraries that this test was built with. trybuild would do the same after
//! building every crate anew in a folder of its own.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

/// Crates that a case may name beside `fairdraw`.
const FRAMEWORKS: [&str; 3] = ["serde", "serde_json", "minijinja"];

#[test]
fn what_would_misuse_personal_data_does_not_compile() {
    let compiler = Compiler::new();
    let (controls, cases): (Vec<PathBuf>, Vec<PathBuf>) =
        cases().into_iter().partition(|case| is_control(case));
    assert!(cases.len() >= 15, "{} cases", cases.len());
    assert!(controls.len() >= 3, "{} controls", controls.len());
    for case in &cases {
        assert!(!marked(case).is_empty(), "{} marks no line", case.display());
    }
    let all = [controls, cases].concat();
    let wrong: Vec<String> = thread::scope(|scope| {
        let compiler = &compiler;
        let halves = all.chunks(all.len().div_ceil(2)).map(|half| {
            scope.spawn(move || {
                half.iter()
                    .filter_map(|case| compiler.differs(case))
                    .collect()
            })
        });
        let halves: Vec<_> = halves.collect();
        let found = halves
            .into_iter()
            .map(|half| half.join().expect("compiled"));
        found.collect::<Vec<Vec<String>>>().concat()
    });
    println!("{} cases and controls", all.len());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The lines of a case that must be refused, each with its error.
fn marked(case: &Path) -> BTreeSet<(usize, String)> {
    let text = fs::read_to_string(case).expect("a case");
    let lines = text.lines().enumerate();
    lines
        .filter_map(|(index, line)| {
            let (_, code) = line.split_once("//~ ")?;
            Some((index + 1, code.trim().to_owned()))
        })
        .collect()
}

fn is_control(case: &Path) -> bool {
    let name = case.file_name().unwrap_or_default();
    name.to_string_lossy().starts_with("control_")
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/misuse");
    let files = fs::read_dir(folder).expect("tests/misuse");
    let mut cases: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    cases.sort();
    cases
}

struct Compiler {
    libraries: PathBuf,
    externs: Vec<OsString>,
    out: tempfile::TempDir,
}

impl Compiler {
    /// Finds the libraries of this build. Of a crate that was built more than once, for build
    /// scripts and for the program, the one is taken with which the control compiles.
    fn new() -> Compiler {
        let this = std::env::current_exe().expect("this test");
        let mut compiler = Compiler {
            libraries: this.parent().expect("a folder").to_owned(),
            externs: Vec::new(),
            out: tempfile::tempdir().expect("a folder"),
        };
        let newest = compiler.built("fairdraw").into_iter().next();
        compiler.name("fairdraw", &newest.expect("the library is built"));
        let probe = compiler.out.path().join("probe.rs");
        for framework in FRAMEWORKS {
            let bound = match framework {
                "serde" => {
                    "fn is<T: serde::Serialize>() {} pub fn f() { is::<fairdraw::vault::FileSystem>() }"
                }
                "serde_json" => {
                    "pub fn f(s: &fairdraw::vault::FileSystem) { let _ = serde_json::to_string(s); }"
                }
                _ => {
                    "pub fn f(s: &fairdraw::vault::FileSystem) { let _ = minijinja::Value::from(minijinja::value::Serde(s)); }"
                }
            };
            fs::write(&probe, bound).expect("written");
            let built = compiler.built(framework);
            let found = built.iter().any(|library| {
                compiler.name(framework, library);
                let fits = compiler.errors(&probe).is_empty();
                if !fits {
                    compiler.externs.truncate(compiler.externs.len() - 2);
                }
                fits
            });
            assert!(found, "no {framework} of the program among {built:?}");
        }
        compiler
    }

    fn name(&mut self, name: &str, library: &Path) {
        self.externs.push("--extern".into());
        self.externs
            .push(format!("{name}={}", library.display()).into());
    }

    /// Every build of a crate, the newest first.
    fn built(&self, name: &str) -> Vec<PathBuf> {
        let start = format!("lib{name}-");
        let mut found = Vec::new();
        for file in fs::read_dir(&self.libraries).expect("the libraries") {
            let file = file.expect("a file");
            let file_name = file.file_name().to_string_lossy().into_owned();
            if file_name.starts_with(&start) && file_name.ends_with(".rlib") {
                let made = file.metadata().and_then(|facts| facts.modified());
                found.push((made.expect("a time"), file.path()));
            }
        }
        found.sort();
        found.into_iter().rev().map(|(_, path)| path).collect()
    }

    /// What is wrong about a case, or nothing.
    fn differs(&self, case: &Path) -> Option<String> {
        let (expected, found) = (marked(case), self.errors(case));
        let name = case.file_name().unwrap_or_default().to_string_lossy();
        (expected != found).then(|| format!("{name}: marked {expected:?}, refused for {found:?}"))
    }

    /// The errors of a file, by line and code.
    fn errors(&self, case: &Path) -> BTreeSet<(usize, String)> {
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let output = Command::new(rustc)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(["--edition=2024", "--crate-type=lib", "--emit=metadata"])
            .args(["--error-format=short", "--cap-lints=allow"])
            .arg("--out-dir")
            .arg(self.out.path())
            .arg("-L")
            .arg(format!("dependency={}", self.libraries.display()))
            .args(&self.externs)
            .arg(case)
            .output()
            .expect("rustc runs");
        let said = String::from_utf8_lossy(&output.stderr);
        let errors: BTreeSet<(usize, String)> = said.lines().filter_map(error).collect();
        assert_eq!(output.status.success(), errors.is_empty(), "{said}");
        errors
    }
}

/// Line and code of one line of `--error-format=short`.
fn error(line: &str) -> Option<(usize, String)> {
    let (place, said) = line.split_once(": error")?;
    let mut place = place.rsplit(':').skip(1);
    let number = place.next()?.parse().ok()?;
    let code = said.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    Some((
        number,
        code.map_or_else(String::new, |(code, _)| code.to_owned()),
    ))
}
