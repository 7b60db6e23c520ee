//! What the library says about personal data: who holds it, until when, what was erased, and every
//! notice that was shown.

use fairdraw::activity::{self, ActivityId};
use fairdraw::platform::clock::{DAY, HOUR};
use fairdraw::platform::text::Language;
use fairdraw::policy;
use fairdraw::policy::retention::{Class, span};
use rocket::http::Status;

use crate::support::Engine;
use crate::support::app::local;
use crate::support::life::{Life, Patron, ROUND_TIME};

on_both! {
    a_visitor_learns_who_holds_the_data_and_until_when_in_two_clicks,
    a_period_is_set_within_its_class_and_the_public_reads_why,
    an_activity_is_planned_within_the_librarys_period,
    the_codes_that_a_librarian_picks_stand_in_the_notice,
    a_date_that_moves_makes_a_new_notice_and_an_entry_keeps_its_own,
    the_purge_list_leads_to_every_certificate,
    staff_are_reminded_of_a_purge_a_week_before,
    who_works_for_the_library_is_public_from_the_first_to_the_last_day,
}

fn a_visitor_learns_who_holds_the_data_and_until_when_in_two_clicks(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let visitor = life.app.visitor();
    for (address, library, day) in [
        ("/", "示範圖書館", "113 年 9 月 14 日（六）"),
        ("/en", "Demonstration Library", "Sat 14 Sep 2024"),
    ] {
        let home = visitor.get(address);
        let link = home
            .html
            .split("href=\"")
            .filter_map(|rest| rest.split('"').next())
            .find(|link| link.ends_with("/privacy"))
            .expect("the footer leads there")
            .to_owned();
        let page = visitor.get(&link);
        assert_eq!(page.status, Status::Ok);
        let main = page.text("main");
        assert!(main.contains(library), "{main}");
        assert!(main.contains(day), "{main}");
        assert!(!page.html.contains("<script"), "it needs no script");
    }
    for page in [
        "/privacy",
        "/privacy/register",
        "/privacy/retention",
        "/privacy/purges",
        "/privacy/logs",
        "/privacy/disclosures",
        "/a/summer-2024/privacy",
        "/a/summer-2024/privacy/1",
    ] {
        for language in Language::ALL {
            let answer = visitor.get(&language.url(page));
            assert_eq!(answer.status, Status::Ok, "{page}");
            assert!(answer.bytes.len() < 30_000, "{page} is too heavy");
        }
    }
    let missing = visitor.get("/a/summer-2024/privacy/2");
    assert_eq!(missing.status, Status::NotFound);
    // Art. 17: name of the file, who holds it, ground and purpose, categories.
    let register = visitor.get("/privacy/register").text("main");
    for words in [
        "活動報名檔",
        "示範圖書館",
        "第 15 條第 2 款",
        "146 圖書館、出版品管理",
        "C001 辨識個人者",
    ] {
        assert!(register.contains(words), "{words}: {register}");
    }
    assert!(register.contains("夏日閱讀抽獎"));
}

fn a_period_is_set_within_its_class_and_the_public_reads_why(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let visitor = life.app.visitor();
    let staff = life.draw();
    let path = "/admin/retention";
    let page = staff.get(path);
    let set = |class: &str, days: &str, reason: &str| {
        staff.send(
            &page,
            path,
            &[("class", class), ("days", days), ("reason", reason)],
        )
    };
    for (class, days, reason) in [
        ("entries", "0", "更早"),
        ("entries", "181", "更久"),
        ("entries", "many", "更久"),
        ("entries", "30", " "),
        ("access_log", "30", "由設定檔決定"),
        ("", "30", "沒有選"),
    ] {
        let refused = set(class, days, reason);
        assert_eq!(
            refused.status,
            Status::UnprocessableEntity,
            "{class} {days}"
        );
    }
    let done = set("entries", "45", "得獎者平均 10 日內領獎。");
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    let public = visitor.get("/privacy/retention").text("main");
    assert!(public.contains(&span(Language::ZhTw, 45)), "{public}");
    assert!(public.contains("得獎者平均 10 日內領獎。"), "{public}");
    assert!(
        !public.contains("陳館員"),
        "who set it is on record, not public"
    );
    let record = staff.get("/admin/audit").text("main");
    assert!(record.contains("設定保存期限"), "{record}");
    assert!(record.contains("entries 180 45"), "{record}");
    // The published activity keeps its day.
    assert!(public.contains("113 年 9 月 14 日（六）"), "{public}");
    assert_eq!(Class::Entries.bounds().max, 180);
}

