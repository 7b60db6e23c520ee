//! Every cookie that this site sets.
//!
//! Invariant: no other one leaves the program (`web::cookies` takes it out of the answer), and the
//! public page `/cookies` is this list. All of them are the site's own, set at the moment of what the
//! person asked for, and kept from scripts and from other sites. One is not needed for anything: it
//! is there only for whoever chose it, and none is ever set by reading a page. One of them comes along
//! when somebody is led back here from a provider elsewhere; with a form of another site none does.
//!
//! Not here: what is in them; that is its owner's matter.

/// A cookie.
#[derive(Debug, PartialEq, Eq)]
pub struct Cookie {
    /// Its name.
    pub name: &'static str,
    /// Its name where people come by https.
    pub name_on_https: &'static str,
    /// `Strict`, or `Lax` for what has to come along when another site leads somebody here.
    pub same_site: &'static str,
    /// For how many seconds a browser keeps it at most; none: until it is closed.
    pub seconds: Option<i64>,
    /// The messages that say what it is for, when it is set, how long it is kept, and what somebody
    /// misses who refuses it.
    pub words: [&'static str; 4],
}

/// Who is signed in. `__Host-` binds it to this host, and browsers take it over HTTPS only.
pub const SESSION: Cookie = Cookie {
    name: "s",
    name_on_https: "__Host-s",
    same_site: "Strict",
    seconds: None,
    words: [
        "portal-cookies-session",
        "portal-cookies-session-when",
        "portal-cookies-session-kept",
        "portal-cookies-session-without",
    ],
};

/// Which member of the public is signed in; nobody needs to be.
pub const MEMBER: Cookie = Cookie {
    name: "m",
    name_on_https: "__Host-m",
    same_site: "Strict",
    seconds: None,
    words: [
        "portal-cookies-member",
        "portal-cookies-member-when",
        "portal-cookies-session-kept",
        "portal-cookies-member-without",
    ],
};

/// What carries a receipt from the form to its page.
pub const RECEIPT: Cookie = Cookie {
    name: "receipt",
    name_on_https: "receipt",
    same_site: "Strict",
    seconds: Some(10 * 60),
    words: [
        "portal-cookies-receipt",
        "portal-cookies-receipt-when",
        "portal-cookies-receipt-kept",
        "portal-cookies-receipt-without",
    ],
};

/// What a browser keeps while its person signs in at a provider elsewhere, sealed; without it nobody
/// who comes back is let in.
pub const ELSEWHERE: Cookie = Cookie {
    name: "elsewhere",
    name_on_https: "__Host-elsewhere",
    same_site: "Lax",
    seconds: Some(15 * 60),
    words: [
        "portal-cookies-elsewhere",
        "portal-cookies-elsewhere-when",
        "portal-cookies-elsewhere-kept",
        "portal-cookies-elsewhere-without",
    ],
};

/// A random code by which visits are counted; only of people who chose it.
pub const VISIT: Cookie = Cookie {
    name: "visit",
    name_on_https: "__Host-visit",
    same_site: "Strict",
    seconds: Some(30 * 24 * 60 * 60),
    words: [
        "portal-cookies-visit",
        "portal-cookies-visit-when",
        "portal-cookies-visit-kept",
        "portal-cookies-visit-without",
    ],
};

/// All of them.
pub const ALL: [&Cookie; 5] = [&RECEIPT, &MEMBER, &SESSION, &ELSEWHERE, &VISIT];

impl Cookie {
    /// Its name on a site that is reached by https, or on one that is not.
    pub fn name(&self, https: bool) -> &'static str {
        if https { self.name_on_https } else { self.name }
    }
}

/// What is wrong with a `Set-Cookie` line, if anything is.
pub fn fault(line: &str, https: bool) -> Option<&'static str> {
    let mut parts = line.split(';').map(str::trim);
    let name = parts.next().and_then(|pair| pair.split_once('='));
    let name = name.map_or("", |(name, _)| name);
    let Some(cookie) = ALL.into_iter().find(|cookie| cookie.name(https) == name) else {
        return Some("not declared");
    };
    let attributes: Vec<(String, &str)> = parts
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect();
    let of = |wanted: &str| {
        let found = attributes.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| *value)
    };
    let seconds = of("max-age").map(|text| text.parse::<i64>().unwrap_or(i64::MAX));
    if of("domain").is_some() {
        return Some("not of this host alone");
    }
    if of("httponly").is_none() || of("samesite") != Some(cookie.same_site) {
        return Some("open to scripts or to other sites");
    }
    if https && of("secure").is_none() {
        return Some("open to whoever listens");
    }
    // A removal is always right.
    let is_kept_too_long = match (seconds, cookie.seconds) {
        (Some(seconds), _) if seconds <= 0 => false,
        (Some(seconds), Some(longest)) => seconds > longest,
        (Some(_), None) => true,
        (None, Some(_)) => true,
        (None, None) => of("expires").is_some(),
    };
    is_kept_too_long.then_some("kept for longer than declared")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_that_is_not_as_it_was_declared_is_found() {
        let ours = "HttpOnly; SameSite=Strict";
        for line in [
            format!("s=abc; Path=/; {ours}"),
            format!("s=; Path=/; {ours}; Max-Age=0"),
            format!("m=abc; Path=/; {ours}"),
            format!("receipt=abc; Path=/en/receipt; Max-Age=600; {ours}"),
            "elsewhere=abc; Path=/; Max-Age=900; HttpOnly; SameSite=Lax".to_owned(),
            format!("visit=abc; Path=/; Max-Age=2592000; {ours}"),
        ] {
            assert_eq!(fault(&line, false), None, "{line}");
        }
        let safe = format!("__Host-s=abc; {ours}; Secure; Path=/");
        assert_eq!(fault(&safe, true), None);
        for (line, https, why) in [
            ("_ga=1; Path=/", false, "not declared"),
            ("nonsense", false, "not declared"),
            (
                "s=1; HttpOnly; SameSite=Strict; Secure",
                true,
                "not declared",
            ),
            (
                "s=1; HttpOnly; SameSite=Strict; Domain=lib.example.tw",
                false,
                "not of this host alone",
            ),
            (
                "s=1; SameSite=Strict",
                false,
                "open to scripts or to other sites",
            ),
            (
                "s=1; HttpOnly; SameSite=Lax",
                false,
                "open to scripts or to other sites",
            ),
            (
                "elsewhere=1; HttpOnly; SameSite=Strict; Max-Age=900",
                false,
                "open to scripts or to other sites",
            ),
            (
                "__Host-s=1; HttpOnly; SameSite=Strict",
                true,
                "open to whoever listens",
            ),
            (
                "s=1; HttpOnly; SameSite=Strict; Max-Age=60",
                false,
                "kept for longer than declared",
            ),
            (
                "receipt=1; HttpOnly; SameSite=Strict; Max-Age=601",
                false,
                "kept for longer than declared",
            ),
            (
                "receipt=1; HttpOnly; SameSite=Strict",
                false,
                "kept for longer than declared",
            ),
        ] {
            assert_eq!(fault(line, https), Some(why), "{line}");
        }
    }
}
