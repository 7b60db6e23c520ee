//! One activity as a library lives it, every step over HTTP: a librarian prepares and publishes,
//! patrons enter, the list closes, a recorded round decides.

use fairdraw::identity::national_id;
use fairdraw::platform::clock::{Clock, DAY, HOUR, Timestamp};
use fairdraw::platform::config::Config;
use rocket::http::Status;

use super::Engine;
use super::app::{Answer, Person, TestApp, local, moment};

/// 2024-08-04T20:29:24Z, when quicknet's round 10,000,000 was published.
pub const ROUND_TIME: Timestamp = Timestamp(1_722_803_364_000);
/// That round's signature.
pub const SIGNATURE: &str = "a187c9f5800521e986b5658924696682071ce7ae965486e8fd08bc2c4758bdbb9ed9ecb7beee392a38214e321ecd434f";

/// A patron with something of their own in every field.
#[derive(Clone)]
pub struct Patron {
    pub name: String,
    pub national_id: String,
    pub phone: String,
    pub email: String,
    pub address: String,
    pub answer: String,
}

impl Patron {
    /// The patron of a number; no two have a value in common.
    pub fn number(n: u64) -> Patron {
        let id = national_id::synthetic_citizen(n * 7_919 + 13);
        Patron {
            name: format!("金絲雀{}號先生", 400_000 + n * 37),
            national_id: id.as_str().to_owned(),
            // Below 099, which are the numbers of services.
            phone: format!("09{:08}", 31_000_000 + n * 104_729 % 59_000_000),
            email: format!("canary.{}@mailbox{}.example", 700_001 + n * 31, n),
            address: format!("絲雀大道{}號之{}", 90_017 + n * 41, n),
            answer: format!("鳥籠編號{}的心聲", 550_003 + n * 43),
        }
    }

    /// What this patron types into the entry form.
    pub fn form(&self, question: &str) -> Vec<(String, String)> {
        let fields = [
            ("name", self.name.as_str()),
            ("national_id", &self.national_id),
            ("phone", &self.phone),
            ("email", &self.email),
            ("postal_code", "106"),
            ("county", "臺北市"),
            ("district", "大安區"),
            ("address", &self.address),
            (question, &self.answer),
            ("consent", "yes"),
        ];
        fields
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec()
    }

    /// Every value that must be nowhere after the purge.
    pub fn canaries(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            self.national_id.clone(),
            self.phone.clone(),
            self.email.clone(),
            self.address.clone(),
            self.answer.clone(),
        ]
    }
}

/// A library with a draw on the way.
pub struct Life {
    pub app: TestApp,
    pub activity: String,
    pub draw: String,
    pub question: String,
}

impl Life {
    /// Set up by the printed link, prepared and published in the staff pages, open for entry.
    pub fn published(engine: Engine, change: impl FnOnce(&mut Config)) -> Life {
        Life::published_on(engine, &Life::clock(), change)
    }

    /// The clock on which a life begins.
    pub fn clock() -> Clock {
        Clock::standing_at(moment("2024-07-20T09:00:00+08:00"))
    }

    /// [`Life::published`] on a clock that others share.
    pub fn published_on(engine: Engine, clock: &Clock, change: impl FnOnce(&mut Config)) -> Life {
        Life::published_with(engine, clock, change, &[])
    }

    /// [`Life::published_on`] with more filled in on the plan's page.
    pub fn published_with(
        engine: Engine,
        clock: &Clock,
        change: impl FnOnce(&mut Config),
        more: &[(&str, &str)],
    ) -> Life {
        Life::published_after(engine, clock, change, more, |_, _, _| {})
    }