fn an_activity_is_planned_within_the_librarys_period(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let staff = life.draw();
    let page = staff.get("/admin/retention");
    let done = staff.send(
        &page,
        "/admin/retention",
        &[("class", "entries"), ("days", "20"), ("reason", "夠用")],
    );
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    let new = "/staff/activities/new?kind=draw";
    let page = staff.get(new);
    // What is suggested lies within it: 14 days to claim and 20 more.
    let form = page.form("/staff/activities/new");
    assert!(
        form.contains(&("retention_days".to_owned(), "34".to_owned())),
        "{form:?}"
    );
    let at = ROUND_TIME.plus(30 * DAY);
    let dates = [
        ("opens", local(at.plus(-10 * DAY))),
        ("closes", local(at.plus(-2 * DAY))),
        ("freezes", local(at.plus(-HOUR))),
        ("draws", local(at)),
    ];
    let words = [
        ("slug", "autumn-2024"),
        ("title_zh", "秋"),
        ("title_en", "Autumn"),
        ("text_zh", "秋"),
        ("text_en", "Autumn"),
        ("rules_zh", "秋"),
        ("rules_en", "Autumn"),
        ("claim_days", "7"),
    ];
    let dates: Vec<(&str, &str)> = dates
        .iter()
        .map(|(name, at)| (*name, at.as_str()))
        .collect();
    let send = |days: &str| {
        let fields = [&words[..], &dates, &[("retention_days", days)]].concat();
        staff.send(&page, "/staff/activities/new", &fields)
    };
    let refused = send("28");
    assert_eq!(refused.status, Status::UnprocessableEntity);
    assert!(
        refused.mistakes().contains("最多 27 日"),
        "{}",
        refused.mistakes()
    );
    let taken = send("27");
    assert_eq!(taken.status, Status::SeeOther, "{}", taken.mistakes());
    // A period that is shortened afterwards keeps the draft from being published.
    let base = taken.location.trim_end_matches("/privacy").to_owned();
    let page = staff.get("/admin/retention");
    let fields = [("class", "entries"), ("days", "5"), ("reason", "更短")];
    staff.send(&page, "/admin/retention", &fields);
    let glance = staff.get(&base).text("main");
    assert!(glance.contains("保存得比本館的保存期限久"), "{glance}");
}

fn the_codes_that_a_librarian_picks_stand_in_the_notice(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let staff = life.draw();
    let notice = life
        .app
        .visitor()
        .get("/a/summer-2024/privacy")
        .text("main");
    assert!(
        notice.contains("146 圖書館、出版品管理；157 調查、統計與研究分析"),
        "{notice}"
    );
    assert!(notice.contains("身分證字號或統一證號（C003）"), "{notice}");

    let draft = second_draft(&staff);
    let path = format!("/staff/activities/{draft}/codes");
    let page = staff.get(&path);
    let mut none = page.form(&path);
    none.retain(|(name, _)| name != "purposes");
    let refused = staff.post(&path, &none);
    assert_eq!(refused.status, Status::UnprocessableEntity);
    let mut picked = none;
    for (name, code) in [
        ("purposes", "157"),
        ("purposes", "109"),
        ("categories", "C051"),
    ] {
        picked.push((name.to_owned(), code.to_owned()));
    }
    let done = staff.post(&path, &picked);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    let notice = life
        .app
        .app
        .db
        .read_now("notice", |tx| {
            let facts = activity::by_id(tx, &ActivityId::from(draft.as_str()))?;
            policy::notice_now(tx, &facts, &life.app.app.config)
        })
        .expect("readable");
    for words in [
        "（157 調查、統計與研究分析；109 教育或訓練行政）",
        "問題中另外會問到：C051 學校紀錄",
    ] {
        assert!(notice.zh.contains(words), "{words}: {}", notice.zh);
    }
    for words in [
        "109 education",
        "Questions ask besides: C051 school records",
    ] {
        assert!(notice.en.contains(words), "{words}: {}", notice.en);
    }
    // A published activity has what it was published with.
    let published = staff.get(&format!("{}/codes", life.base()));
    assert_eq!(published.status, Status::Conflict);
    // A draft that is thrown away leaves nothing.
    let base = format!("/staff/activities/{draft}");
    let page = staff.get(&base);
    let gone = staff.send(&page, &format!("{base}/delete"), &[]);
    assert_eq!(gone.status, Status::SeeOther, "{}", gone.mistakes());
}

