//! What every page shares, on a small site made for it.

use rocket::http::{ContentType, Cookie, CookieJar, Header, SameSite, Status};
use rocket::local::blocking::{Client, LocalResponse};
use rocket::{Build, Rocket, get, post, routes};
use serde_json::json;

use super::error::{AppError, AppResult};
use super::form::FormFields;
use super::page::{Page, Reply};
use super::site::Site;
use super::{guard, mount};
use crate::platform::fault::{Fault, Kind};
use crate::platform::text::Language;

#[derive(Debug, thiserror::Error)]
#[error("the name of the secret cause")]
struct Clash;

impl Fault for Clash {
    fn kind(&self) -> Kind {
        Kind::Conflict
    }

    fn code(&self) -> &'static str {
        "test.clash"
    }
}

#[get("/")]
fn home(lang: Language) -> Page {
    Page::new(lang, "error", view("首頁"))
}

#[get("/activities?<q>")]
fn list(lang: Language, q: Option<&str>) -> Page {
    Page::new(lang, "error", view(q.unwrap_or("活動")))
}

#[get("/broken-page")]
fn broken_page(lang: Language) -> Page {
    Page::new(lang, "error", json!({}))
}

#[get("/clash")]
fn clash() -> AppResult<Page> {
    Err(Clash)?
}

#[get("/panic")]
fn panic() -> Page {
    panic!("王小明")
}

#[get("/cookies")]
fn cookies(jar: &CookieJar<'_>) -> &'static str {
    let kept = |name: &'static str| Cookie::build((name, "value")).http_only(true);
    jar.add(kept("s").same_site(SameSite::Strict));
    jar.add(kept("statistics").same_site(SameSite::Strict));
    jar.add(kept("receipt").same_site(SameSite::Lax));
    "crumbs"
}

#[get("/n/<_n>")]
fn numbered(_n: u32) -> &'static str {
    "a number"
}

#[post("/send", data = "<form>")]
fn send(lang: Language, form: FormFields) -> AppResult<Reply> {
    if form.value("name").is_empty() {
        return Ok(Page::new(lang, "error", view("again")).again().into());
    }
    Ok(Reply::go(lang, "/receipt"))
}

#[post("/staff/send", data = "<_form>")]
fn staff_send(_form: FormFields) -> AppResult<Reply> {
    Err(AppError::unavailable())
}

#[get("/staff")]
fn staff(lang: Language) -> Page {
    Page::new(lang, "error", view("staff"))
}

fn view(title: &str) -> serde_json::Value {
    json!({ "title": title, "what": title, "saved": "s", "next": "n", "reference": "R", "status": 200, "again": null })
}

fn rocket(site: Site) -> Rocket<Build> {
    let quiet = rocket::Config {
        log_level: rocket::config::LogLevel::Off,
        ..rocket::Config::debug_default()
    };
    let pages = routes![
        home,
        list,
        broken_page,
        clash,
        panic,
        numbered,
        cookies,
        send,
        staff_send,
        staff
    ];
    mount(super::attach(rocket::custom(quiet), site), pages)
}

fn client() -> Client {
    Client::untracked(rocket(Site::default())).expect("the routes do not collide")
}

fn header<'a>(response: &'a LocalResponse<'_>, name: &str) -> &'a str {
    response.headers().get_one(name).unwrap_or("")
}

fn post(
    client: &Client,
    path: &str,
    body: &str,
    headers: &[(&'static str, &'static str)],
) -> (Status, String) {
    let mut request = client
        .post(path.to_owned())
        .header(ContentType::Form)
        .body(body);
    for (name, value) in headers {
        request.add_header(Header::new(*name, *value));
    }
    let response = request.dispatch();
    (
        response.status(),
        response.into_string().unwrap_or_default(),
    )
}