    /// [`Life::published_with`] after something was done to the draft: the application, the admin
    /// and the id of the activity.
    pub fn published_after(
        engine: Engine,
        clock: &Clock,
        change: impl FnOnce(&mut Config),
        more: &[(&str, &str)],
        prepare: impl FnOnce(&TestApp, &Person<'_>, &str),
    ) -> Life {
        let app = TestApp::on(engine, clock, change);
        Life::published_in(app, ROUND_TIME, more, prepare)
    }

    /// A life whose draw is at another moment than a recorded round's.
    pub fn published_for(engine: Engine, clock: &Clock, draws_at: Timestamp) -> Life {
        let app = TestApp::on(engine, clock, |_| ());
        Life::published_in(app, draws_at, &[], |_, _, _| {})
    }

    fn published_in(
        app: TestApp,
        draws_at: Timestamp,
        more: &[(&str, &str)],
        prepare: impl FnOnce(&TestApp, &Person<'_>, &str),
    ) -> Life {
        let admin = app.first_admin();
        let activity = create_for(&admin, draws_at);
        let base = format!("/staff/activities/{activity}");
        ask_fields(&admin, &base);
        let question = ask_question(&admin, &base);
        plan(&admin, &base, more);
        prepare(&app, &admin, &activity);
        let page = admin.get(&format!("{base}/publish"));
        let done = admin.send(&page, &format!("{base}/publish"), &[("sure", "yes")]);
        assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
        let public = app.visitor().get("/draws");
        let draw = first_draw(&public);
        app.app.run_jobs().expect("due jobs can be read");
        app.go_to(draws_at.plus(-9 * DAY));
        Life {
            app,
            activity,
            draw,
            question,
        }
    }

    /// The staff pages of the activity.
    pub fn base(&self) -> String {
        format!("/staff/activities/{}", self.activity)
    }

    /// A patron goes through form, check page and receipt, and answers with the receipt page.
    pub fn enter(&self, patron: &Patron) -> Answer {
        self.enter_with(patron, &[])
    }

    /// [`Life::enter`] with more filled in or ticked.
    pub fn enter_with(&self, patron: &Patron, more: &[(&str, &str)]) -> Answer {
        let visitor = self.app.visitor();
        let check = self.check_page(&visitor, patron, more);
        let sent = visitor.send(&check, "/a/summer-2024/check", &[]);
        assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
        let receipt = visitor.get(&sent.location);
        assert_eq!(receipt.status, Status::Ok, "{}", receipt.mistakes());
        receipt
    }

    /// A patron fills the form and comes to the page where it is looked over.
    pub fn check_page(
        &self,
        visitor: &Person<'_>,
        patron: &Patron,
        more: &[(&str, &str)],
    ) -> Answer {
        let form = visitor.get("/a/summer-2024/enter");
        assert_eq!(form.status, Status::Ok, "{}", form.mistakes());
        let fields = [
            ("name", patron.name.as_str()),
            ("national_id", &patron.national_id),
            ("phone", &patron.phone),
            ("email", &patron.email),
            ("postal_code", "106"),
            ("county", "臺北市"),
            ("district", "大安區"),
            ("address", &patron.address),
            (&self.question, &patron.answer),
            ("consent", "yes"),
        ];
        let check = visitor.send(&form, "/a/summer-2024/enter", &[&fields, more].concat());
        assert_eq!(check.status, Status::Ok, "{}", check.mistakes());
        check
    }

    /// The list closes and is frozen, the round is out, and a librarian signs in and pastes it.
    pub fn draw(&self) -> Person<'_> {
        self.app.go_to(ROUND_TIME.plus(-2 * DAY + HOUR));
        self.app.go_to(ROUND_TIME.plus(-HOUR + 1_000));
        // Where witnesses are named the freeze note comes a minute later.
        self.app.go_to(ROUND_TIME.plus(-HOUR + 61_000));
        self.app.go_to(ROUND_TIME.plus(5_000));
        let staff = self.staff();
        let path = format!("{}/beacon", self.draw_base());
        let page = staff.get(&path);
        let done = staff.send(&page, &path, &[("beacon", SIGNATURE)]);
        assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
        staff
    }

    /// The first admin, signed in anew.
    pub fn staff(&self) -> Person<'_> {
        let staff = self.app.visitor();
        let page = staff.get("/staff/sign-in");
        let done = staff.send(
            &page,
            "/staff/sign-in",
            &[
                ("name", "陳館員"),
                ("passphrase", "correct horse battery staple"),
            ],
        );
        assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
        staff
    }

    /// The staff pages of the draw.
    pub fn draw_base(&self) -> String {
        format!("{}/draws/{}", self.base(), self.draw)
    }

