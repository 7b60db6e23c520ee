//! What is kept and handed on in the demo: a partner, a hold, a disclosure, an incident, a request,
//! a payee, and contacts that two of three librarians open.

use lucky_draw::result::Slot;
use lucky_draw::ticket::Secret;
use zeroize::Zeroizing;

use crate::activity::draft;
use crate::activity::{self, ActivityId, Field, Kind, LocalText, Unlock};
use crate::audit::{Actor, StaffId};
use crate::cli::Stop;
use crate::custody::breach::{self, ByMail, NewIncident};
use crate::custody::disclosure::{self, Ground, NewDisclosure};
use crate::custody::hold::{self, Basis, NewHold};
use crate::custody::tax::{self, Paid, Payee};
use crate::discussion::{self, Appears, Discussion, NewPost, PostId};
use crate::draw::tax::{Residency, RuleBook};
use crate::draw::{self, DrawId};
use crate::entry::provider::{self, Offer, Provider, ProviderId};
use crate::external::{self, Details};
use crate::feedback::{self, NewFeedback, Topic, Wish};
use crate::identity::national_id;
use crate::notify::claims;
use crate::platform::clock::DAY;
use crate::platform::ids;
use crate::platform::text::Language;
use crate::rights::letter::{self, Letter};
use crate::rights::{self, NewRequest, RequestKind};
use crate::vault::{FieldKind, Name, NationalId, RegisteredAddress};

use super::super::TODAY;
use super::super::made_up::{details, prizes};
use super::Stagehand;