#[test]
fn a_page_is_there_in_both_languages_and_links_to_itself_in_the_other() {
    let client = client();
    for (address, language, other) in [
        ("/", "zh-Hant-TW", "href=\"/en\""),
        ("/en", "en", "href=\"/\""),
        (
            "/activities?q=a%26b",
            "zh-Hant-TW",
            "href=\"/en/activities?q=a%26b\"",
        ),
        ("/en/activities", "en", "href=\"/activities\""),
    ] {
        let response = client.get(address).dispatch();
        assert_eq!(response.status(), Status::Ok, "{address}");
        assert_eq!(header(&response, "Content-Language"), language);
        assert_eq!(header(&response, "Cache-Control"), "no-cache");
        let html = response.into_string().expect("a page");
        assert!(
            html.contains(&format!("<html lang=\"{language}\">")),
            "{html}"
        );
        assert!(html.contains(other), "{address}: {html}");
        assert!(html.contains("hreflang=\"en\"") && html.contains("hreflang=\"zh-Hant-TW\""));
    }
}

#[test]
fn the_current_page_is_marked_in_the_menu() {
    let html = client()
        .get("/en/activities")
        .dispatch()
        .into_string()
        .unwrap_or_default();
    assert!(
        html.contains("<a href=\"/en/activities\" aria-current=\"page\">Activities</a>"),
        "{html}"
    );
    assert_eq!(html.matches("aria-current").count(), 1);
}

#[test]
fn pages_of_staff_are_not_kept() {
    let client = client();
    let response = client.get("/en/staff").dispatch();
    assert_eq!(header(&response, "Cache-Control"), "no-store");
}

#[test]
fn an_error_says_what_happened_and_hides_its_cause() {
    let client = client();
    let saw = |address: &'static str| {
        let response = client.get(address).dispatch();
        let status = response.status().code;
        assert_eq!(header(&response, "Cache-Control"), "no-store");
        (status, response.into_string().unwrap_or_default())
    };
    let (status, html) = saw("/clash");
    assert_eq!(status, 409);
    assert!(
        html.contains("內容已經改變")
            && html.contains("沒有任何資料被更動")
            && html.contains("代碼 ")
    );
    assert!(!html.contains("secret cause"));

    let (status, html) = saw("/panic");
    assert_eq!(status, 500);
    assert!(html.contains("系統暫時無法使用") && !html.contains("王小明"));

    let (status, html) = saw("/broken-page");
    assert_eq!(status, 500);
    assert!(html.contains("系統暫時無法使用"));

    assert!(saw("/en/nothing").1.contains("Page not found"));
    assert_eq!(saw("/n/seven").0, 404);
}

#[test]
fn every_status_has_its_page_in_both_languages() {
    let client = client();
    for code in [
        400, 401, 403, 404, 408, 409, 410, 413, 422, 429, 500, 503, 418, 502,
    ] {
        for address in ["/", "/en"] {
            let request = client.get(address);
            let status = Status::new(code);
            let error = AppError::plain(status);
            let answer = rocket::response::Responder::respond_to(error, request.inner());
            let response = answer.expect("the error page renders");
            assert_eq!(response.status(), status);
            assert!(
                response.content_type().is_some_and(|kind| kind.is_html()),
                "{code}"
            );
        }
    }
}

#[test]
fn too_many_tries_name_the_time() {
    let client = client();
    let request = client.get("/");
    let error = AppError::too_many(1_795_252_800_000, std::time::Duration::from_secs(61));
    let mut response =
        rocket::response::Responder::respond_to(error, request.inner()).expect("it renders");
    assert_eq!(response.headers().get_one("Retry-After"), Some("62"));
    let html = rocket::async_test(response.body_mut().to_string()).expect("text");
    assert!(html.contains("請在 17:22 後再試"), "{html}");
}

#[test]
fn a_form_that_is_too_long_or_of_another_type_is_refused() {
    let client = client();
    let long = format!("name={}", "a".repeat(256 * 1024));
    assert_eq!(
        post(&client, "/send", &long, &[]).0,
        Status::PayloadTooLarge
    );
    let fits = format!("name={}", "a".repeat(200 * 1024));
    assert_eq!(post(&client, "/send", &fits, &[]).0, Status::SeeOther);
    let json = client
        .post("/send")
        .header(ContentType::JSON)
        .body("{}")
        .dispatch();
    assert_eq!(json.status(), Status::BadRequest);
}

