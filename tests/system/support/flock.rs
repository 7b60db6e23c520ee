//! A flock of canaries: people with something of their own in twelve fields, who do everything that
//! people do with an entry, on a site of which only its door and its clock are known.
//!
//! Invariant: a flow is one function and is done by whoever's number says so, so that a test with
//! sixty people and one with two thousand live through the same things.
//!
//! Not here: where is looked for them afterwards (`places`).

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use fairdraw::account::setup;
use fairdraw::identity::national_id;
use fairdraw::platform::clock::{DAY, HOUR, Timestamp};
use rocket::http::Status;

use super::app::{Answer, Door, Person, TestApp};
use super::collecting::collects;
use super::life::{self, ROUND_TIME, SIGNATURE};
use super::mail_sink::{MailSink, Manners};

/// What is in every place on purpose: a scan that does not find it there has not looked.
pub const CONTROL: &str = "Kontrollvogel-7Q4Z-gefunden";

/// When the library prepares its draw; on this moment the clock of a site begins.
pub const BEGINNING: Timestamp = Timestamp(ROUND_TIME.0 - 15 * DAY);

const SLUG: &str = "flock-2024";
const PASSPHRASE: &str = "correct horse battery staple";

/// Twelve things that a person leaves, and no two persons have one in common.
#[derive(Clone)]
pub struct Canary {
    pub name: String,
    pub national_id: String,
    pub phone: String,
    pub email: String,
    pub address: String,
    pub short: String,
    pub long: String,
    pub new_phone: String,
    pub new_email: String,
    pub new_address: String,
    pub tax_address: String,
    pub request: String,
}

impl Canary {
    /// The person of a number, of which there are fewer than a hundred thousand.
    pub fn number(n: u64) -> Canary {
        let id = national_id::synthetic_citizen(n * 5_413 + 900_007);
        let phone = |first: u64| format!("09{:08}", first + n * 7 + n % 7);
        Canary {
            name: format!("黃鶯鳥{}號女士", 310_000 + n * 3),
            national_id: id.as_str().to_owned(),
            phone: phone(21_000_000),
            email: format!("flock.{}@aviary{}.example", 810_001 + n * 13, n),
            address: format!("黃鶯路{}號之{}", 70_011 + n * 17, n),
            short: format!("最愛第{}籠", 420_001 + n * 19),
            long: format!("第{}隻黃鶯的長長心聲，寫在第{}行", 640_003 + n * 23, n),
            new_phone: phone(71_000_000),
            new_email: format!("moved.{}@aviary{}.example", 910_001 + n * 29, n),
            new_address: format!("遷居街{}號之{}", 50_021 + n * 31, n),
            tax_address: format!("戶籍里{}鄰{}號", 30_011 + n * 37, n),
            request: format!("第{}封信：請把我的資料給我", 730_009 + n * 41),
        }
    }

    /// Every value that must be nowhere.
    pub fn strings(&self) -> [String; 12] {
        [
            &self.name,
            &self.national_id,
            &self.phone,
            &self.email,
            &self.address,
            &self.short,
            &self.long,
            &self.new_phone,
            &self.new_email,
            &self.new_address,
            &self.tax_address,
            &self.request,
        ]
        .map(String::clone)
    }
}

/// A site as its visitors and its clock see it.
pub trait Site: Door {
    /// Moves the clock to a moment and does what became due.
    fn go_to(&self, at: Timestamp);
    /// The path of the link with which the first admin comes in.
    fn first_link(&self) -> String;
}

impl Site for TestApp {
    fn go_to(&self, at: Timestamp) {
        TestApp::go_to(self, at);
    }

    fn first_link(&self) -> String {
        let link = setup::first_link(&self.app.db).expect("the link is stored");
        link.expect("nobody has used the link yet")
    }
}

/// Everybody, and the activity in which they take part.
pub struct Flock<'s> {
    site: &'s dyn Site,
    pub people: u64,
    pub activity: String,
    pub draw: String,
    short: String,
    long: String,
}

