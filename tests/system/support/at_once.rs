//! Requests that come at one moment.

use fairdraw::app::App;
use rocket::futures::future::join_all;
use rocket::http::{ContentType, Header, Status};
use rocket::local::asynchronous;

/// The body of a form.
pub fn encoded(fields: &[(String, String)]) -> String {
    let part = |text: &str| {
        let each = text.bytes().map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        });
        each.collect::<String>()
    };
    let pairs = fields.iter();
    pairs
        .map(|(name, value)| format!("{}={}", part(name), part(value)))
        .collect::<Vec<_>>()
        .join("&")
}

/// What became of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub status: Status,
    pub location: String,
    /// The cookies that it set, as a browser sends them back.
    pub cookies: String,
}

/// Sends forms (path and body), all before the first is answered.
pub fn post_all(app: &App, forms: &[(&str, String)]) -> Vec<Sent> {
    rocket::execute(async {
        let figment = rocket::Config::figment()
            .merge(("log_level", "off"))
            .merge(("ident", false))
            .merge(("ip_header", false))
            .merge(("limits.form", "256KiB"));
        let client = asynchronous::Client::untracked(app.rocket(figment)).await;
        let client = client.expect("the web server is put together");
        let all = forms.iter().map(|(path, body)| {
            let request = client
                .post(*path)
                .header(ContentType::Form)
                .header(Header::new("Sec-Fetch-Site", "same-origin"));
            request.body(body).dispatch()
        });
        let answers = join_all(all).await;
        let sent = answers.iter().map(|answer| Sent {
            status: answer.status(),
            location: answer
                .headers()
                .get_one("Location")
                .unwrap_or_default()
                .to_owned(),
            cookies: answer
                .cookies()
                .iter()
                .map(|cookie| cookie.stripped().to_string())
                .collect::<Vec<_>>()
                .join("; "),
        });
        sent.collect()
    })
}