/// A draft beside the published draw.
fn second_draft(staff: &crate::support::app::Person<'_>) -> String {
    let page = staff.get("/staff/activities/new?kind=draw");
    let at = ROUND_TIME.plus(30 * DAY);
    let dates = [
        local(at.plus(-10 * DAY)),
        local(at.plus(-2 * DAY)),
        local(at.plus(-HOUR)),
        local(at),
    ];
    let done = staff.send(
        &page,
        "/staff/activities/new",
        &[
            ("slug", "autumn-2024"),
            ("title_zh", "秋"),
            ("title_en", "Autumn"),
            ("text_zh", "秋"),
            ("text_en", "Autumn"),
            ("rules_zh", "秋"),
            ("rules_en", "Autumn"),
            ("opens", &dates[0]),
            ("closes", &dates[1]),
            ("freezes", &dates[2]),
            ("draws", &dates[3]),
            ("claim_days", "7"),
            ("retention_days", "40"),
        ],
    );
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    let path = done.location.trim_end_matches("/privacy");
    path.rsplit('/').next().unwrap_or_default().to_owned()
}

fn a_date_that_moves_makes_a_new_notice_and_an_entry_keeps_its_own(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let code = life.enter(&Patron::number(1)).text("#secret");
    let visitor = life.app.visitor();
    let first = visitor.get("/a/summer-2024/privacy").text("main");
    assert!(first.contains("到 113 年 9 月 14 日（六）刪除"), "{first}");

    let staff = life.app.visitor();
    let page = staff.get("/staff/sign-in");
    let signed_in = staff.send(
        &page,
        "/staff/sign-in",
        &[
            ("name", "陳館員"),
            ("passphrase", "correct horse battery staple"),
        ],
    );
    assert_eq!(
        signed_in.status,
        Status::SeeOther,
        "{}",
        signed_in.mistakes()
    );
    let path = format!("/staff/draws/{}/supersede", life.draw);
    let page = staff.get(&path);
    let moved = staff.send(
        &page,
        &path,
        &[
            ("draws", &local(ROUND_TIME.plus(3 * DAY))),
            ("code", "FORCE"),
            ("words_zh", "颱風停班"),
            ("words_en", "Closed for a typhoon"),
            ("sure", "yes"),
        ],
    );
    assert_eq!(moved.status, Status::SeeOther, "{}", moved.mistakes());

    let now = visitor.get("/a/summer-2024/privacy").text("main");
    assert!(now.contains("到 113 年 9 月 17 日（二）刪除"), "{now}");
    assert!(now.contains("第 2 版"), "{now}");
    let old = visitor.get("/a/summer-2024/privacy/1").text("main");
    assert!(old.contains("到 113 年 9 月 14 日（六）刪除"), "{old}");
    assert!(old.contains("看這一份報名的人，以這一份為準"), "{old}");
    // The form shows the new one, and who enters now names it.
    let form = visitor.get("/a/summer-2024/enter").text("#notice");
    assert!(form.contains("到 113 年 9 月 17 日（二）刪除"), "{form}");
    let newer = life.enter(&Patron::number(2)).text("#secret");
    // Whoever entered before reads their own notice, and whoever entered after it the new one.
    for (code, day, version) in [
        (&code, "到 113 年 9 月 14 日（六）刪除", 1),
        (&newer, "到 113 年 9 月 17 日（二）刪除", 2),
    ] {
        let person = life.app.visitor();
        let page = person.get("/entry");
        let mine = person.send(&page, "/entry", &[("code", code)]);
        assert_eq!(mine.status, Status::Ok, "{}", mine.mistakes());
        assert!(mine.text("main").contains(day), "{}", mine.text("main"));
        let link = format!("href=\"/a/summer-2024/privacy/{version}\"");
        assert!(mine.html.contains(&link), "the page leads to its version");
        let own = visitor.get(&format!("/a/summer-2024/privacy/{version}"));
        assert!(own.text("main").contains(day));
    }
    // The check page says it once more.
    let form = visitor.get("/a/summer-2024/enter").text("main");
    assert!(
        form.contains("您填的資料在 113 年 9 月 17 日（二）刪除"),
        "{form}"
    );
}