impl<'s> Flock<'s> {
    /// A librarian prepares the draw and publishes it; entry is open.
    pub fn settle(site: &'s dyn Site, people: u64) -> Flock<'s> {
        let staff = first_admin(site);
        let activity = prepared(&staff);
        let base = format!("/staff/activities/{activity}");
        let short = question(&staff, &base, "short_text", "您最喜歡哪一籠？");
        let long = question(&staff, &base, "long_text", "您想說什麼？");
        life::plan(&staff, &base, &[("prize_1_value", "25000")]);
        let path = format!("{base}/publish");
        done(staff.send(&staff.get(&path), &path, &[("sure", "yes")]));
        let draw = link_after(&Person::at(site).get("/draws"), "/d/");
        site.go_to(ROUND_TIME.plus(-9 * DAY));
        Flock {
            site,
            people,
            activity,
            draw,
            short,
            long,
        }
    }

    /// The twelve strings of everybody.
    pub fn strings(&self) -> Vec<String> {
        let people = (0..self.people).map(Canary::number);
        people.flat_map(|canary| canary.strings()).collect()
    }

    fn visitor(&self) -> Person<'s> {
        Person::at(self.site)
    }

    /// Everybody enters; some twice, some after mistakes, and some take it back.
    pub fn enters(&self) {
        for n in 0..self.people {
            let canary = Canary::number(n);
            if n % 10 == 3 {
                self.mistypes(&canary);
            }
            let code = self.enter(&canary);
            match n % 20 {
                4 => {
                    self.enter(&canary);
                }
                6 => {
                    self.looks(&code);
                }
                8 => self.withdraws(&code),
                _ => {}
            }
            if n % 5 == 1 {
                self.corrects(&canary, &code);
            }
            if n % 10 == 7 {
                self.asks(&canary, &code);
            }
        }
    }

    /// A form that comes back with mistakes holds personal data too.
    fn mistypes(&self, canary: &Canary) {
        let visitor = self.visitor();
        let path = format!("/a/{SLUG}/enter");
        let answer = visitor.send(
            &visitor.get(&path),
            &path,
            &[
                ("name", &canary.name),
                ("phone", &canary.phone),
                ("email", &canary.email.replace('@', "@@")),
                ("address", &canary.address),
                (&self.long, &canary.long),
            ],
        );
        assert_eq!(answer.status, Status::UnprocessableEntity);
    }

    /// Form, check page, receipt; answers with the receipt code.
    fn enter(&self, canary: &Canary) -> String {
        let visitor = self.visitor();
        let path = format!("/a/{SLUG}/enter");
        let check = visitor.send(
            &visitor.get(&path),
            &path,
            &[
                ("name", &canary.name),
                ("national_id", &canary.national_id),
                ("phone", &canary.phone),
                ("email", &canary.email),
                ("postal_code", "106"),
                ("county", "臺北市"),
                ("district", "大安區"),
                ("address", &canary.address),
                (&self.short, &canary.short),
                (&self.long, &canary.long),
                ("consent", "yes"),
            ],
        );
        assert_eq!(check.status, Status::Ok, "{}", check.mistakes());
        let sent = visitor.send(&check, &format!("/a/{SLUG}/check"), &[]);
        let receipt = visitor.get(&done(sent).location);
        let code = receipt.text("#secret");
        assert!(!code.is_empty(), "{}", receipt.mistakes());
        code
    }

    /// "My entry" with the code: everything held, in clear on one page.
    fn looks(&self, code: &str) -> (Person<'s>, Answer) {
        let person = self.visitor();
        let mine = person.send(&person.get("/entry"), "/entry", &[("code", code)]);
        assert_eq!(mine.status, Status::Ok, "{}", mine.mistakes());
        (person, mine)
    }

    fn withdraws(&self, code: &str) {
        let (person, mine) = self.looks(code);
        let asked = person.send(&mine, "/entry/withdraw", &[]);
        let gone = person.send(&asked, "/entry/withdraw", &[("sure", "yes")]);
        assert!(gone.status.code < 400, "{}", gone.mistakes());
    }

