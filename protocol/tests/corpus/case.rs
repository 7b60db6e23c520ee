//! One bundle of the corpus, what is wrong with it, and the folder that other verifiers read.

use std::path::Path;

use lucky_draw::verify::{CheckName, Options, Outcome, Report, verify_bytes};

/// One bundle and what a verifier has to say about it.
pub(crate) struct Case {
    /// The file's name without `.zip`.
    pub(crate) name: String,
    /// The kind of mutation, or `honest`.
    pub(crate) group: &'static str,
    /// What was done, in words.
    pub(crate) mutation: String,
    /// At least one of these checks fails; empty for an honest draw.
    pub(crate) checks: Vec<CheckName>,
    /// Only time evidence is missing: refused with `--require-time` alone.
    pub(crate) require_time: bool,
    /// Only the BLS signature shows it.
    pub(crate) bls: bool,
    pub(crate) zip: Vec<u8>,
}

impl Case {
    pub(crate) fn honest(name: String, mutation: String, zip: Vec<u8>) -> Case {
        Case {
            name,
            group: "honest",
            mutation,
            checks: Vec::new(),
            require_time: false,
            bls: false,
            zip,
        }
    }

    /// The exit status that `lucky-draw-verify` has to end with.
    pub(crate) fn exit(&self) -> u8 {
        match (self.checks.is_empty(), self.require_time) {
            (true, false) => 0,
            (true, true) => 2,
            (false, _) => 1,
        }
    }

    /// The report, and what is wrong with it.
    pub(crate) fn check(&self) -> (Report, Option<String>) {
        let options = Options {
            require_time: self.require_time,
            ..Options::default()
        };
        let report = verify_bytes(&self.zip, &options);
        let failed = |name: &CheckName| report.check(*name).outcome == Outcome::Failed;
        let found = report.exit_code() == self.exit()
            && (self.checks.is_empty() || self.checks.iter().any(failed));
        let wrong = (!found).then(|| {
            let names: Vec<&str> = self.checks.iter().map(|name| name.as_str()).collect();
            let exit = self.exit();
            format!(
                "{}: expected exit {exit} and one of {names:?}\n{report}",
                self.name
            )
        });
        (report, wrong)
    }

    fn line(&self) -> String {
        let names: Vec<&str> = self.checks.iter().map(|name| name.as_str()).collect();
        let mut line = serde_json::json!({
            "file": format!("{}.zip", self.name),
            "group": self.group,
            "mutation": self.mutation,
            "checks": names,
            "exit": self.exit(),
        });
        if self.require_time {
            line["options"] = serde_json::json!({"require_time": true});
        }
        if self.bls {
            line["needs"] = "bls".into();
        }
        line.to_string()
    }
}

/// Writes every zip, this verifier's report beside it, and `expected.jsonl`.
pub(crate) fn write(folder: &Path, cases: &[(&Case, Report)]) {
    std::fs::create_dir_all(folder).expect("a folder");
    let mut expected = String::new();
    for (case, report) in cases {
        let file = format!("{}.zip", case.name);
        std::fs::write(folder.join(&file), &case.zip).expect("written");
        let json = report.to_json_of(&file) + "\n";
        std::fs::write(folder.join(format!("{}.json", case.name)), json).expect("written");
        expected += &(case.line() + "\n");
    }
    std::fs::write(folder.join("expected.jsonl"), expected).expect("written");
}
