//! `fairdraw check`, as somebody reads it who has just installed the program.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::Engine;
use crate::support::openid::ForgingProvider;
use crate::support::smtp_daemon::SmtpDaemon;
use crate::support::vault::{self, Program, run};

/// Settings as a library would write them.
fn settings(folder: &Path, more: &str) {
    let text = format!(
        "[default.app]\nsite = \"lib.example.tw\"\nlibrary_zh = \"臺北市立圖書館\"\n\
         library_en = \"Taipei Public Library\"\nmail_from = \"draws@lib.example.tw\"\n\
         mail_dns = \"127.0.0.1:1\"\n\
         contact_email = \"desk@lib.example.tw\"\n{more}"
    );
    fs::write(folder.join("Rocket.toml"), text).expect("written");
}

fn check(folder: &Path, data: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    run(|command: &mut Command| {
        command
            .arg("check")
            .args(arguments)
            .current_dir(folder)
            .env_remove("ROCKET_APP")
            .env_remove("FAIRDRAW_KEYS")
            .env_remove("FAIRDRAW_DATABASE_URL")
            .env("FAIRDRAW_DATA", data);
    })
}

fn findings(printed: &str) -> Vec<Value> {
    let told: Value = serde_json::from_str(printed).expect("one JSON object");
    told["findings"].as_array().expect("a list").clone()
}

fn state<'v>(findings: &'v [Value], name: &str) -> &'v str {
    let found = findings.iter().find(|each| each["name"] == name);
    let found = found.unwrap_or_else(|| panic!("{name} in {findings:?}"));
    found["state"].as_str().expect("a word")
}

#[test]
fn a_new_installation_is_told_what_is_missing_and_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    settings(folder.path(), "");
    let (code, printed) = check(folder.path(), &data, &["--offline"]);
    assert_eq!(code, Some(2), "{printed}");
    for words in [
        "Settings",
        "✓ values",
        "! public_origin",
        "is made at the first start",
        "! mail server",
        "smtp_url is empty",
        "? against drand",
        "→ leave --offline away",
        "not looked at",
    ] {
        assert!(printed.contains(words), "{words} in\n{printed}");
    }
    assert!(!data.exists(), "nothing was made");
    // A name with a typing error is named, and so is a variable that means nothing.
    settings(folder.path(), "stat_q = 10\n");
    let (code, printed) = check(folder.path(), &data, &["--offline"]);
    assert_eq!(code, Some(1));
    assert!(
        printed.contains("✗ values") && printed.contains("stat_q"),
        "{printed}"
    );
    let (_, printed) = run(|command| {
        command
            .args(["check", "--offline"])
            .current_dir(folder.path())
            .env("FAIRDRAW_DATBASE_URL", "x");
    });
    assert!(
        printed.contains("FAIRDRAW_DATBASE_URL means nothing"),
        "{printed}"
    );
}

#[test]
fn a_security_contact_without_a_day_or_past_it_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let contact = "security_contact = \"mailto:security@lib.example.tw\"\n";
    for (day, words) in [
        ("", "it needs a contact and a last day"),
        (
            "security_until = \"2020-06-30\"\n",
            "security.txt ended on 2020-06-30",
        ),
        (
            "security_until = \"9999-06-30\"\n",
            "security.txt holds until 9999-06-30",
        ),
    ] {
        settings(folder.path(), &format!("{contact}{day}"));
        let (_, printed) = check(folder.path(), &data, &["--offline"]);
        assert!(printed.contains(words), "{words}: {printed}");
    }
}

