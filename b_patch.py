import os,re
os.chdir('/work/wt/policy')
def sub(p,a,b,n=1):
    s=open(p).read()
    assert a in s,(p,a)
    s=s.replace(a,b,n); open(p,'w').write(s)
os.makedirs('migrations/2026-11-23-000077_count_views',exist_ok=True)
open('migrations/2026-11-23-000077_count_views/up.sql','w').write('''-- How often pages were read, and on how many visits of people who chose to be counted: by kind of
-- page, day in Taipei (in days since 1970) and language, and nothing else.
CREATE TABLE page_views (
  day      BIGINT NOT NULL,
  kind     TEXT NOT NULL,
  language TEXT NOT NULL CHECK (language IN ('zh', 'en')),
  views    BIGINT NOT NULL,
  PRIMARY KEY (day, kind, language)
);
''')
open('migrations/2026-11-23-000077_count_views/down.sql','w').write('DROP TABLE page_views;\n')
p='src/platform/db/schema/stats.rs'
s=open(p).read().rstrip('\n')+'''

diesel::table! {
    page_views (day, kind, language) {
        day -> BigInt,
        kind -> Text,
        language -> Text,
        views -> BigInt,
    }
}
'''
open(p,'w').write(s)
sub('src/platform/web/mod.rs','pub mod throttle;\n','pub mod throttle;\npub mod views;\n')
p='src/stats/mod.rs'
sub(p,'pub mod wire;\n','pub mod views;\npub mod wire;\n')
sub(p,'''    /// What was published cannot be read.''','''    /// The same row was stored meanwhile.
    #[error("the same row was stored meanwhile")]
    Twice,
    /// What was published cannot be read.''')
s=open(p).read()
s=s.replace('            Error::TooEarly','            Error::Twice => Kind::Conflict,\n            Error::TooEarly',1)
i=s.index('fn code(')
s=s[:i]+s[i:].replace('            Error::TooEarly','            Error::Twice => "stats.twice",\n            Error::TooEarly',1)
open(p,'w').write(s)
sub('src/stats/store.rs','use diesel::prelude::*;','pub(super) mod views;\n\nuse diesel::prelude::*;')
sub('src/stats/wire.rs','pub mod open_data;\n','pub mod open_data;\npub(super) mod views;\n')
p='src/stats/pages.rs'
sub(p,'use std::sync::Arc;','mod views;\n\nuse std::sync::Arc;')
sub(p,'''    routes![
        for_staff,
        for_everybody,
        json,
        csv,
        declare_page,
        declare,
        remove
    ]
''','''    let own = routes![
        for_staff,
        for_everybody,
        json,
        csv,
        declare_page,
        declare,
        remove
    ];
    [own, views::routes()].concat()
''')
p='src/account/who_may.rs'
sub(p,'            "GET /a/<slug>/statistics.json",\n','            "GET /a/<slug>/statistics.json",\n            "GET /statistics",\n')
sub(p,'''    (
        "stats",
        LIBRARIAN,''','''    ("stats", ORGANISER, &["GET /staff/statistics"]),
    (
        "stats",
        LIBRARIAN,''')
sub(p,'            "GET /cookies",\n','            "GET /cookies",\n            "POST /cookies",\n')
p='src/purge/rooms.rs'
sub(p,'''    Room {
        name: "tidying",''','''    Room {
        name: "views",
        tables: &["page_views"],
        fate: Fate::Site("how often kinds of pages were read, by day; of nobody"),
    },
    Room {
        name: "tidying",''')
