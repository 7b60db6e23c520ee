//! A name server on this machine answers over UDP as one of the world does.

use std::net::{SocketAddr, UdpSocket};

use hickory_resolver::proto::op::{Message, OpCode, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, MX, TXT};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};

use super::*;

const DOMAIN: &str = "lib.example.tw";
const RSA_512: &str = "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAL+onljYjJrnrQWCfWk6uMlhxAH50OdFNowVAo3UaPd0KBS/hUdUswJbjbHNtBU2szkVu4FcJveQuiSqwKXxrLUCAwEAAQ==";
const RSA_1024: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDOGoboLANQ6G1/DUaVvTGsIPAW/lPPTnQ/LKWZhHuJUbklV6StRC3T6WHkwnybI1ojgtpeJOkfqJkCEf/hZTaGIsscExLLjzZ0KRQYfglW8H7GAQfAd2ido5oAdT/S+Mst95wqyTjf8RRU4rx3YDpC6v4vBMf4e0sHNU0rLZDIcwIDAQAB";
const RSA_2048: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAsaXVCnUCB+Pgd9XykavhXmLqEXNs5u7JoKyU7bHBy1c9+KNBss5DWatUBwXas6tmi2efvMVVnxtN3ItFMuJpcRVzZ5zDGJovBuux9aJHuUXM/7HY+atXNpzwFphFAERwOGqCzN+s83X0mQIEMkxvEkvBUrOUWIY+cz5EhmNO10zpZldGxn3znkOJqdWd3ezf7d4pyz+DhdgI5joT/GpvkxG/PkQxMyO87RZqKFYYORV5lr2+gkKyJ5ekZ/vEd3tJapJuRecYlICkpwxyNiaE3EiveJeXJN5z8NZ6SQnEr1iifCf7pYBiGSeVyHa4m/Ub8dyhT/FrQf2LkPuilQLyRQIDAQAB";

/// Name, kind (`TXT`, `MX`, `A`) and value.
type Zone = Vec<(String, &'static str, String)>;

/// Answers until the test ends.
fn serve(zone: Zone) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let at = socket.local_addr().expect("bound");
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok((length, from)) = socket.recv_from(&mut bytes) {
            let asked = Message::from_vec(&bytes[..length]).expect("a question");
            let said = answer(&zone, &asked).to_vec().expect("written");
            socket.send_to(&said, from).expect("sent");
        }
    });
    at
}

fn answer(zone: &Zone, asked: &Message) -> Message {
    let question = asked.queries[0].clone();
    let mut said = Message::response(asked.metadata.id, OpCode::Query);
    let name = question.name().to_ascii().to_ascii_lowercase();
    let name = name.trim_end_matches('.');
    let here = zone.iter().filter(|(of, ..)| of == name);
    if here.clone().count() == 0 {
        said.metadata.response_code = ResponseCode::NXDomain;
    }
    for (_, kind, value) in here {
        let (of, data) = match *kind {
            "TXT" => {
                let parts = value.as_bytes().chunks(200);
                let parts = parts.map(|part| String::from_utf8_lossy(part).into_owned());
                (RecordType::TXT, RData::TXT(TXT::new(parts.collect())))
            }
            "MX" => {
                let host = Name::from_ascii(value).expect("a name");
                (RecordType::MX, RData::MX(MX::new(10, host)))
            }
            _ => (RecordType::A, RData::A(A::new(192, 0, 2, 1))),
        };
        if of == question.query_type() {
            said.add_answer(Record::from_rdata(question.name().clone(), 60, data));
        }
    }
    said.add_query(question);
    said
}

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
    let dns = Dns::new(Some(serve(zone(records)))).expect("a resolver");
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
        records.extend(texts.iter().map(|text| ("", "TXT", *text)));
        assert_eq!(&looked(&records).spf, wanted, "{texts:?}");
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
    let dns = Dns::new(Some(at)).expect("a resolver");
    let report = look(&dns, DOMAIN, &["s1".to_owned()]);
    assert_eq!(report.existence.weight(), Weight::Unknown);
    assert_eq!(report.spf.weight(), Weight::Unknown);
    assert_eq!(report.dkim[0].1.weight(), Weight::Unknown);
    assert_eq!(report.dmarc.weight(), Weight::Unknown);
}