    /// Another telephone number, mailbox and street.
    fn corrects(&self, canary: &Canary, code: &str) {
        let (person, mine) = self.looks(code);
        let path = "/entry/correct";
        let form = person.send(&mine, path, &[]);
        let check = person.send(
            &form,
            path,
            &[
                ("phone", &canary.new_phone),
                ("email", &canary.new_email),
                ("address", &canary.new_address),
            ],
        );
        assert_eq!(check.status, Status::Ok, "{}", check.mistakes());
        let kept = person.send(&check, path, &[]);
        assert!(kept.status.code < 400, "{}", kept.mistakes());
    }

    /// A letter to the library about one's own data.
    fn asks(&self, canary: &Canary, code: &str) {
        let person = self.visitor();
        let path = "/privacy/request";
        let sent = person.send(
            &person.get(path),
            path,
            &[
                ("kind", "see"),
                ("text", &canary.request),
                ("email", &canary.email),
                ("code", code),
            ],
        );
        assert!(sent.status.code < 400, "{}", sent.mistakes());
    }

    /// The list closes and is frozen, and a librarian pastes the round. Answers with the librarian.
    pub fn is_drawn(&self) -> Person<'s> {
        for moment in [-2 * DAY + HOUR, -HOUR + 1_000, -HOUR + 61_000, 5_000] {
            self.site.go_to(ROUND_TIME.plus(moment));
        }
        let staff = self.signed_in();
        let path = format!("{}/beacon", self.draw_base());
        done(staff.send(&staff.get(&path), &path, &[("beacon", SIGNATURE)]));
        staff
    }

    /// A librarian with a session.
    pub fn signed_in(&self) -> Person<'s> {
        let staff = self.visitor();
        let page = staff.get("/staff/sign-in");
        let name = [("name", "陳館員"), ("passphrase", PASSPHRASE)];
        done(staff.send(&page, "/staff/sign-in", &name));
        staff
    }

    fn draw_base(&self) -> String {
        format!("/staff/activities/{}/draws/{}", self.activity, self.draw)
    }

    /// Winners are written to: the first try meets a mail server that sends the letters back. Their
    /// contacts are exported for the telephone, and one of them comes for the prize.
    pub fn is_told(&self, staff: &Person<'_>, mail: &MailSink) {
        mail.behave(Manners::RefusesContent);
        let path = format!("{}/notify", self.draw_base());
        done(staff.send(&staff.get(&path), &path, &[]));
        self.site.go_to(ROUND_TIME.plus(HOUR));
        assert!(mail.attempts() > 0, "somebody was written to");
        mail.behave(Manners::Kind);
        // The session of the morning is over.
        let staff = self.signed_in();
        let mut list = String::new();
        for format in ["xlsx", "csv"] {
            let page = staff.get("/admin/exports");
            let file = staff.send(
                &page,
                "/admin/exports",
                &[
                    ("draw", &self.draw),
                    ("purpose", &page.first_choice("purpose")),
                    ("format", format),
                    ("reason", CONTROL),
                ],
            );
            assert_eq!(file.status, Status::Ok, "{}", file.mistakes());
            list = file.html;
        }
        // One winner comes; what is taken down for the tax outlives the purge, sealed.
        let people = (0..self.people).map(Canary::number);
        let winners: Vec<Canary> = people.filter(|one| list.contains(&one.name)).collect();
        let base = format!("/staff/activities/{}", self.activity);
        collects(&staff, &base, &self.draw_base(), &winners);
    }

    /// Nobody else answers, every other prize is passed on to the last reserve, and the day of the
    /// purge comes.
    pub fn is_purged(&self) {
        for days in [7, 14, 21, 28, 35] {
            self.site.go_to(ROUND_TIME.plus(days * DAY + HOUR));
        }
        // In processes of its own the purge goes on beside us.
        let mut page = Answer::default();
        for minutes in 0..600 {
            let later = 40 * DAY + HOUR + minutes * 61_000;
            self.site.go_to(ROUND_TIME.plus(later));
            page = self.visitor().get(&format!("/d/{}/purge", self.draw));
            if page.html.contains("fairdraw purge certificate/1") {
                return;
            }
            std::thread::park_timeout(Duration::from_millis(100));
        }
        panic!("{}", page.text("main"));
    }

    /// Every public page and file that a link leads to.
    pub fn public_pages(&self) -> Vec<u8> {
        let draw = format!("/d/{}", self.draw);
        let starts = ["/", "/en", "/journal", &draw].map(str::to_owned);
        walked(&self.visitor(), &starts, |path| {
            let own = path.strip_prefix("/en").unwrap_or(path);
            !["/staff", "/admin", "/assets/", "/stage/"]
                .iter()
                .any(|at| own.starts_with(at))
        })
    }

    /// Every page of staff that a link leads to.
    pub fn staff_pages(&self, staff: &Person<'_>) -> Vec<u8> {
        let starts = ["/staff", "/admin"].map(str::to_owned);
        walked(staff, &starts, |path| {
            path.starts_with("/staff") || path.starts_with("/admin")
        })
    }
}

