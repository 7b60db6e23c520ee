//! The domain that mail is sent from, as receivers see it: what is read from a real name server, and
//! the page and the command that say so.

use std::net::UdpSocket;
use std::time::Duration;

use fairdraw::account::Role;
use fairdraw::platform::dns::{Answer, Dns};
use fairdraw::platform::mail::domain::{Existence, Report, Weight, dkim, dmarc, look, spf};
use rocket::http::Status;

use crate::support::Engine;
use crate::support::app::TestApp;
use crate::support::name_server::{Zone, serve, serve_but};
use crate::support::staff::colleague;
use crate::support::vault::run;

on_both! {
    an_admin_reads_what_receivers_see_of_the_sender,
    nothing_is_asked_where_no_mail_leaves,
}

const START: &str = "2024-07-01T09:00:00+08:00";
const PATIENCE: Duration = Duration::from_secs(15);
const DOMAIN: &str = "lib.example.tw";
const RSA_512: &str = "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAL+onljYjJrnrQWCfWk6uMlhxAH50OdFNowVAo3UaPd0KBS/hUdUswJbjbHNtBU2szkVu4FcJveQuiSqwKXxrLUCAwEAAQ==";
const RSA_1024: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDOGoboLANQ6G1/DUaVvTGsIPAW/lPPTnQ/LKWZhHuJUbklV6StRC3T6WHkwnybI1ojgtpeJOkfqJkCEf/hZTaGIsscExLLjzZ0KRQYfglW8H7GAQfAd2ido5oAdT/S+Mst95wqyTjf8RRU4rx3YDpC6v4vBMf4e0sHNU0rLZDIcwIDAQAB";
const RSA_2048: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAsaXVCnUCB+Pgd9XykavhXmLqEXNs5u7JoKyU7bHBy1c9+KNBss5DWatUBwXas6tmi2efvMVVnxtN3ItFMuJpcRVzZ5zDGJovBuux9aJHuUXM/7HY+atXNpzwFphFAERwOGqCzN+s83X0mQIEMkxvEkvBUrOUWIY+cz5EhmNO10zpZldGxn3znkOJqdWd3ezf7d4pyz+DhdgI5joT/GpvkxG/PkQxMyO87RZqKFYYORV5lr2+gkKyJ5ekZ/vEd3tJapJuRecYlICkpwxyNiaE3EiveJeXJN5z8NZ6SQnEr1iifCf7pYBiGSeVyHa4m/Ub8dyhT/FrQf2LkPuilQLyRQIDAQAB";