p='tests/system/fitting_citus.rs'
sub(p,'const SITE: [(&str, &str); 31]','const SITE: [(&str, &str); 32]')
sub(p,'    ("policy_versions",','    ("page_views", "counts of the whole site"),\n    ("policy_versions",')
sub('tests/system/main.rs','mod counting;\n','mod counting;\nmod counting_visits;\n')
p='src/app.rs'
sub(p,'use crate::platform::web::site::','use crate::platform::web::views::Views;\nuse crate::platform::web::site::')
sub(p,'    audiences: Audiences,\n','    audiences: Audiences,\n    /// How often pages are read.\n    pub views: Views,\n')
sub(p,'            board,\n            audiences,\n','            board,\n            audiences,\n            views: Views::new(&clock),\n')
sub(p,'let db = Db::open_over(config.database(), &config.ways(), clock)?;','let db = Db::open_over(config.database(), &config.ways(), clock.clone())?;')
sub(p,'            .attach(self.access.clone())\n','            .attach(self.access.clone())\n            .attach(self.views.clone())\n')
sub(p,'''    /// A thread that tells the vault how far''','''    /// Stores how often pages were read since the last time. What cannot be stored is kept for the
    /// next time.
    pub fn store_views(&self) {
        let taken = self.views.take();
        if taken.is_empty() {
            return;
        }
        let mut counts: BTreeMap<(i64, Kind, bool), i64> = BTreeMap::new();
        for (seen, count) in &taken {
            let kind = seen.route.as_deref().map_or(Kind::Visit, Kind::of_route);
            *counts.entry((seen.day, kind, seen.english)).or_default() += count;
        }
        let counts: Vec<Count> = counts
            .into_iter()
            .map(|((day, kind, english), count)| Count {
                day,
                kind,
                english,
                count,
            })
            .collect();
        let add = |tx: &mut Tx| stats::views::add(tx, &counts);
        if let Err(error) = self.db.write_now("add views", add) {
            tracing::debug!(%error, "counts of pages are stored later");
            self.views.put_back(taken);
        }
    }

    /// A thread that stores once a minute how often pages were read, and once more at the end.
    fn start_storing_views(&self, stop: &Arc<AtomicBool>) -> JoinHandle<()> {
        let (app, stopping) = (self.clone(), stop.clone());
        let store = move || {
            while !stopping.load(Ordering::SeqCst) {
                std::thread::park_timeout(BETWEEN_COUNTS);
                app.store_views();
            }
        };
        let thread = std::thread::Builder::new().name("views".to_owned());
        thread
            .spawn(store)
            .expect("the operating system gives one more thread")
    }

    /// A thread that tells the vault how far''')
sub(p,'let pace = pace.chain([self.start_telling(&stop)]);','let pace = pace.chain([self.start_telling(&stop), self.start_storing_views(&stop)]);')
sub(p,'const BETWEEN_STEPS','const BETWEEN_COUNTS: Duration = Duration::from_secs(60);\nconst BETWEEN_STEPS')
sub(p,'use crate::rights::pages::RequestLimit;\n','use crate::rights::pages::RequestLimit;\nuse crate::stats::views::{Count, Kind};\n')
sub(p,'use std::path::Path;','use std::collections::BTreeMap;\nuse std::path::Path;')
sub(p,'use crate::platform::db::{Db, Load, MigrateError, Target, Writer};','use crate::platform::db::{Db, Load, MigrateError, Target, Tx, Writer};')
# cookies
p='src/platform/cookies.rs'
sub(p,'''//! public page `/cookies` is this list. All of them are the site's own, needed for what the person
//! asked for, set at that moment, and kept from scripts and from other sites.''','''//! public page `/cookies` is this list. All of them are the site's own, set at the moment of what the
//! person asked for, and kept from scripts and from other sites. One is not needed for anything: it
//! is there only for whoever chose it, and none is ever set by reading a page.''')
sub(p,'''/// All of them.
pub const ALL: [&Cookie; 2] = [&RECEIPT, &SESSION];''','''/// A random code by which visits are counted; only of people who chose it.
pub const VISIT: Cookie = Cookie {
    name: "visit",
    name_on_https: "__Host-visit",
    seconds: Some(30 * 24 * 60 * 60),
    words: [
        "portal-cookies-visit",
        "portal-cookies-visit-when",
        "portal-cookies-visit-kept",
        "portal-cookies-visit-without",
    ],
};

/// All of them.
pub const ALL: [&Cookie; 3] = [&RECEIPT, &SESSION, &VISIT];''')
p='src/portal/wire/about.rs'
sub(p,'''    rows: Vec<CookieRow>,
    receipt_minutes: i64,
}''','''    rows: Vec<CookieRow>,
    receipt_minutes: i64,
    /// What the visitor chose.
    choice: &'static str,
    choices: Vec<Choice>,
    /// Whether the visitor's browser asks not to be counted.
    refused: bool,
}

/// One of the choices.
#[derive(Serialize)]
struct Choice {
    value: &'static str,
    label: String,
    hint: String,
}

/// Only cookies that are needed.
pub(in crate::portal) const NECESSARY: &str = "necessary";
/// The one that counts visits as well.
pub(in crate::portal) const STATISTICS: &str = "statistics";''')
sub(p,'pub(in crate::portal) fn of(language: Language, site: &Site) -> CookiesView {','''pub(in crate::portal) fn of(
            language: Language,
            site: &Site,
            counted: bool,
            refused: bool,
        ) -> CookiesView {''') if False else None