/// Far more than there are; a walk that does not end would be a page that makes new addresses.
const MOST_PAGES: usize = 1_500;

/// Everything that is answered on the way along all links.
fn walked(person: &Person<'_>, starts: &[String], is_ours: impl Fn(&str) -> bool) -> Vec<u8> {
    let mut waiting = VecDeque::from(starts.to_vec());
    let mut seen = BTreeSet::new();
    let mut bytes = Vec::new();
    while let Some(address) = waiting.pop_front() {
        if !seen.insert(address.clone()) {
            continue;
        }
        assert!(seen.len() < MOST_PAGES, "{seen:?}");
        let answer = person.get(&address);
        bytes.extend_from_slice(&answer.bytes);
        waiting.extend(answer.links().into_iter().filter(|to| is_ours(to)));
    }
    bytes
}

fn done(answer: Answer) -> Answer {
    assert_eq!(answer.status, Status::SeeOther, "{}", answer.mistakes());
    answer
}

fn first_admin(site: &dyn Site) -> Person<'_> {
    let path = site.first_link();
    let admin = Person::at(site);
    let named = [
        ("name", "陳館員"),
        ("passphrase", PASSPHRASE),
        ("passphrase_again", PASSPHRASE),
    ];
    done(admin.send(&admin.get(&path), &path, &named));
    admin
}

/// A draft whose title is the control, so that it is on every page; answers with its id.
fn prepared(staff: &Person<'_>) -> String {
    let id = life::draft(staff, ROUND_TIME, SLUG, (CONTROL, CONTROL));
    life::ask_fields(staff, &format!("/staff/activities/{id}"));
    id
}

/// Asks a question; answers with the name of its field.
fn question(staff: &Person<'_>, base: &str, kind: &str, label: &str) -> String {
    let list = format!("{base}/questions");
    let known: BTreeSet<String> = question_ids(&staff.get(&list), &list).collect();
    let path = format!("{list}/new");
    done(staff.send(
        &staff.get(&format!("{path}?kind={kind}")),
        &path,
        &[
            ("label_zh", label),
            ("label_en", label),
            ("required", "yes"),
        ],
    ));
    let page = staff.get(&list);
    let new = question_ids(&page, &list).find(|id| !known.contains(id));
    format!("q_{}", new.expect("the list leads to the new question"))
}

fn question_ids<'p>(page: &'p Answer, list: &str) -> impl Iterator<Item = String> + use<'p> {
    let links = page
        .html
        .split(&format!("{list}/"))
        .skip(1)
        .map(str::to_owned)
        .collect::<Vec<_>>();
    links.into_iter().filter_map(|rest| {
        let id = rest.split(['"', '/', '?']).next()?.to_owned();
        (!id.is_empty() && id != "new").then_some(id)
    })
}

/// What follows the first link that begins so.
fn link_after(page: &Answer, start: &str) -> String {
    let link = page.html.split(&format!("href=\"{start}")).nth(1);
    let id = link.and_then(|rest| rest.split(['"', '/']).next());
    id.expect("the page leads there").to_owned()
}
