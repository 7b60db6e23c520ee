//! Whom the server speaks to: mail server, relays, and who signs people in elsewhere.

use lucky_draw::beacon::QUICKNET;

use crate::draw::beacon::{HttpRelays, Relays, Trouble};
use crate::platform::clock::{Clock, MINUTE};
use crate::platform::config::Config;
use crate::platform::mail::{self, MailSettings, Mailer};
use crate::platform::openid::{self, OpenIdSettings, Provider};

use super::Finding;

/// Connects, protects the connection and signs in; no letter is written.
pub(super) fn mail(config: &Config, offline: bool) -> Vec<Finding> {
    let name = "mail server";
    if config.vault().is_some() {
        let words = "the vault sends it; look there, with its own settings";
        return vec![Finding::good(name, words)];
    }
    let settings = MailSettings::of(config);
    let one = match Mailer::new(&settings) {
        Err(error) => Finding::bad(name, super::words(&error), "correct smtp_url or mail_from"),
        Ok(_) if settings.smtp_url.is_empty() => Finding::warning(
            name,
            "smtp_url is empty: no mail leaves, and letters to winners wait",
            "set smtp_url to the library's own mail server",
        ),
        Ok(_) if offline => Finding::unknown(name, "not asked", "leave --offline away"),
        Ok(mailer) => match mailer.connect() {
            Ok(_) => Finding::good(name, "it answers, protected as asked, and lets us in"),
            Err(trouble) => Finding::bad(name, why(trouble), advice(trouble)),
        },
    };
    vec![one]
}

fn why(trouble: mail::Trouble) -> String {
    match trouble {
        mail::Trouble::NotConfigured => "no mail server is named".to_owned(),
        mail::Trouble::Unreachable => "no connection can be made".to_owned(),
        mail::Trouble::Tls => "no protected connection can be made".to_owned(),
        mail::Trouble::SignIn => "it does not accept user and password".to_owned(),
        mail::Trouble::Reply(code) => format!("it answered {code}"),
    }
}

fn advice(trouble: mail::Trouble) -> &'static str {
    match trouble {
        mail::Trouble::NotConfigured => "set smtp_url",
        mail::Trouble::Unreachable => {
            "check host and port in smtp_url, and that no firewall is in between"
        }
        mail::Trouble::Tls => {
            "check that its certificate is for the host in smtp_url; for an authority of your own add &ca=FILE"
        }
        mail::Trouble::SignIn => "check user and password in smtp_url; write @ in them as %40",
        mail::Trouble::Reply(_) => "ask whoever runs the mail server",
    }
}

/// Asks every relay for the round of a minute ago.
pub(super) fn relays(config: &Config, clock: &Clock, offline: bool) -> Vec<Finding> {
    if config.relays.is_empty() {
        return vec![Finding::warning(
            "relays",
            "none is named: every round has to be pasted by hand",
            "leave the setting away, and the public relays are asked",
        )];
    }
    if offline {
        let advice = "leave --offline away";
        return vec![Finding::unknown("relays", "not asked", advice)];
    }
    let unix = u64::try_from(clock.now().plus(-MINUTE).unix()).unwrap_or_default();
    let round = QUICKNET.round_at_or_after(unix);
    let found: Vec<(String, Result<(), Trouble>)> = config
        .relays
        .iter()
        .map(|relay| (relay.clone(), ask(relay, round)))
        .collect();
    let some_answers = found.iter().any(|(_, outcome)| outcome.is_ok());
    let finding = |(relay, outcome): (String, Result<(), Trouble>)| match outcome {
        Ok(()) => Finding::good(relay, format!("has round {round}, signed by the chain")),
        Err(trouble) => {
            let advice = match trouble {
                Trouble::Unreachable if !some_answers => {
                    "until one answers, rounds are pasted by hand; check name service, proxy and firewall (HTTPS outwards)"
                }
                Trouble::NotYet => {
                    "if the clock is right, this relay is behind; others are asked too"
                }
                Trouble::Unreachable => "check name service, proxy and firewall (HTTPS outwards)",
                _ => "it cannot be relied on; leave it away",
            };
            // One that answers is enough: a round is verified whoever brings it. Without any, as in
            // a hall without internet, somebody pastes it.
            let is_away = matches!(trouble, Trouble::Unreachable | Trouble::NotYet);
            match some_answers || is_away {
                true => Finding::warning(relay, trouble.to_string(), advice),
                false => Finding::bad(relay, trouble.to_string(), advice),
            }
        }
    };
    found.into_iter().map(finding).collect()
}

fn ask(relay: &str, round: u64) -> Result<(), Trouble> {
    let relays = HttpRelays::over_https(&[relay.to_owned()]).or(Err(Trouble::Unreachable))?;
    relays.fetch(&QUICKNET, round).map(drop)
}

/// Asks the providers by which people may sign in who they are; nobody is signed in.
pub(super) fn providers(config: &Config, clock: &Clock, offline: bool) -> Vec<Finding> {
    let all = [
        ("staff_openid", "staff", &config.staff_openid),
        ("member_openid", "members", &config.member_openid),
    ];
    let on = all.into_iter().filter(|(.., settings)| settings.is_on());
    let mut findings = Vec::new();
    for (name, area, settings) in on {
        findings.push(provider(name, settings, clock, offline));
        let origin = match config.public_origin.as_str() {
            "" => "http://127.0.0.1:8000",
            origin => origin,
        };
        let path = format!("/{area}/openid/back");
        let register = format!("register {origin}{path} and {origin}/en{path} there");
        if settings.client_secret.is_empty() {
            let found = "no client_secret: anybody may say to the provider that it is this site";
            let advice = format!("make a confidential client; {register}");
            findings.push(Finding::warning(name, found, advice));
        } else {
            findings.push(Finding::good(format!("{name} back"), register));
        }
        let has_factors =
            !settings.multi_factor_acr.is_empty() || !settings.multi_factor_amr.is_empty();
        if area == "staff" && config.staff_second_factor {
            let found = match has_factors {
                true => "what it says of two factors counts; otherwise the code here is asked for",
                false => "the code here is asked for after it",
            };
            findings.push(Finding::good(format!("{name} factors"), found));
        }
    }
    findings
}

fn provider(name: &str, settings: &OpenIdSettings, clock: &Clock, offline: bool) -> Finding {
    let Some(provider) = Provider::of(settings, clock).filter(|_| !offline) else {
        return Finding::unknown(name, "not asked", "leave --offline away");
    };
    match provider.look() {
        Ok(()) => Finding::good(
            name,
            format!("{} answers, and is who it says", settings.issuer),
        ),
        Err(openid::Error::Away) => Finding::bad(
            name,
            format!("{} does not answer", settings.issuer),
            "check name service, proxy and firewall (HTTPS outwards); until it answers only passphrases let people in",
        ),
        Err(error) => Finding::bad(
            name,
            error.to_string(),
            "issuer has to be written exactly as the provider names itself in its /.well-known/openid-configuration",
        ),
    }
}