#[test]
fn a_command_that_cannot_be_done_says_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let told = |arguments: &[&str], settings: Option<&Path>| {
        let (code, printed) = run(|command: &mut Command| {
            command
                .args(arguments)
                .current_dir(folder.path())
                .env_remove("ROCKET_APP")
                .env_remove("FAIRDRAW_DATABASE_URL")
                .env("FAIRDRAW_DATA", folder.path().join("data"));
            if let Some(file) = settings {
                command.env("ROCKET_CONFIG", file);
            }
        });
        assert_ne!(code, Some(0), "{printed}");
        printed
    };
    // A typing error in the name of the file would otherwise start another site with defaults.
    let wrong = folder.path().join("Rokcet.toml");
    for arguments in [&[][..], &["check", "--offline"], &["migrate"]] {
        let printed = told(arguments, Some(&wrong));
        assert!(
            printed.contains("Rokcet.toml, which is not there"),
            "{printed}"
        );
    }
    assert!(!folder.path().join("data").exists(), "nothing was made");
    let printed = told(&["backup", "/no/such/folder/one.fairdraw-backup"], None);
    assert!(
        printed.contains("there is no folder /no/such/folder"),
        "{printed}"
    );
    for arguments in [
        &["draw", "paste", "zzzzzzzzzz", "00"][..],
        &["draw", "bundle", "zzzzzzzzzz", "-o", "x.zip"],
    ] {
        let printed = told(arguments, None);
        assert!(printed.contains("there is no draw zzzzzzzzzz"), "{printed}");
        assert!(printed.contains("fairdraw draw list"), "{printed}");
    }
}

#[test]
fn a_site_in_service_is_looked_at_beside_its_server() {
    let mail = SmtpDaemon::start();
    let (database, _) = vault::open_now(Engine::Sqlite);
    let program = Program::start(&database);
    let folder = tempfile::tempdir().expect("a folder");
    let authority = folder.path().join("ca.pem");
    fs::write(&authority, mail.certificate()).expect("written");
    let password = "a-password-of-the-library";
    let url = format!(
        "smtp_url = \"smtp://localhost:{}?tls=required&ca={}\"\nmetrics_token = \"{password}-for-figures\"\nrelays = []\n",
        mail.port(),
        authority.display()
    );
    settings(folder.path(), &url);
    let mode = |bits| fs::Permissions::from_mode(bits);
    fs::set_permissions(folder.path().join("Rocket.toml"), mode(0o644)).expect("ours");
    fs::set_permissions(database.data(), mode(0o700)).expect("ours");
    let (code, printed) = check(folder.path(), database.data(), &["--json"]);
    assert_eq!(code, Some(2), "{printed}");
    assert!(!printed.contains(password), "no password is printed");
    let found = findings(&printed);
    assert_eq!(
        state(&found, "Rocket.toml"),
        "warning",
        "others can read a token"
    );
    // The file of a package: its service reads it as a member of the group.
    fs::set_permissions(folder.path().join("Rocket.toml"), mode(0o640)).expect("ours");
    let (_, told) = check(folder.path(), database.data(), &["--offline", "--json"]);
    assert_eq!(state(&findings(&told), "Rocket.toml"), "good", "{told}");
    assert_eq!(state(&found, "tables"), "good");
    assert_eq!(state(&found, "logs"), "good");
    assert_eq!(state(&found, "key folder"), "good", "in use by the server");
    assert_eq!(state(&found, "mail server"), "good", "{printed}");
    // Nobody answers at that port: it is said, and is never fine.
    for name in ["MX", "SPF", "DKIM", "DMARC"] {
        assert_eq!(state(&found, name), "unknown", "{printed}");
    }
    assert_eq!(mail.mails().len(), 0, "no mail was sent");
    assert_eq!(state(&found, "calls filtered"), "good");
    mail_that_is_down(mail, folder.path(), &database);
    let (code, _) = program.stop();
    assert_eq!(code, Some(0));

    // Somebody opened the folder to others, and changed a log.
    fs::set_permissions(database.data(), mode(0o755)).expect("ours");
    let db = database.open(&fairdraw::platform::clock::Clock::system());
    let changed: Result<(), fairdraw::platform::db::Error> = db.write_now("tamper", |tx| {
        use diesel::prelude::*;
        let query = "UPDATE logs SET size = size + 1 WHERE id = 'journal'";
        diesel::sql_query(query).execute(tx.conn())?;
        Ok(())
    });
    changed.expect("changed");
    drop(db);
    let (code, printed) = check(folder.path(), database.data(), &["--offline"]);
    assert_eq!(code, Some(1), "{printed}");
    assert!(
        printed.contains("others of this machine may look into"),
        "{printed}"
    );
    assert!(printed.contains("✗ logs"), "{printed}");
    assert!(printed.contains("chmod 700"), "{printed}");
}

