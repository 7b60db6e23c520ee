//! Which page a request was sent from: the guard against forged requests.
//!
//! Invariant: a request that changes something is taken only from our own pages: by
//! `Sec-Fetch-Site`, else by `Origin`, else (public pages only, whose forms carry a signed token)
//! neither. This is the one place that decides it, for every address, whether there is a page or
//! not.

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
        let mut sites = self.headers.get_all(FETCH_SITE).iter().peekable();
        if sites.peek().is_some() {
            return sites.all(|site| matches!(site.as_bytes(), b"same-origin" | b"none"));
        }
        let origin = self.headers.get(ORIGIN).map(|origin| origin.to_str());
        match (origin, self.public_origin) {
            // A browser that hides the origin on purpose says `null`.
            (None | Some(Ok("null")), _) => self.area == Area::Public,
            (Some(Err(_)), _) => false,
            (Some(Ok(origin)), Some(ours)) => origin.eq_ignore_ascii_case(ours),
            // The scheme is not compared: a proxy may speak https where we see http.
            (Some(Ok(origin)), None) => origin
                .split_once("://")
                .is_some_and(|(_, site)| site.eq_ignore_ascii_case(self.host)),
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
        use Area::{Public, Staff};
        let us = Some("https://draw.example.org");
        for area in [Public, Staff] {
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
        }
        for silent in [None, Some("null")] {
            assert!(check(&[], silent, None, Public));
            assert!(!check(&[], silent, None, Staff));
        }
    }
}
