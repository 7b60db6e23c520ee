//! The domain that mail is sent from, as receivers see it.

use crate::platform::config::Config;
use crate::platform::dns::{self, Dns};
use crate::platform::mail::domain::{self, Existence, Report, Weight, dkim, dmarc, spf};

use super::{Finding, State};

const NAME: &str = "sender's domain";
const AGAIN: &str = "see that name service answers here, then look again";

/// Asks what is published for the domain of `mail_from`.
pub(super) fn look(config: &Config, offline: bool) -> Vec<Finding> {
    let unknown = |found, advice| vec![Finding::unknown(NAME, found, advice)];
    if config.vault().is_some() {
        let words = "the vault sends mail; look there, with its own settings";
        return vec![Finding::good(NAME, words)];
    }
    if config.smtp_url.is_empty() {
        return unknown("not asked, as no mail leaves", "set smtp_url");
    }
    if offline {
        return unknown("not asked", "leave --offline away");
    }
    let (_, domain) = config.mail_from.rsplit_once('@').unwrap_or_default();
    let Ok(dns) = Dns::new(dns::resolver(&config.mail_dns)) else {
        return unknown("could not be looked at: no name service is set", AGAIN);
    };
    findings(&domain::look(&dns, domain, &config.mail_dkim_selectors))
}

fn findings(report: &Report) -> Vec<Finding> {
    let mut all = vec![existence(report), allowed(report)];
    if report.dkim.is_empty() {
        all.push(Finding::unknown(
            "DKIM",
            "could not be looked at: no selector is set",
            "set mail_dkim_selectors to what stands behind s= in the DKIM-Signature of a letter that has arrived",
        ));
    }
    let keys = report.dkim.iter();
    all.extend(keys.map(|(selector, verdict)| key(&report.domain, selector, verdict)));
    all.push(policy(report));
    all
}

fn finding(weight: Weight, name: &str, found: String, advice: String) -> Finding {
    let state = match weight {
        Weight::Good => State::Good,
        Weight::Unknown => State::Unknown,
        Weight::Warning => State::Warning,
        Weight::Bad => State::Bad,
    };
    Finding::with(state, name, found, advice)
}

fn existence(report: &Report) -> Finding {
    let domain = &report.domain;
    let (found, advice) = match report.existence {
        Existence::Servers => ("has mail servers", ""),
        Existence::Address => ("has an address, which takes its mail", ""),
        Existence::TakesNone => (
            "says that it takes no mail",
            "publish an MX record, or set mail_from to a domain that has one",
        ),
        Existence::Missing => (
            "has neither mail servers nor an address: answers go nowhere and receivers refuse it",
            "correct mail_from, or publish an MX record",
        ),
        Existence::Away => ("could not be looked at", AGAIN),
    };
    let weight = report.existence.weight();
    finding(weight, NAME, format!("{domain} {found}"), advice.to_owned())
}

fn allowed(report: &Report) -> Finding {
    let domain = &report.domain;
    let example =
        format!("{domain} TXT \"v=spf1 mx -all\", with your mail server in the place of mx");
    let mend = |what: &str| format!("{what}; such as {example}");
    let ours = "whether your mail server is among them cannot be seen from here";
    let (found, advice) = match &report.spf {
        spf::Verdict::Strict(asked) => (
            format!("others are refused (-all), {asked} of 10 lookups; {ours}"),
            String::new(),
        ),
        spf::Verdict::Soft(asked) => (
            format!("others are suspicious (~all), {asked} of 10 lookups; {ours}"),
            String::new(),
        ),
        spf::Verdict::Missing => ("no record".to_owned(), format!("publish {example}")),
        spf::Verdict::Several(count) => (
            format!("{count} records, of which none counts"),
            mend("make one of them"),
        ),
        spf::Verdict::Undecided => (
            "it does not say what of everybody else".to_owned(),
            mend("end it in -all or ~all"),
        ),
        spf::Verdict::Everybody => (
            "everybody may send in its name (+all)".to_owned(),
            mend("end it in -all or ~all"),
        ),
        spf::Verdict::Unreadable(term) => (
            format!("{term} cannot be read, so nothing of it counts"),
            mend("correct it"),
        ),
        spf::Verdict::Leads(name) => (
            format!("it leads to {name}, which has no whole record, so nothing of it counts"),
            format!("take {name} out, or have its record mended"),
        ),
        spf::Verdict::TooMany => (
            "more than 10 lookups, so nothing of it counts".to_owned(),
            "take out include, a, mx, ptr and exists that are not needed, or write networks as ip4 and ip6".to_owned(),
        ),
        spf::Verdict::Away => ("could not be looked at".to_owned(), AGAIN.to_owned()),
    };
    finding(report.spf.weight(), "SPF", found, advice)
}

