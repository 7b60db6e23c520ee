//! Which page a request was sent from: the guard against forged requests.
//!
//! Invariant: a request that changes something is taken only from our own pages: by
//! `Sec-Fetch-Site`, which an `Origin` beside it must not contradict, else by `Origin`, else (public
//! pages only, to which other sites' forms bring no session and whose own sign nobody in then) neither.
//! This is the one place that decides it, for every address, whether there is a page or not.

use http::HeaderMap;
use http::header::{HeaderName, ORIGIN};

use crate::platform::web::Area;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What a request says about the page it was sent from.
pub(super) struct Source<'a> {
    pub(super) headers: &'a HeaderMap,
    pub(super) host: &'a str,
    pub(super) public_origin: Option<&'a str>,
    pub(super) area: Area,
}

impl Source<'_> {
    /// Whether it was one of ours.
    pub(super) fn is_ours(&self) -> bool {
        let origin = self.headers.get(ORIGIN).map(|origin| origin.to_str());
        // A browser that hides the origin on purpose says `null`.
        let is_hidden = matches!(origin, None | Some(Ok("null")));
        let named = origin.and_then(Result::ok);
        let is_public_origin = |ours| named.is_some_and(|own| own.eq_ignore_ascii_case(ours));
        // The scheme is not compared: a proxy may speak https where we see http.
        let is_this_host = named
            .and_then(|origin| origin.split_once("://"))
            .is_some_and(|(_, site)| site.eq_ignore_ascii_case(self.host));
        let mut sites = self.headers.get_all(FETCH_SITE).iter().peekable();
        if sites.peek().is_some() {
            // No browser says of a page of ours that it is another site's; who does is no browser.
            let agrees =
                is_hidden || is_this_host || self.public_origin.is_some_and(is_public_origin);
            return agrees && sites.all(|site| matches!(site.as_bytes(), b"same-origin" | b"none"));
        }
        match (is_hidden, self.public_origin) {
            (true, _) => self.area == Area::Public,
            (false, Some(ours)) => is_public_origin(ours),
            (false, None) => is_this_host,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sites: &[&str], origin: Option<&str>, public: Option<&str>, area: Area) -> bool {
        let mut headers = HeaderMap::new();
        for site in sites {
            headers.append(FETCH_SITE, site.parse().expect("a header"));
        }
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().expect("a header"));
        }
        Source {
            headers: &headers,
            host: "draw.example.org",
            public_origin: public,
            area,
        }
        .is_ours()
    }

    #[test]
    fn a_form_of_another_site_is_refused_and_our_own_is_taken() {
        use Area::{Members, Public, Staff};
        let us = Some("https://draw.example.org");
        for area in [Public, Members, Staff] {
            assert!(check(&["same-origin"], None, None, area));
            assert!(check(&["none"], None, None, area));
            assert!(check(&[], us, None, area));
            assert!(check(&[], Some("http://draw.example.org"), None, area));
            assert!(check(&[], Some("HTTPS://Draw.example.org"), us, area));
            for site in ["cross-site", "same-site", "Same-Origin", "x", ""] {
                assert!(!check(&[site], us, us, area), "{site}");
                assert!(!check(&["same-origin", site], us, us, area), "{site}");
            }
            for other in [
                "https://evil.example",
                "https://draw.example.org.evil.example",
                "draw.example.org",
                "",
            ] {
                assert!(!check(&[], Some(other), None, area), "{other}");
                assert!(!check(&[], Some(other), us, area), "{other}");
            }
            assert!(!check(&[], Some("http://draw.example.org"), us, area));
            // The browser knows better than a page by which of our names it came.
            assert!(check(&["same-origin"], us, us, area));
            assert!(check(
                &["same-origin"],
                us,
                Some("https://other.example"),
                area
            ));
            assert!(check(&["same-origin"], Some("null"), us, area));
            for site in ["same-origin", "none"] {
                assert!(!check(&[site], Some("https://evil.example"), us, area));
                assert!(!check(&[site], Some(""), us, area));
            }
        }
        for silent in [None, Some("null")] {
            assert!(check(&[], silent, None, Public));
            assert!(!check(&[], silent, None, Members));
            assert!(!check(&[], silent, None, Staff));
        }
    }
}