fn zone(records: &[(&str, &'static str, &str)]) -> Zone {
    let full = |name: &str| match name {
        "" => DOMAIN.to_owned(),
        name if name.ends_with('.') => name.trim_end_matches('.').to_owned(),
        name => format!("{name}.{DOMAIN}"),
    };
    let records = records.iter();
    records
        .map(|(name, kind, value)| (full(name), *kind, (*value).to_owned()))
        .collect()
}

fn looked(records: &[(&str, &'static str, &str)]) -> Report {
    let dns = Dns::new(Some(serve(zone(records))), PATIENCE).expect("a resolver");
    look(&dns, DOMAIN, &["s1".to_owned()])
}

#[test]
fn a_domain_with_everything_published_is_good() {
    let key = format!("v=DKIM1; k=rsa; p={RSA_2048}");
    let report = looked(&[
        ("", "MX", "mx.lib.example.tw."),
        ("", "TXT", "some-site-verification=1"),
        ("", "TXT", "v=spf1 mx include:_spf.lib.example.tw -all"),
        (
            "_spf",
            "TXT",
            "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 ~all",
        ),
        ("s1._domainkey", "TXT", &key),
        (
            "_dmarc",
            "TXT",
            "v=DMARC1; p=quarantine; rua=mailto:d@lib.example.tw",
        ),
    ]);
    assert_eq!(report.existence, Existence::Servers);
    assert_eq!(report.spf, spf::Verdict::Strict(2));
    assert_eq!(report.dkim, [("s1".to_owned(), dkim::Verdict::Rsa(2048))]);
    let at = format!("_dmarc.{DOMAIN}");
    let wanted = dmarc::Verdict::Protects(dmarc::Policy::Quarantine, at);
    assert_eq!(report.dmarc, wanted);
}

#[test]
fn who_may_send_is_read_as_receivers_read_it() {
    use spf::Verdict;
    let eleven = (0..11).fold("v=spf1".to_owned(), |text, n| format!("{text} a:h{n}.tw"));
    let eleven = format!("{eleven} -all");
    let ten = eleven.replace(" a:h0.tw", "");
    let cases: &[(&[&str], Verdict)] = &[
        (&[], Verdict::Missing),
        (&["v=spf10 -all"], Verdict::Missing),
        (&["v=spf1 mx -all", "v=spf1 ~all"], Verdict::Several(2)),
        (&["v=spf1 +all"], Verdict::Everybody),
        (&["v=spf1 all"], Verdict::Everybody),
        (&["v=spf1 mx"], Verdict::Undecided),
        (&["v=spf1 mx ?all"], Verdict::Undecided),
        (&["V=SPF1 MX ~ALL"], Verdict::Soft(1)),
        (
            &["v=spf1 mx -all include:never.reached.tw"],
            Verdict::Strict(1),
        ),
        (&[&eleven], Verdict::TooMany),
        (&[&ten], Verdict::Strict(10)),
        (&["v=spf1 include:loop.example.tw -all"], Verdict::TooMany),
        (&["v=spf1 redirect=strict.example.tw"], Verdict::Strict(1)),
        (
            &["v=spf1 include:gone.example.tw -all"],
            Verdict::Leads("gone.example.tw".to_owned()),
        ),
        (
            &["v=spf1 ip4:300.0.0.1 -all"],
            Verdict::Unreadable("ip4:300.0.0.1".to_owned()),
        ),
        (&["v=spf1 mx -al"], Verdict::Unreadable("-al".to_owned())),
    ];
    let hosts: Vec<String> = (0..11).map(|n| format!("h{n}.tw.")).collect();
    for (texts, wanted) in cases {
        let mut records = vec![
            ("", "MX", "mx.lib.example.tw."),
            (
                "loop.example.tw.",
                "TXT",
                "v=spf1 include:loop.example.tw -all",
            ),
            ("strict.example.tw.", "TXT", "v=spf1 -all"),
        ];
        records.extend(hosts.iter().map(|host| (host.as_str(), "A", "")));
        records.extend(texts.iter().map(|text| ("", "TXT", *text)));
        assert_eq!(&looked(&records).spf, wanted, "{texts:?}");
    }
}

#[test]
fn more_than_two_lookups_that_give_nothing_make_a_record_useless() {
    use spf::Verdict;
    let voids =
        |terms: &[&str]| Verdict::Voids(terms.iter().map(|&term| term.to_owned()).collect());
    for (text, wanted) in [
        ("v=spf1 a:gone.tw mx:gone.tw -all", Verdict::Strict(2)),
        (
            "v=spf1 a:gone.tw mx:gone.tw exists:gone.tw -all",
            voids(&["a:gone.tw", "mx:gone.tw", "exists:gone.tw"]),
        ),
        // The name exists, and has no such record.
        (
            "v=spf1 a mx:text.tw/24 a:text.tw/24//64 -all",
            voids(&["a:lib.example.tw", "mx:text.tw", "a:text.tw"]),
        ),
        // Those of included records count, too, and the list goes on where it left.
        (
            "v=spf1 a:gone.tw include:two.tw -all",
            voids(&["a:gone.tw", "a:two.tw", "mx:two.tw"]),
        ),
        (
            "v=spf1 redirect=three.tw",
            voids(&["a:x.tw", "a:y.tw", "a:z.tw"]),
        ),
        // What depends on the letter, and what stands behind `all`, is not asked for.
        (
            "v=spf1 exists:%{i}.tw a:%{d}.tw mx:%{h}.tw ptr -all",
            Verdict::Strict(4),
        ),
        ("v=spf1 -all a:x.tw a:y.tw a:z.tw", Verdict::Strict(0)),
        (
            "v=spf1 a:old.tw a:new.tw mx ip4:192.0.2.1 ~all",
            Verdict::Soft(3),
        ),
    ] {
        let report = looked(&[
            ("", "MX", "mx.lib.example.tw."),
            ("", "TXT", text),
            ("text.tw.", "TXT", "only a text"),
            ("two.tw.", "TXT", "v=spf1 a mx ?all"),
            ("three.tw.", "TXT", "v=spf1 a:x.tw a:y.tw a:z.tw -all"),
            ("old.tw.", "A", ""),
            ("new.tw.", "A", ""),
        ]);
        assert_eq!(report.spf, wanted, "{text}");
    }
}

#[test]
fn a_term_that_is_not_answered_is_not_taken_for_nothing() {
    let server = serve_but(
        zone(&[("", "TXT", "v=spf1 a:silent.tw a:silent.tw a:silent.tw -all")]),
        Some("silent.tw"),
    );
    let dns = Dns::new(Some(server), PATIENCE).expect("a resolver");
    assert_eq!(spf::look(&dns, DOMAIN), spf::Verdict::Away);
}

/// What a record says reaches the terminal of the operator, as far as it can be printed.
#[test]
fn a_record_moves_no_terminal_of_whoever_runs_the_check() {
    let server = serve(zone(&[
        ("", "MX", "mx.lib.example.tw."),
        ("", "TXT", "v=spf1 ip4:\u{1b}[2J\n\r\u{9b}1m\u{202e} -all"),
    ]));
    let folder = tempfile::tempdir().expect("a folder");
    let settings = format!(
        "[default.app]\nsite = \"lib.example.tw\"\nmail_from = \"draws@{DOMAIN}\"\n\
         mail_dns = \"{server}\"\nrelays = []\n\
         smtp_url = \"smtp://127.0.0.1:1?tls=none\"\n"
    );
    std::fs::write(folder.path().join("Rocket.toml"), settings).expect("written");
    for arguments in [&["check"][..], &["check", "--json"]] {
        let (_, printed) = run(|command| {
            command
                .args(arguments)
                .current_dir(folder.path())
                .env_remove("ROCKET_APP")
                .env_remove("FAIRDRAW_KEYS")
                .env_remove("FAIRDRAW_DATABASE_URL")
                .env("FAIRDRAW_DATA", folder.path().join("data"));
        });
        assert!(printed.contains("u{1b}[2J"), "{printed}");
        assert!(printed.contains("cannot be read"), "{printed}");
        let moves = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!printed.contains(moves), "{printed:?}");
        let line = printed.lines().find(|line| line.contains("u{1b}"));
        let line = line.expect("it is printed");
        // In one line: a break of theirs begins no line of ours.
        assert!(line.contains("u{a}") && line.contains("u{202e}"), "{line}");
    }
}

#[test]
fn a_key_is_read_and_measured() {
    use dkim::Verdict;
    for (text, wanted) in [
        (None, Verdict::Missing),
        (Some("v=DKIM1; p=".to_owned()), Verdict::Revoked),
        (Some(format!("p={RSA_512}")), Verdict::TooShort(512)),
        (Some(format!("p={RSA_1024}")), Verdict::Short(1024)),
        (Some(format!("v=DKIM1; p={RSA_2048};")), Verdict::Rsa(2048)),
        (
            Some(format!("v=DKIM1; t=s:y; p={RSA_2048}")),
            Verdict::Testing,
        ),
        (Some(format!("t=y; p={RSA_512}")), Verdict::TooShort(512)),
        (Some(format!("p={RSA_2048}; v=DKIM1")), Verdict::Unreadable),
        (Some(format!("v=DKIM2; p={RSA_2048}")), Verdict::Unreadable),
        (Some("v=DKIM1; p=bm8ga2V5".to_owned()), Verdict::Unreadable),
        (Some("v=DKIM1; k=rsa".to_owned()), Verdict::Unreadable),
        (
            Some("k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=".to_owned()),
            Verdict::Ed25519,
        ),
    ] {
        let found = match &text {
            None => Answer::NoName,
            Some(text) => Answer::Found(vec![text.clone()]),
        };
        assert_eq!(dkim::judge(&found), wanted, "{text:?}");
    }
    let twice = Answer::Found(vec![String::new(), String::new()]);
    assert_eq!(dkim::judge(&twice), Verdict::Several(2));
    let report = looked(&[("s1._domainkey", "TXT", "v=DKIM1; p=")]);
    assert_eq!(report.dkim[0].1, Verdict::Revoked);
    assert_eq!(looked(&[]).dkim[0].1, Verdict::Missing);
}

#[test]
fn a_policy_is_found_at_the_domain_or_above_it() {
    use dmarc::{Policy, Verdict};
    let (own, above) = (format!("_dmarc.{DOMAIN}"), "_dmarc.example.tw".to_owned());
    let protects = |policy, at: &String| Verdict::Protects(policy, at.clone());
    let cases: &[(&[(&str, &str)], Verdict)] = &[
        (&[], Verdict::Missing),
        // Never asked: nobody's policy stands at the top.
        (&[("_dmarc.tw.", "v=DMARC1; p=reject")], Verdict::Missing),
        (
            &[("_dmarc", "v=DMARC1; p=none")],
            Verdict::Watches(own.clone()),
        ),
        (
            &[("_dmarc", "v=DMARC1;p=reject")],
            protects(Policy::Reject, &own),
        ),
        (
            &[("_dmarc", "v=DMARC1; p=reject; pct=20")],
            Verdict::Partly(20, own.clone()),
        ),
        (
            &[("_dmarc", "v=DMARC1; p=all")],
            Verdict::Unreadable(own.clone()),
        ),
        (
            &[("_dmarc", "v=DMARC1; p=reject; aspf=x")],
            Verdict::Unreadable(own.clone()),
        ),
        (
            &[
                ("_dmarc", "v=DMARC1; p=none"),
                ("_dmarc", "v=DMARC1; p=reject"),
            ],
            Verdict::Several(own.clone()),
        ),
        (
            &[("_dmarc.example.tw.", "v=DMARC1; p=reject")],
            protects(Policy::Reject, &above),
        ),
        (
            &[("_dmarc.example.tw.", "v=DMARC1; p=reject; sp=none")],
            Verdict::Watches(above.clone()),
        ),
    ];
    for (texts, wanted) in cases {
        let records: Vec<_> = texts
            .iter()
            .map(|(name, text)| (*name, "TXT", *text))
            .collect();
        assert_eq!(&looked(&records).dmarc, wanted, "{texts:?}");
    }
}

#[test]
fn a_domain_exists_where_mail_arrives() {
    for (records, wanted) in [
        (&[][..], Existence::Missing),
        (&[("", "A", "")][..], Existence::Address),
        (&[("", "TXT", "only a text")][..], Existence::Missing),
        (&[("", "MX", ".")][..], Existence::TakesNone),
    ] {
        assert_eq!(looked(records).existence, wanted, "{records:?}");
    }
}

#[test]
fn silence_is_never_taken_for_an_answer() {
    // Bound, and nobody reads from it.
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let at = socket.local_addr().expect("bound");
    let dns = Dns::new(Some(at), PATIENCE).expect("a resolver");
    let report = look(&dns, DOMAIN, &["s1".to_owned()]);
    assert_eq!(report.existence.weight(), Weight::Unknown);
    assert_eq!(report.spf.weight(), Weight::Unknown);
    assert_eq!(report.dkim[0].1.weight(), Weight::Unknown);
    assert_eq!(report.dmarc.weight(), Weight::Unknown);
}

fn an_admin_reads_what_receivers_see_of_the_sender(engine: Engine) {
    let key = format!("v=DKIM1; p={RSA_1024}");
    let server = serve(zone(&[
        ("", "MX", "mx.lib.example.tw."),
        ("", "TXT", "v=spf1 mx -all \u{1b}[31m<b>"),
        ("s1._domainkey", "TXT", &key),
    ]));
    let app = TestApp::with(engine, START, |config| {
        config.smtp_url = "smtps://mail.lib.example.tw".to_owned();
        config.mail_from = format!("draws@{DOMAIN}");
        config.mail_dns = server.to_string();
        config.mail_dkim_selectors = vec!["s1".to_owned()];
    });
    let admin = app.first_admin();
    let start = admin.get("/admin");
    assert!(start.links().contains(&"/admin/mail".to_owned()));
    let page = admin.get("/admin/mail");
    assert_eq!(page.status, Status::Ok);
    let text = page.text("main");
    assert!(text.contains("lib.example.tw 有郵件伺服器"), "{text}");
    assert!(text.contains("RSA 金鑰，1024 位元，偏短"), "{text}");
    assert_eq!(page.texts(".tag"), ["正常", "正常", "請留意", "請留意"]);
    let wanted = "_dmarc.lib.example.tw TXT \"v=DMARC1; p=quarantine; rua=mailto:…\"";
    assert_eq!(page.texts("code"), [wanted]);
    let english = admin.get("/en/admin/mail").text("main");
    assert!(
        english.contains("which is short") && english.contains("Look at it"),
        "{english}"
    );
    let librarian = colleague(&app, "林館員", &[Role::Librarian]);
    assert_eq!(librarian.get("/admin/mail").status, Status::Forbidden);
}

fn nothing_is_asked_where_no_mail_leaves(engine: Engine) {
    // Nobody reads what is sent there.
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
    socket.set_nonblocking(true).expect("set");
    let at = socket.local_addr().expect("bound");
    let app = TestApp::with(engine, START, |config| config.mail_dns = at.to_string());
    let page = app.first_admin().get("/admin/mail");
    assert!(page.text("main").contains("沒有設定 smtp_url"));
    assert_eq!(page.texts("code").len(), 0);
    assert!(socket.recv(&mut [0; 1]).is_err(), "nothing was asked");
}
