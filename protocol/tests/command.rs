//! `lucky-draw-verify` as a person runs it.

mod sample;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sample::{Built, Plan, build};

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    folder
}

fn run(arguments: &[&str]) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_lucky-draw-verify"))
        .args(arguments)
        .output()
        .expect("the verifier runs");
    let text = |bytes| String::from_utf8(bytes).expect("a text");
    (status.code().expect("a status"), text(stdout), text(stderr))
}

fn bundle(folder: &Path, built: &Built) -> String {
    let path = folder.join("bundle.zip");
    std::fs::write(&path, built.bundle.to_zip()).expect("written");
    path.to_str().expect("a path").to_owned()
}

#[test]
fn a_good_bundle_exits_with_0_and_sixteen_checks_and_a_result() {
    let folder = folder("good");
    let built = build(&Plan::default());
    let bundle = bundle(&folder, &built);
    let (status, output, _) = run(&[&bundle]);
    assert_eq!(status, 0, "{output}");
    let lines: Vec<&str> = output.lines().collect();
    assert_eq!(lines.len(), 17);
    for line in &lines[..16] {
        let fields: Vec<&str> = line.split('\t').collect();
        assert_eq!(fields.len(), 3, "{line}");
        assert!(["passed", "not applicable", "could not check"].contains(&fields[0]));
    }
    assert_eq!(
        lines[16],
        "result: passed; time not proven; site key not pinned"
    );
    let (status, output, _) = run(&[&bundle, "--vkey", &built.site.vkey()]);
    assert_eq!(status, 0);
    assert!(
        output.ends_with("result: passed; time not proven\n"),
        "{output}"
    );
    let (status, output, _) = run(&[&bundle, "--require-time"]);
    assert_eq!(status, 2);
    assert!(
        output.contains("result: could not check (time)"),
        "{output}"
    );
}

#[test]
fn a_changed_bundle_or_another_key_exits_with_1() {
    let folder = folder("changed");
    let built = build(&Plan::default());
    let path = bundle(&folder, &built);
    let other = lucky_draw::note::Signer::new(sample::SITE, [3; 32]).expect("a signer");
    let (status, output, _) = run(&[&path, "--vkey", &other.vkey()]);
    assert_eq!(status, 1);
    assert!(output.contains("result: failed (signatures)"), "{output}");
    let mut zip = built.bundle.to_zip();
    let middle = zip.len() / 2;
    zip[middle] ^= 4;
    std::fs::write(&path, zip).expect("written");
    let (status, output, _) = run(&[&path]);
    assert_eq!(status, 1);
    assert!(output.starts_with("failed\tformat\t"), "{output}");
}

#[test]
fn a_receipt_is_checked_and_nothing_personal_is_printed() {
    let folder = folder("receipt");
    let built = build(&Plan::default());
    let path = bundle(&folder, &built);
    let file = folder.join("my.tlog-proof");
    std::fs::write(&file, built.receipt(2, 5).to_text()).expect("written");
    let file = file.to_str().expect("a path");
    let ticket = &built.tickets[2];
    let id = &ticket.subject["twid:".len()..];
    let typed = format!(" {} ", id.to_lowercase());
    let code = ticket.secret.grouped().to_lowercase();
    let arguments = [&path, "--receipt", file, "--id", &typed, "--secret", &code];
    let (status, output, errors) = run(&arguments);
    assert_eq!(status, 0, "{output}");
    assert!(output.contains("passed\treceipt\tticket 2-"), "{output}");
    for shown in [&output, &errors] {
        assert!(!shown.contains(id) && !shown.contains(ticket.secret.as_str()));
    }

    let (status, output, _) = run(&[&path, "--receipt", file, "--id", "Z299999999"]);
    assert_eq!(status, 1);
    assert!(output.contains("failed\treceipt\t") && !output.contains("Z299999999"));
    std::fs::write(file, "not a receipt").expect("written");
    let (status, output, _) = run(&[&path, "--receipt", file]);
    assert_eq!(status, 1);
    assert!(output.contains("failed\treceipt\t"), "{output}");
}

#[test]
fn a_report_is_read_by_programs_as_json() {
    let folder = folder("json");
    let built = build(&Plan::default());
    let path = bundle(&folder, &built);
    let (status, output, _) = run(&[&path, "--json"]);
    assert_eq!(status, 0);
    let report: serde_json::Value = serde_json::from_str(&output).expect("JSON");
    assert_eq!(report["file"], "bundle.zip");
    let checks = report["checks"].as_array().expect("checks");
    let (_, lines, _) = run(&[&path]);
    for (check, line) in checks.iter().zip(lines.lines()) {
        let field = |name: &str| check[name].as_str().expect("a text").to_owned();
        let fields = [field("outcome"), field("name"), field("reason")];
        assert_eq!(fields.join("\t"), line);
    }
    assert_eq!(checks.len(), 16);
    assert_eq!(report["result"].as_str(), lines.lines().last());
    assert_eq!(report["exit"], 0);
    let settles: Vec<String> = built.settles.iter().map(|s| s.hash().to_string()).collect();
    let computed = serde_json::json!({
        "seed": built.result.seed.to_string(),
        "result": built.result.hash().to_string(),
        "settle": settles,
    });
    assert_eq!(report["computed"], computed);

    std::fs::write(folder.join("a \"cut\" one.zip"), "no zip").expect("written");
    let (status, output, _) = run(&["--json-lines", folder.to_str().expect("a path")]);
    assert_eq!(status, 1, "the status is that of the worst bundle");
    let reports: Vec<serde_json::Value> = output
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(reports.len(), 2);
    assert_eq!(reports[0]["file"], "a \"cut\" one.zip");
    assert_eq!(reports[0]["exit"], 1);
    assert!(reports[0]["computed"].is_null());
    assert_eq!(reports[1]["file"], "bundle.zip");
    assert_eq!(reports[1]["checks"], report["checks"]);
}

#[test]
fn wrong_arguments_exit_with_64_and_help_with_0() {
    let folder = folder("usage");
    let path = bundle(&folder, &build(&Plan::default()));
    let missing = folder.join("missing.zip");
    let missing = missing.to_str().expect("a path");
    for arguments in [
        &[][..],
        &["--bogus"],
        &[&path, "--vkey"],
        &[&path, "--vkey", "not a key"],
        &[&path, "--secret", "WRONG-CODE"],
        &[&path, "--receipt", missing],
        &[&path, &path],
        &[&path, "--json-lines", "."],
        &["--json-lines", missing],
        &[missing],
    ] {
        let (status, output, errors) = run(arguments);
        assert_eq!(status, 64, "{arguments:?}: {errors}");
        assert!(output.is_empty() && !errors.is_empty());
        assert!(!errors.contains("WRONG-CODE"), "codes are not echoed");
    }
    for flag in ["--help", "--version", "-h"] {
        let (status, output, _) = run(&[flag]);
        assert_eq!(status, 0);
        assert!(output.contains("lucky"));
    }
    let (_, help, _) = run(&["--help"]);
    for taught in [
        "numbers-origin",
        "poster",
        "Examples:",
        "Exit status",
        "--require-time",
    ] {
        assert!(help.contains(taught), "{taught}");
    }
}