fn key(domain: &str, selector: &str, verdict: &dkim::Verdict) -> Finding {
    let at = format!("{selector}._domainkey.{domain}");
    let publish = format!(
        "publish the key that your mail server signs with: {at} TXT \"v=DKIM1; k=rsa; p=…\""
    );
    let longer = "sign with a new RSA key of 2048 bits under a new selector".to_owned();
    let (found, advice) = match verdict {
        dkim::Verdict::Rsa(bits) => (format!("RSA key of {bits} bits"), String::new()),
        dkim::Verdict::Ed25519 => ("Ed25519 key".to_owned(), String::new()),
        dkim::Verdict::Short(bits) => (format!("RSA key of {bits} bits, which is short"), longer),
        dkim::Verdict::TooShort(bits) => (
            format!("RSA key of {bits} bits, which receivers refuse"),
            longer,
        ),
        dkim::Verdict::Testing => (
            "signatures are only tried out (t=y)".to_owned(),
            "take t=y out when letters arrive signed".to_owned(),
        ),
        dkim::Verdict::Revoked => ("the key was taken back (p= is empty)".to_owned(), publish),
        dkim::Verdict::Missing => ("no record".to_owned(), publish),
        dkim::Verdict::Several(count) => (
            format!("{count} records; receivers take any of them"),
            "leave one".to_owned(),
        ),
        dkim::Verdict::Unreadable => ("no key can be read in it".to_owned(), publish),
        dkim::Verdict::Away => ("could not be looked at".to_owned(), AGAIN.to_owned()),
    };
    finding(verdict.weight(), &format!("DKIM {selector}"), found, advice)
}

fn policy(report: &Report) -> Finding {
    let example = format!(
        "_dmarc.{} TXT \"v=DMARC1; p=quarantine; rua=mailto:…\"",
        report.domain
    );
    let (found, advice) = match &report.dmarc {
        dmarc::Verdict::Protects(policy, at) => {
            let policy = match policy {
                dmarc::Policy::Reject => "refused",
                _ => "put aside",
            };
            let found = format!(
                "letters of others are {policy} ({at}); From and the envelope have the same domain"
            );
            (found, String::new())
        }
        dmarc::Verdict::Partly(per_cent, at) => (
            format!("it holds for {per_cent} per cent of letters ({at})"),
            "take pct= out".to_owned(),
        ),
        dmarc::Verdict::Watches(at) => (
            format!("letters of others arrive, as it only watches (p=none, {at})"),
            format!("when its reports are clean, publish {example}"),
        ),
        dmarc::Verdict::Missing => (
            "no record here or above: letters of others arrive".to_owned(),
            format!("publish {example}"),
        ),
        dmarc::Verdict::Several(at) => (
            format!("several records at {at}, of which none counts"),
            format!("leave one, such as {example}"),
        ),
        dmarc::Verdict::Unreadable(at) => (
            format!("the record at {at} cannot be read"),
            format!("correct it, such as {example}"),
        ),
        dmarc::Verdict::Away => ("could not be looked at".to_owned(), AGAIN.to_owned()),
    };
    finding(report.dmarc.weight(), "DMARC", found, advice)
}