fn the_purge_list_leads_to_every_certificate(engine: Engine) {
    let life = Life::published(engine, |_| ());
    for n in 0..3 {
        life.enter(&Patron::number(n));
    }
    let visitor = life.app.visitor();
    let none = visitor.get("/privacy/purges").text("main");
    assert!(none.contains("還沒有活動到期"), "{none}");
    life.draw();
    for days in [7, 14, 21, 28, 35, 41] {
        life.app.go_to(ROUND_TIME.plus(days * DAY + HOUR));
    }
    let list = visitor.get("/privacy/purges");
    assert!(
        list.html.contains("href=\"/a/summer-2024/purge\""),
        "{}",
        list.text("main")
    );
    let certificate = visitor.get("/a/summer-2024/purge");
    assert_eq!(certificate.status, Status::Ok);
    let calendar = visitor.get("/privacy/retention").text("main");
    assert!(
        !calendar.contains("夏日閱讀抽獎"),
        "it is not to come any more"
    );
    let home = visitor.get("/privacy").text("main");
    assert!(home.contains("已經刪除 1 個活動"), "{home}");
}

fn staff_are_reminded_of_a_purge_a_week_before(engine: Engine) {
    let life = Life::published(engine, |_| ());
    life.enter(&Patron::number(1));
    let staff = life.draw();
    let remind = "自動刪除個資";
    let said = |path: &str| staff.get(path).text("main").contains(remind);
    assert!(!said("/staff") && !said("/admin"), "it is 40 days away");
    life.app.go_to(ROUND_TIME.plus(34 * DAY));
    // The session is over by then.
    let page = staff.get("/staff/sign-in");
    let fields = [
        ("name", "陳館員"),
        ("passphrase", "correct horse battery staple"),
    ];
    staff.send(&page, "/staff/sign-in", &fields);
    assert!(said("/staff"), "{}", staff.get("/staff").text("main"));
    assert!(said("/admin"), "{}", staff.get("/admin").text("main"));
}

fn who_works_for_the_library_is_public_from_the_first_to_the_last_day(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let staff = life.draw();
    let visitor = life.app.visitor();
    let path = "/admin/processors";
    let page = staff.get(path);
    let empty = staff.send(&page, path, &[("name_zh", "雲端公司")]);
    assert_eq!(empty.status, Status::UnprocessableEntity);
    let done = staff.send(
        &page,
        path,
        &[
            ("name_zh", "雲端公司"),
            ("name_en", "Cloud company"),
            ("task_zh", "代管主機，只接觸加密後的資料"),
            ("task_en", "runs the server, sees encrypted data only"),
        ],
    );
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    let register = visitor.get("/en/privacy/register").text("main");
    assert!(register.contains("Cloud company"), "{register}");
    let page = staff.get(path);
    let end = page
        .html
        .split("action=\"")
        .filter_map(|rest| rest.split('"').next())
        .find(|action| action.ends_with("/end"))
        .expect("it can be ended")
        .to_owned();
    let ended = staff.send(&page, &end, &[]);
    assert_eq!(ended.status, Status::SeeOther, "{}", ended.mistakes());
    let register = visitor.get("/privacy/register").text("main");
    assert!(register.contains("雲端公司"), "the line stays");
    assert_eq!(staff.send(&page, &end, &[]).status, Status::NotFound);
}