#[test]
fn links_to_the_other_language_name_the_public_origin() {
    let site = Site {
        public_origin: Some("https://draw.example.org".into()),
        ..Site::default()
    };
    let client = Client::untracked(rocket(site)).expect("the routes do not collide");
    let html = client.get("/en").dispatch().into_string();
    let html = html.unwrap_or_default();
    assert!(html.contains("href=\"https://draw.example.org/en\""));
}

#[test]
fn every_route_is_guarded() {
    let bare = rocket(Site::default()).mount("/bare", routes![clash]);
    assert_eq!(guard::unprotected(&bare), ["/bare/clash"]);
    assert!(guard::unprotected(&rocket(Site::default())).is_empty());
}

#[test]
fn an_asset_may_be_kept_for_ever_under_its_own_tag_only() {
    let client = client();
    let address = crate::platform::templates::assets::url("site.css");
    let response = client.get(address.as_str()).dispatch();
    assert_eq!(response.status(), Status::Ok);
    assert_eq!(response.content_type(), Some(ContentType::CSS));
    assert_eq!(
        header(&response, "Cache-Control"),
        "public, max-age=31536000, immutable"
    );
    let old = client.get("/assets/000000000000/site.css").dispatch();
    assert_eq!(header(&old, "Cache-Control"), "no-cache");
    for bad in [
        "/assets/0/none.css",
        "/assets/0/../Cargo.toml",
        "/assets/0/%2e%2e/Cargo.toml",
    ] {
        assert_eq!(
            client.get(bad).dispatch().status(),
            Status::NotFound,
            "{bad}"
        );
    }
}

#[test]
fn a_page_asked_for_in_a_method_that_it_does_not_take_says_which_it_takes() {
    use rocket::http::Method;
    let client = client();
    for method in [Method::Put, Method::Delete, Method::Patch, Method::Post] {
        let response = client.req(method, "/activities").dispatch();
        assert_eq!(response.status(), Status::MethodNotAllowed, "{method}");
        assert_eq!(header(&response, "Allow"), "GET, HEAD", "{method}");
    }
    let asset = client.put("/assets/0/site.css").dispatch();
    assert_eq!(asset.status(), Status::MethodNotAllowed);
    for (method, nowhere) in [
        (Method::Put, "/activities/more"),
        (Method::Delete, "/nowhere"),
        (Method::Get, "/nowhere"),
    ] {
        let response = client.req(method, nowhere).dispatch();
        assert_eq!(response.status(), Status::NotFound, "{nowhere}");
        assert_eq!(header(&response, "Allow"), "", "{nowhere}");
    }
}

#[test]
fn an_address_with_a_slash_at_its_end_is_the_same_page() {
    let client = client();
    for address in ["/activities/", "/en/", "/en/activities/?q=a"] {
        assert_eq!(
            client.get(address).dispatch().status(),
            Status::Ok,
            "{address}"
        );
    }
    let html = client.get("/activities/?q=a").dispatch().into_string();
    let html = html.unwrap_or_default();
    assert!(html.contains("href=\"/en/activities?q=a\""), "{html}");
    assert!(html.contains("aria-current=\"page\""));
    let head = client.head("/activities").dispatch();
    assert_eq!(head.status(), Status::Ok);
    assert_eq!(head.content_type(), Some(ContentType::HTML));
}

#[test]
fn a_cookie_that_was_not_declared_does_not_leave() {
    let client = client();
    let response = client.get("/cookies").dispatch();
    let left: Vec<&str> = response.headers().get("Set-Cookie").collect();
    assert_eq!(left, ["s=value; HttpOnly; SameSite=Strict; Path=/"]);
    assert_eq!(response.status(), Status::Ok);
}