fn mail_that_is_down(mut mail: SmtpDaemon, folder: &Path, database: &crate::support::TestDatabase) {
    mail.go_down();
    let (code, printed) = check(folder, database.data(), &["--json"]);
    assert_eq!(code, Some(1));
    assert_eq!(state(&findings(&printed), "mail server"), "bad");
}

/// Every setting and every variable of the environment is explained, and nothing else is.
#[test]
fn the_manual_names_every_setting_and_no_other() {
    let manual = include_str!("../../docs/operating.md");
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(
        folder.path().join("Rocket.toml"),
        "[default.app]\nno_such_name = 1\n",
    )
    .expect("written");
    let (_, printed) = check(folder.path(), &folder.path().join("data"), &["--offline"]);
    let listed = printed
        .split("one of")
        .nth(1)
        .expect("the names are listed");
    let listed = listed.split(" for key").next().unwrap_or_default();
    let is_part = |letter: char| letter.is_ascii_lowercase() || letter == '_';
    let words = listed.split(|letter| !is_part(letter));
    let known: Vec<&str> = words.filter(|word| word.len() > 3).collect();
    assert!(known.len() > 25, "{printed}");
    for name in &known {
        assert!(
            manual.contains(&format!("`{name}`")),
            "{name} is not in docs/operating.md"
        );
    }
    for name in fairdraw::platform::config::ENVIRONMENT {
        if name != "FAIRDRAW_CLOCK" {
            assert!(manual.contains(name), "{name} is not in docs/operating.md");
        }
    }
    // What the manual's blocks of settings set, the program knows.
    for block in manual.split("```toml").skip(1) {
        let block = block.split("```").next().expect("an end");
        let mut table = String::new();
        for line in block.lines().map(str::trim) {
            if line.starts_with('[') {
                table = line.trim_matches(['[', ']']).to_owned();
            } else if let Some((name, _)) = line.split_once('=')
                && table == "default.app"
                && !line.starts_with('#')
            {
                let name = name.trim();
                assert!(known.contains(&name), "the manual sets {name}");
            }
        }
    }
}

#[test]
fn a_provider_that_staff_sign_in_by_is_asked_who_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let provider = ForgingProvider::start();
    let secret = folder.path().join("secret");
    fs::write(&secret, "not-a-secret\n").expect("written");
    let write = |issuer: &str| {
        let table = format!(
            "[default.app.staff_openid]\nissuer = \"{issuer}\"\nclient_id = \"fairdraw\"\n\
             client_secret_file = \"{}\"\nname_zh = \"市府帳號\"\nname_en = \"City account\"\n",
            secret.display()
        );
        settings(folder.path(), &table);
    };
    write(&provider.issuer());
    let found = |arguments: &[&str]| {
        let (_, printed) = check(folder.path(), &data, arguments);
        assert!(!printed.contains("not-a-secret"));
        findings(&printed)
    };
    let told = found(&["--json"]);
    assert_eq!(state(&told, "staff_openid"), "good");
    assert_eq!(state(&told, "staff_openid back"), "good");
    assert_eq!(
        state(&found(&["--json", "--offline"]), "staff_openid"),
        "unknown"
    );
    provider.order(&serde_json::json!({"about": {"issuer": "https://evil.example"}}));
    assert_eq!(state(&found(&["--json"]), "staff_openid"), "bad");
    provider.order(&serde_json::json!({"down": true}));
    assert_eq!(state(&found(&["--json"]), "staff_openid"), "bad");
    // By http only on this machine, and the values of a setting that is wrong are not repeated.
    write("http://id.city.example");
    let (code, printed) = check(folder.path(), &data, &["--offline"]);
    assert_eq!(code, Some(1));
    assert!(printed.contains("staff_openid.issuer"), "{printed}");
    fs::remove_file(&secret).expect("removed");
    write(&provider.issuer());
    let (code, printed) = check(folder.path(), &data, &["--offline"]);
    assert_eq!(code, Some(1));
    assert!(printed.contains("client_secret_file"), "{printed}");
}
