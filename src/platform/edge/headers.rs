//! The headers of every answer.
//!
//! Invariant: nothing inline and nothing from another site can run or be shown, and no other
//! site learns which page a visitor came from. This is the one place that sets them, for pages of
//! Rocket as for what the edge answers itself.
//!
//! Not here: how long a page may be kept, and its language (`platform::web`).

use http::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::platform::web::Area;
use crate::platform::web::hop;

/// Content-Security-Policy of every answer.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; \
     script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'; report-uri /csp-report";

const FIXED: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    ),
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// Headers that are between two neighbours and go no further.
pub(super) const OF_ONE_STEP: [HeaderName; 9] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Takes away what is not for the visitor, and sets what every answer has.
pub(super) fn dress(headers: &mut HeaderMap, area: Area, https: bool) {
    for name in OF_ONE_STEP {
        headers.remove(name);
    }
    headers.remove(hop::CROWDED);
    headers.remove(header::SERVER);
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let policy = HeaderValue::from_static(referrer_policy(area));
    headers.insert(header::REFERRER_POLICY, policy);
    if https {
        let two_years = HeaderValue::from_static("max-age=63072000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, two_years);
    }
}

/// Under `no-referrer` a browser sends `Origin: null` with a form, and on plain http (a laptop in
/// a hall, reached by its LAN name) it sends no `Sec-Fetch-Site` either; a form of somebody who signs
/// in could then not be told from a stranger's. `same-origin` tells other sites just as little.
fn referrer_policy(area: Area) -> &'static str {
    match area {
        Area::Public => "no-referrer",
        Area::Members | Area::Staff => "same-origin",
    }
}