impl Stagehand<'_> {
    /// A draw that is on: its contacts may go to a partner, and two librarians open them.
    pub(in crate::cli::demo) fn shared_draw(&mut self) -> Result<String, Stop> {
        let title = LocalText::new("親子共讀抽獎", "Reading together draw");
        let opens_at = self.app.db.clock().now().plus(-DAY);
        let id =
            self.draft_without_prizes(&details(Kind::Draw, "together-2026", &title, opens_at))?;
        self.add_draw(&id, &prizes())?;
        self.app.db.write_now("demo: shares", |tx| {
            draft::save_unlock(tx, &self.by, &id, Unlock::TwoOfThree)?;
            let partner = Provider {
                id: ProviderId::fresh(),
                name: LocalText::new("巷口書店", "Corner bookshop"),
                address: "privacy@bookshop.example".to_owned(),
                active: true,
            };
            provider::save(tx, &partner)?;
            let offer = Offer {
                provider: partner,
                fields: vec![Field::Name, Field::Email],
                purpose: LocalText::new("寄送贊助的書券", "sending the book tokens it gives"),
                until: opens_at.plus(120 * DAY),
            };
            provider::offer(tx, &id, &offer)
        })?;
        self.app.vault.create_shares(id.as_str())?;
        self.publish_draft(&id)?;
        self.enter(&id, 12)?;
        Ok(self.facts(&id)?.slug)
    }

    /// What waits for a second person, and what two agreed to.
    pub(in crate::cli::demo) fn keeping(&self, drawn: &str, other: &StaffId) -> Result<(), Stop> {
        let draw = DrawId::from(drawn);
        let (db, config) = (&self.app.db, &self.app.config);
        let activity = db
            .read_now("demo: read", |tx| draw::by_id(tx, &draw))?
            .activity;
        db.write_now("demo: holds", |tx| {
            let hold = NewHold {
                draw: draw.clone(),
                tickets: vec![0],
                basis: Basis::Claim,
                rule: None,
                document: "北市圖字第 1150001 號".to_owned(),
                reason: "得獎資格的爭議還沒有結束".to_owned(),
                days: 150,
            };
            let held = hold::propose(tx, &self.by, &hold)?;
            hold::approve(tx, other, &held)?;
            hold::propose_change(tx, &self.by, &held, 170)?;
            hold::propose(
                tx,
                other,
                &NewHold {
                    tickets: vec![1],
                    ..hold
                },
            )
        })?;
        db.write_now("demo: disclosure", |tx| {
            let asked = NewDisclosure {
                ground: Ground::Research,
                activity: activity.clone(),
                draw: None,
                tickets: Vec::new(),
                fields: Vec::<FieldKind>::new(),
                document: "合作契約第 12 號".to_owned(),
                agency: "某某大學圖書資訊學系".to_owned(),
                basis: "隱私權政策：學術研究".to_owned(),
                reason: "委託研究借閱與活動參加的關係".to_owned(),
                expires: "116 年 12 月 31 日".to_owned(),
            };
            disclosure::propose(tx, config, &self.by, &asked)
        })?;
        self.incidents(&activity, other)?;
        self.request(&activity)?;
        self.letters()?;
        self.others()?;
        self.payee(&draw, other)
    }

    /// One that people are told of, and one whose words wait.
    fn incidents(&self, activity: &ActivityId, other: &StaffId) -> Result<(), Stop> {
        let words = NewIncident {
            noticed_at: TODAY.plus(-DAY),
            facts: LocalText::new(
                "9 月 2 日有一份紙本名單遺失，裡面是抽獎號碼，沒有姓名。",
                "On 2 September a paper list was lost. It held ticket numbers and no names.",
            ),
            measures: LocalText::new(
                "名單已作廢。請留意自稱圖書館的電話。",
                "The list is void. Beware of calls that claim to come from the library.",
            ),
            activities: vec![activity.clone()],
        };
        let config = &self.app.config;
        self.app.db.write_now("demo: incidents", |tx| {
            let told = breach::record(tx, config, &self.by, &words)?;
            let seen = breach::fingerprint(&breach::find(tx, &told)?);
            breach::tell(tx, config, other, &told, &seen, ByMail::No)?;
            breach::record(tx, config, other, &words)
        })?;
        Ok(())
    }

    fn request(&self, activity: &ActivityId) -> Result<(), Stop> {
        let vault = &self.app.vault;
        let written = Letter {
            text: "請告訴我貴館有哪些我的資料。",
            email: Some("mei@mailbox.example"),
            phone: None,
        };
        let new = NewRequest {
            lookup: vault.lookup(&Secret::from_entropy(ids::random()))?,
            kind: RequestKind::See,
            activity: Some(activity.clone()),
            entry: None,
            language: Language::ZhTw,
            letter: letter::seal(vault, self.app.db.clock().now(), &written)?,
        };
        self.app
            .db
            .write_now("demo: request", |tx| rights::open(tx, &new))?;
        Ok(())
    }

    /// What people wrote: one letter waits, one was answered.
    fn letters(&self) -> Result<(), Stop> {
        let (db, vault) = (&self.app.db, &self.app.vault);
        let receive = |topic: Topic, text: &str| {
            let new = NewFeedback {
                lookup: vault.lookup(&Secret::from_entropy(ids::random()))?,
                topic,
                wish: Wish::OnPage,
                language: Language::ZhTw,
                letter: feedback::letter::seal(vault, db.clock().now(), text, None)?,
            };
            db.write_now("demo: feedback", |tx| feedback::receive(tx, &new))
        };
        receive(Topic::Service, "三樓的飲水機壞了。")?;
        let asked = receive(Topic::Activity, "讀書會可以帶小孩嗎？")?;
        let answer = feedback::letter::seal_more(vault, &asked, "可以，兒童室同時有說故事。")?;
        db.write_now("demo: answer", |tx| {
            let taken = feedback::assign(tx, &self.by, &asked.id, asked.version, Some(&self.by))?;
            feedback::answer(tx, &self.by, &asked.id, taken.version, &answer)
        })?;
        Ok(())
    }

    /// A discussion with a question and its answer, and a lottery that a museum holds.
    fn others(&self) -> Result<(), Stop> {
        let db = &self.app.db;
        db.write_now("demo: discussion", |tx| {
            let open = activity::find(tx, "autumn-2026")?.id;
            let seen_first = Discussion {
                appears: Appears::AfterApproval,
                is_open: true,
            };
            discussion::set(tx, &self.by, &open, seen_first)?;
            let mut post = NewPost {
                id: PostId::fresh(),
                question: None,
                text: "小學生可以自己來領獎嗎？".to_owned(),
            };
            let asked = discussion::post(tx, &open, &post)?;
            discussion::approve(tx, &self.by, &open, &asked.id)?;
            post.id = PostId::fresh();
            post.text = "領獎可以請家人代領嗎？".to_owned();
            discussion::post(tx, &open, &post)?;
            post.id = PostId::fresh();
            post.question = Some(asked.id);
            post.text = "可以，請帶學生證。".to_owned();
            discussion::answer(tx, &self.by, &open, &post)
        })?;
        let now = db.clock().now();
        let museum = Details {
            slug: "museum-2026".to_owned(),
            title: LocalText::new("博物館之夜抽獎", "Museum night lottery"),
            text: LocalText::new(
                "到城市博物館的網站參加。",
                "Take part on the museum’s site.",
            ),
            host: LocalText::new("城市博物館", "City Museum"),
            link: "https://museum.example/night".to_owned(),
            policy: "https://museum.example/privacy".to_owned(),
            opens_at: now.plus(-DAY),
            closes_at: now.plus(30 * DAY),
        };
        db.write_now("demo: external", |tx| {
            let made = external::create(tx, &self.by, &museum)?;
            external::publish(tx, &self.by, &made.id, made.version, false)?;
            external::leave(tx, "museum-2026")
        })?;
        Ok(())
    }

    /// A prize that was handed over, with its row in the tax vault.
    fn payee(&self, draw: &DrawId, other: &StaffId) -> Result<(), Stop> {
        let (db, vault) = (&self.app.db, &self.app.vault);
        let paid = db.write_now("demo: handover", |tx| {
            let decided = claims::decided(tx, draw)?;
            let holdings = draw::holdings(tx, &decided.plan)?;
            let first = holdings
                .into_iter()
                .map(|holding| holding.slot)
                .find(|slot| matches!(slot, Slot::Prize { .. }));
            let Some(slot) = first else {
                return Ok::<_, crate::custody::Error>(None);
            };
            claims::claim(tx, &decided, &Actor::Staff(self.by.clone()), &slot)?;
            let paid = tax::paid(tx, &decided.facts.id, draw, &slot)?;
            // The made-up person's number is not at hand, so a second person looks at the card.
            Ok(Some(Paid { tag: None, ..paid }))
        })?;
        let Some(paid) = paid else {
            return Ok(());
        };
        let card = national_id::synthetic_citizen(7);
        let payee = Payee {
            name: Name::new("陳小美"),
            subject: Zeroizing::new(format!("twid:{}", card.as_str())),
            id: NationalId::new(card.as_str()),
            address: RegisteredAddress::new("臺北市大安區建國南路二段 125 號"),
            residency: Residency::Resident,
        };
        let book = RuleBook::of(&self.app.config);
        tax::take_down(db, vault, other, &book, &paid, &payee)?;
        Ok(())
    }
}