    /// The public files.
    pub fn bundle(&self) -> Vec<u8> {
        let files = self
            .app
            .visitor()
            .get(&format!("/d/{}/bundle.zip", self.draw));
        assert_eq!(files.status, Status::Ok);
        files.bytes
    }
}

/// A draft of the draw, made in the staff pages; answers with its id.
pub fn create(staff: &Person<'_>) -> String {
    create_for(staff, ROUND_TIME)
}

fn create_for(staff: &Person<'_>, draws_at: Timestamp) -> String {
    let title = ("夏日閱讀抽獎", "Summer reading draw");
    draft(staff, draws_at, "summer-2024", title)
}

/// A draft of a draw at another time, with an address and a title (in both languages) of its own;
/// answers with its id.
pub fn draft(
    staff: &Person<'_>,
    draws_at: Timestamp,
    slug: &str,
    (title_zh, title_en): (&str, &str),
) -> String {
    let page = staff.get("/staff/activities/new?kind=draw");
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    let done = staff.send(
        &page,
        "/staff/activities/new",
        &[
            ("slug", slug),
            ("title_zh", title_zh),
            ("title_en", title_en),
            ("text_zh", "填一題問卷，就能抽獎。"),
            ("text_en", "Answer one question to take part."),
            ("rules_zh", "持借閱證者都可以參加。"),
            ("rules_en", "Everybody with a library card may enter."),
            ("opens", &local(draws_at.plus(-10 * DAY))),
            ("closes", &local(draws_at.plus(-2 * DAY))),
            ("freezes", &local(draws_at.plus(-HOUR))),
            ("draws", &local(draws_at)),
            ("claim_days", "7"),
            ("retention_days", "40"),
        ],
    );
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    let path = done.location.trim_end_matches("/privacy");
    path.rsplit('/').next().unwrap_or_default().to_owned()
}

/// Asks every field of a person.
pub fn ask_fields(staff: &Person<'_>, base: &str) {
    let path = format!("{base}/privacy");
    let page = staff.get(&path);
    let done = staff.send(
        &page,
        &path,
        &[
            ("name", "required"),
            ("national_id", "required"),
            ("national_id_purpose_zh", "確認一人一份"),
            ("national_id_purpose_en", "One entry a person"),
            ("phone", "required"),
            ("email", "required"),
            ("address", "required"),
        ],
    );
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
}

fn ask_question(staff: &Person<'_>, base: &str) -> String {
    let path = format!("{base}/questions/new");
    let page = staff.get(&format!("{path}?kind=long_text"));
    let done = staff.send(
        &page,
        &path,
        &[
            ("label_zh", "您想說什麼？"),
            ("label_en", "What would you like to say?"),
            ("required", "yes"),
        ],
    );
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    let list = staff.get(&format!("{base}/questions"));
    let link = list
        .html
        .split(&format!("{base}/questions/"))
        .nth(1)
        .and_then(|rest| rest.split(['"', '/']).next())
        .expect("the list leads to the question");
    format!("q_{link}")
}

/// A draw of three vouchers, with more filled in; answers with what the page says.
pub fn send_plan(staff: &Person<'_>, base: &str, more: &[(&str, &str)]) -> Answer {
    let path = format!("{base}/draws/new");
    let page = staff.get(&path);
    let usual = [
        ("prize_1_name_zh", "禮券"),
        ("prize_1_name_en", "Voucher"),
        ("prize_1_units", "3"),
        ("prize_1_value", "500"),
        ("reserves", "4"),
        ("wins", "1"),
        ("tickets", "1"),
        ("do", "save"),
    ];
    let mut filled = usual.to_vec();
    filled.retain(|(name, _)| !more.iter().any(|(own, _)| own == name));
    staff.send(&page, &path, &[&filled, more].concat())
}

/// The same, which is taken.
pub fn plan(staff: &Person<'_>, base: &str, more: &[(&str, &str)]) {
    let done = send_plan(staff, base, more);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
}

fn first_draw(page: &Answer) -> String {
    page.html
        .split("href=\"/d/")
        .nth(1)
        .and_then(|rest| rest.split(['"', '/']).next())
        .expect("the public list has the draw")
        .to_owned()
}