s=open(p).read()
s=s.replace('''    pub(in crate::portal) fn of(language: Language, site: &Site) -> CookiesView {''','''    /// `choice` is what the visitor chose before.
    pub(in crate::portal) fn of(
        language: Language,
        site: &Site,
        Chosen { choice, refused }: Chosen,
    ) -> CookiesView {''',1)
s=s.replace('''            let args = [("minutes", minutes.into())];''','''            let args = [
                ("minutes", minutes.into()),
                ("days", (minutes / 60 / 24).into()),
            ];''',1)
s=s.replace('''        CookiesView {
            rows: cookies::ALL''','''        let say = |id: &str| text::message(language, id, &[]);
        CookiesView {
            choice,
            choices: vec![
                Choice {
                    value: NECESSARY,
                    label: say("portal-cookies-necessary"),
                    hint: say("portal-cookies-necessary-hint"),
                },
                Choice {
                    value: STATISTICS,
                    label: say("portal-cookies-statistics"),
                    hint: say("portal-cookies-statistics-hint"),
                },
            ],
            refused,
            rows: cookies::ALL''',1)
s=s.replace('''/// One cookie.
#[derive(Serialize)]''','''/// What a browser says of its owner's choice.
pub(in crate::portal) struct Chosen {
    /// One of the two.
    pub(in crate::portal) choice: &'static str,
    /// Whether it asks not to be counted, whatever was chosen.
    pub(in crate::portal) refused: bool,
}

/// One cookie.
#[derive(Serialize)]''',1)
open(p,'w').write(s)
p='src/portal/pages/about.rs'
sub(p,'routes![cookies, genuine, accessibility]','routes![cookies, choose_cookies, genuine, accessibility]')
sub(p,'''#[get("/cookies")]
fn cookies(lang: Language, site: &State<Site>) -> Page {
    Page::new(lang, "portal/cookies", CookiesView::of(lang, site))
}
''','''/// Whether the browser asks not to be counted.
struct Refused(bool);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Refused {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        Outcome::Success(Refused(views::is_refused(request)))
    }
}

#[get("/cookies")]
fn cookies(lang: Language, site: &State<Site>, jar: &CookieJar<'_>, refused: Refused) -> Page {
    let has = jar.get(VISIT.name(site.is_https())).is_some();
    let chosen = Chosen {
        choice: if has { STATISTICS } else { NECESSARY },
        refused: refused.0,
    };
    let view = CookiesView::of(lang, site, chosen);
    Page::new(lang, "portal/cookies", view).no_store()
}

/// Sets the cookie that counts visits, with a new code, or takes it away; no choice is a cookie by
/// itself.
#[post("/cookies", data = "<form>")]
fn choose_cookies(
    lang: Language,
    site: &State<Site>,
    jar: &CookieJar<'_>,
    refused: Refused,
    form: FormFields,
) -> Reply {
    let https = site.is_https();
    let wanted = form.value("choice") == STATISTICS && !refused.0;
    let (code, seconds) = match wanted {
        true => (ids::code(views::CODE), VISIT.seconds.unwrap_or_default()),
        false => (String::new(), 0),
    };
    if wanted || jar.get(VISIT.name(https)).is_some() {
        let cookie = Cookie::build((VISIT.name(https), code))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Strict)
            .secure(https)
            .max_age(rocket::time::Duration::seconds(seconds));
        jar.add(cookie);
    }
    Reply::done(lang, "/cookies")
}
''')
sub(p,'use std::fmt::Write;','use std::convert::Infallible;\nuse std::fmt::Write;')
sub(p,'use rocket::http::ContentType;\nuse rocket::{Route, State, get, routes};','use rocket::http::{ContentType, Cookie, CookieJar, SameSite};\nuse rocket::request::{FromRequest, Outcome};\nuse rocket::{Request, Route, State, get, post, routes};')
sub(p,'use crate::platform::config::Config;\nuse crate::platform::db::Db;\n','use crate::platform::config::Config;\nuse crate::platform::cookies::VISIT;\nuse crate::platform::db::Db;\nuse crate::platform::ids;\n')
sub(p,'use crate::platform::web::page::Page;\nuse crate::platform::web::site::Site;\nuse crate::portal::wire::about::{AskView, CookiesView};','use crate::platform::web::form::FormFields;\nuse crate::platform::web::page::{Page, Reply};\nuse crate::platform::web::site::Site;\nuse crate::platform::web::views;\nuse crate::portal::wire::about::{AskView, Chosen, CookiesView, NECESSARY, STATISTICS};')
sub(p,'const ALWAYS: [&str; 15]','const ALWAYS: [&str; 16]')
sub(p,'    "/privacy/logs",\n','    "/privacy/logs",\n    "/statistics",\n')
p='templates/portal/cookies.html.j2'
sub(p,'{% block title %}','{% import "_form.html.j2" as form %}\n{% import "_parts.html.j2" as parts %}\n{% block title %}')
sub(p,'<p>{{ t("portal-cookies-none") }}</p>\n','''<p>{{ t("portal-cookies-none") }}</p>
<h2>{{ t("portal-cookies-choose") }}</h2>
{% if refused %}{% call parts.panel("notice") %}<p>{{ t("portal-cookies-signal") }}</p>{% endcall %}{% endif %}
<form method="post" action="{{ url("/cookies") }}">
{{ form.radios(name="choice", label=t("portal-cookies-choice"), options=choices, value=choice) }}
<p class="buttons">{{ form.button(t("portal-cookies-save")) }}</p>
</form>
<p>{{ t("portal-cookies-campaign") }}</p>
''')
sub(p,'<p>{{ link("/privacy", t("portal-statute-title")) }}','<p>{{ link("/statistics", t("stats-views-title")) }} · {{ link("/privacy", t("portal-statute-title")) }}')
p='templates/portal/_statute.html.j2'
sub(p,'  ("/cookies", t("portal-cookies-title")),','  ("/statistics", t("stats-views-title")),\n  ("/cookies", t("portal-cookies-title")),')
p='templates/desk/today.html.j2'
sub(p,'{{ t("newsletter-staff-title") }}</a></p>{% endif %}','{{ t("newsletter-staff-title") }}</a> <a class="button secondary" href="{{ url("/staff/statistics") }}">{{ t("stats-views-title") }}</a></p>{% endif %}')
# words
p='locales/zh-TW/portal.ftl'
sub(p,'portal-cookies-lead = 本網站只用必要的 cookie，沒有統計、廣告或追蹤用的，所以也不用您選擇要不要同意。','''portal-cookies-lead = 除非您選擇幫忙統計，本網站只用必要的 cookie。沒有廣告，也沒有別人的 cookie。
portal-cookies-choose = 您的選擇
portal-cookies-choice = 這個瀏覽器可以用哪些 cookie？
portal-cookies-necessary = 只用必要的
portal-cookies-necessary-hint = 預設。所有功能都能用。
portal-cookies-statistics = 也可以統計造訪次數
portal-cookies-statistics-hint = 放一個隨機代碼，只用來知道今天有沒有來過；不記看了哪些頁，也不和報名資料放在一起。
portal-cookies-save = 儲存選擇
portal-cookies-signal = 您的瀏覽器要求不要統計（GPC 或 DNT），本網站照做：不管選哪一項，都不設定統計用的 cookie。
portal-cookies-campaign = 電子報和活動宣傳不統計開信或點擊，所以沒有行銷用的 cookie 要選。
portal-cookies-visit = 您選擇幫忙統計時，知道今天有沒有來過；內容是隨機代碼，換一天就對不起來
portal-cookies-visit-when = 您在這一頁選擇「也可以統計造訪次數」的時候
portal-cookies-visit-kept = { $days } 天，到期後不會自己再設定；改選「只用必要的」就立刻刪除
portal-cookies-visit-without = 沒有影響，只是不會算進造訪次數''')
p='locales/en/portal.ftl'
sub(p,'portal-cookies-lead = This site uses necessary cookies only: none for statistics, advertising or tracking. So there is nothing to agree to.','''portal-cookies-lead = Unless you choose to help with statistics, this site uses necessary cookies only. There is no advertising, and no cookie of anybody else.
portal-cookies-choose = Your choice
portal-cookies-choice = Which cookies may this browser use?
portal-cookies-necessary = Necessary ones only
portal-cookies-necessary-hint = The usual. Everything works.
portal-cookies-statistics = Count my visits as well
portal-cookies-statistics-hint = Sets a random code, only to know whether it came today. Which pages you read is not noted, and it is not kept with entries.
portal-cookies-save = Save my choice
portal-cookies-signal = Your browser asks not to be counted (GPC or DNT), and this site obeys: whatever you choose, no cookie for statistics is set.
portal-cookies-campaign = Opening mails and following links of the newsletter or of campaigns is not counted, so there is no cookie for that to choose.
portal-cookies-visit = Where you chose to help with statistics: tells whether you came today already. It is a random code that cannot be matched with another day
portal-cookies-visit-when = When you choose “Count my visits as well” on this page
portal-cookies-visit-kept = { $days } days, and it is not set again by itself; gone at once when you choose “Necessary ones only”
portal-cookies-visit-without = Nothing, except that your visits are not counted''')
open('locales/zh-TW/stats.ftl','a').write('''
# 網頁的瀏覽次數
stats-twice = 同時有別的統計寫入
    .next = 請再試一次。
stats-views-title = 網頁瀏覽統計
stats-views-lead = 各種頁面每天被看了幾次。只有次數，沒有任何人的資料。
stats-views-all = 瀏覽次數
stats-views-visits = 造訪次數
stats-views-over = 顯示最近 30 天裡已經結束的日子。
stats-views-today = 顯示最近 30 天；今天還沒結束，每分鐘更新。
stats-views-how = 每開一頁算一次，不看是誰。造訪次數只有自己在「{ $link }」選擇幫忙統計的人。
stats-views-by-kind = 依頁面種類
stats-views-by-day = 依日期
stats-views-kind = 頁面種類
stats-views-day = 日期
stats-views-zh = 中文
stats-views-en = 英文
stats-views-home = 首頁
stats-views-activities = 活動列表
stats-views-activity = 活動、規則與告知
stats-views-entering = 報名表與回條
stats-views-own = 我的報名、申請與意見
stats-views-draws = 抽獎結果與驗證
stats-views-newsletter = 電子報
stats-views-privacy = 個人資料與隱私
stats-views-other = 其他
''')
open('locales/en/stats.ftl','a').write('''
# How often pages are read
stats-twice = Other counts were stored at the same moment
    .next = Please try again.
stats-views-title = How often pages are read
stats-views-lead = How often each kind of page was read, day by day. Numbers only, nothing about anybody.
stats-views-all = Pages read
stats-views-visits = Visits
stats-views-over = Of the last 30 days, those that are over.
stats-views-today = The last 30 days; today is not over yet and grows every minute.
stats-views-how = Each page that is opened counts once, whoever opens it. Visits are only those of people who chose to be counted on “{ $link }”.
stats-views-by-kind = By kind of page
stats-views-by-day = By day
stats-views-kind = Kind of page
stats-views-day = Day
stats-views-zh = Chinese
stats-views-en = English
stats-views-home = first page
stats-views-activities = lists of activities
stats-views-activity = activities, rules and notices
stats-views-entering = entry forms and receipts
stats-views-own = one’s own entry, request or letter
stats-views-draws = results and how to check them
stats-views-newsletter = newsletter
stats-views-privacy = personal data and privacy
stats-views-other = other pages
''')
sub('locales/zh-TW/policy.md','網站只設您要用的功能所需要的 Cookie，不放別人的 Cookie，也不追蹤您。','網站只設您要用的功能所需要的 Cookie，不放別人的 Cookie，也不追蹤您。您可以自己選擇幫忙統計造訪次數，隨時可以取消。')
sub('locales/en/policy.md','none of anybody else, and tracks nobody.','none of anybody else, and tracks nobody. You may choose to have your visits counted, and take that back at any time.')
sub('locales/zh-TW/policy.md','不含姓名、報名資料或回條密碼，也無法和報名對起來。','不含姓名、報名資料或回條密碼，也無法和報名對起來。瀏覽統計只有各種頁面的次數。')
sub('locales/en/policy.md','and cannot be matched with entries. “Access log”','and cannot be matched with entries. Statistics are counts of kinds of pages. “Access log”')
# test support
p='tests/system/support/app.rs'
sub(p,'''    door: &'a dyn Door,
    cookies: RefCell<Vec<(String, String, String)>>,
}''','''    door: &'a dyn Door,
    cookies: RefCell<Vec<(String, String, String)>>,
    /// Headers that the browser sends with everything.
    signals: Vec<(&'static str, String)>,
}''')
sub(p,'''            cookies: RefCell::new(Vec::new()),
        }
    }
}''','''            cookies: RefCell::new(Vec::new()),
            signals: Vec::new(),
        }
    }

    /// A browser that sends one more header with everything.
    pub fn saying(mut self, name: &'static str, value: &str) -> Person<'a> {
        self.signals.push((name, value.to_owned()));
        self
    }
}''')
sub(p,'''    /// Opens an address.
    pub fn get(''','''    /// The cookies that the browser has, with what is in them.
    pub fn cookies(&self) -> Vec<(String, String)> {
        let cookies = self.cookies.borrow();
        let kept = cookies.iter();
        kept.map(|(name, value, _)| (name.clone(), value.clone()))
            .collect()
    }

    /// Opens an address.
    pub fn get(''')
sub(p,'''        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    ) -> Answer {''','''        mut headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    ) -> Answer {
        headers.extend(self.signals.iter().cloned());''')
# docs
p='docs/decisions/README.md'
sub(p,'who is told of the next one\n','who is told of the next one\n- [0038](0038-counting-pages-and-nobody.md) Pages are counted, and visits only of those who chose it\n')
p='CHANGELOG.md'
s=open(p).read().rstrip('\n')+"\n- How often kinds of pages are read is counted by day and language, without looking at anybody, and public when the day is over. On “Cookies” people may choose to have their visits counted; nothing is set unless they do, and a browser that asks not to be counted is obeyed.\n"
open(p,'w').write(s)
p='docs/architecture.md'
sub(p,'Invariant: no cookie leaves the program that','Invariant: a page is counted by its kind, day and language; no identifier of a visit is in any table, and no cookie for it is set without being asked for (0038).\n\nInvariant: no cookie leaves the program that')
p='docs/glossary.md'
sub(p,'| Audience |','| View | one page read, counted by kind, day and language | 瀏覽次數 | page read | hit, impression |\n| Visit | a day on which a browser came whose owner chose to be counted | 造訪次數 | visit | session, user |\n| Audience |')
