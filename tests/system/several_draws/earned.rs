//! Earned chances: tickets beside the first, imported by staff from a list.

use super::*;

on_both! {
    earned_chances_are_imported_once_and_never_over_the_cap,
    a_file_with_mistakes_is_told_line_by_line_and_nothing_is_stored,
    one_import_adds_so_many_tickets_and_no_more,
}

/// A library whose draws let people earn two chances beside their entry, and its admin.
fn with_chances(engine: Engine) -> Library {
    let mut draws = sessions();
    for draw in &mut draws {
        draw.cap = 3;
    }
    Library::open(engine, Arrangement::Sessions, &draws[..2])
}

/// The table of earned chances: who, and how many in all.
fn table(rows: &[(u64, &str)]) -> String {
    let mut file = "姓名,身分證字號,電話,電子郵件,次數\n".to_owned();
    for (person, chances) in rows {
        let id = national_id::synthetic_citizen(*person);
        file += &format!("王小明,{},0912345{person:03},,{chances}\n", id.as_str());
    }
    file
}

fn ticket_numbers(library: &Library, at: usize, person: u64) -> Vec<u32> {
    let subject = national_id::synthetic_citizen(person).subject();
    let tag = library
        .app
        .app
        .vault
        .tag(library.id.as_str(), &subject)
        .expect("a tag");
    let plan = library.plans().remove(at);
    let mut numbers = Vec::new();
    for index in 0.. {
        let ticket =
            library.read(|tx| Ok(entry::ticket(tx, &library.id, plan.id.as_str(), index)?));
        match ticket {
            Some(ticket) if ticket.tag == tag => numbers.push(ticket.ticket_no),
            Some(_) => {}
            None => break,
        }
    }
    numbers
}

fn earned_chances_are_imported_once_and_never_over_the_cap(engine: Engine) {
    let library = with_chances(engine);
    let staff = library.app.first_admin();
    let path = format!("/staff/activities/{}/chances", library.id);
    library.enter(1, None);

    // Person 1 has entered, person 2 has not: both get tickets 1 and up.
    let file = table(&[(1, "1"), (2, "2")]);
    let preview = staff.upload(&path, "file", "a.csv", file.as_bytes());
    assert_eq!(preview.status, Status::Ok, "{}", preview.mistakes());
    assert!(
        preview.html.contains("會為 2 人增加 6 個號碼"),
        "{}",
        preview.mistakes()
    );
    assert_eq!(
        library.read(|tx| Ok(entry::count(tx, &library.id)?)).taken,
        1
    );
    let import = format!("{path}/import");
    let sheet = staff.send(&preview, &import, &[]);
    assert_eq!(sheet.status, Status::Ok, "{}", sheet.mistakes());
    let codes = sheet.texts(".card p:nth-of-type(2) strong");
    assert_eq!(codes.len(), 2);
    assert!(sheet.html.contains("王○明") && !sheet.html.contains("王小明"));
    for at in 0..2 {
        assert_eq!(ticket_numbers(&library, at, 1), [0, 1]);
        assert_eq!(ticket_numbers(&library, at, 2), [1, 2]);
    }

    // The code finds the imported tickets, and only those.
    let visitor = library.app.visitor();
    let form = visitor.get("/entry");
    let own = visitor.send(&form, "/entry", &[("code", &codes[1])]);
    assert_eq!(own.status, Status::Ok, "{}", own.mistakes());
    assert_eq!(
        own.texts("strong.big").len(),
        4,
        "two tickets in two sessions"
    );

    // The same file again, and sent twice from one preview: nothing is added twice.
    let again = staff.send(&preview, &import, &[]);
    assert_eq!(again.status, Status::Ok, "{}", again.mistakes());
    assert!(again.texts(".card").is_empty());
    let known = staff.upload(&path, "file", "a.csv", file.as_bytes());
    assert!(known.html.contains("先前都已匯入"), "{}", known.mistakes());

    // A later count says how many in all; what is new is added.
    let more = staff.upload(&path, "file", "a.csv", table(&[(1, "2")]).as_bytes());
    assert!(
        more.html.contains("會為 1 人增加 2 個號碼"),
        "{}",
        more.mistakes()
    );
    assert_eq!(staff.send(&more, &import, &[]).status, Status::Ok);
    assert_eq!(ticket_numbers(&library, 0, 1), [0, 1, 2]);
    let over = staff.upload(&path, "file", "a.csv", table(&[(1, "3")]).as_bytes());
    assert_eq!(over.status, Status::UnprocessableEntity);
    assert!(over.html.contains("「次數」請填 1 到 2 的整數"));

    // What was withdrawn does not come back with the old file.
    let secret = Secret::parse(&codes[1]).expect("a receipt code");
    let lookup = library.app.app.vault.lookup(&secret).expect("a lookup");
    library.write(|tx| own::withdraw(tx, &lookup).map(|_| ()).map_err(Error::from));
    let gone = staff.upload(&path, "file", "a.csv", file.as_bytes());
    assert!(gone.html.contains("先前都已匯入"), "{}", gone.mistakes());

    assert_nowhere(&library, national_id::synthetic_citizen(2).as_str());
    library.freeze();
    library.app.go_to(time_of(FIRST).plus(2_000));
    let result = library.receive(0, FIRST).expect("drawn");
    assert_eq!(
        holders(&result).len(),
        1,
        "one person is left, with three tickets"
    );
    library.receive(1, FIRST).expect("drawn");
    library.assert_verifies(0);
    library.assert_verifies(1);
    let late = library.app.visitor();
    let late = late.get(&path);
    assert_eq!(late.status, Status::SeeOther, "only staff");
}

/// No file of the library holds the text.
fn assert_nowhere(library: &Library, text: &str) {
    let mut folders = vec![library.app.database.data().to_owned()];
    while let Some(folder) = folders.pop() {
        for each in std::fs::read_dir(&folder).expect("a folder") {
            let path = each.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap_or_default();
            let found = bytes
                .windows(text.len())
                .any(|window| window == text.as_bytes());
            assert!(!found, "the ID number is in {}", path.display());
        }
    }
}

fn one_import_adds_so_many_tickets_and_no_more(engine: Engine) {
    let mut draws = sessions();
    for draw in &mut draws {
        draw.cap = 60_000;
    }
    let library = Library::open(engine, Arrangement::Sessions, &draws[..2]);
    let staff = library.app.first_admin();
    let path = format!("/staff/activities/{}/chances", library.id);
    let page = staff.get(&path);
    assert!(
        page.html.contains("最多增加 5,000 個號碼"),
        "{}",
        page.mistakes()
    );

    // Every chance is a ticket in both sessions; the third line is too much.
    let file = table(&[(1, "5"), (2, "2000"), (3, "600"), (4, "1")]);
    let told = staff.send(&page, &path, &[("file", &file)]);
    assert_eq!(told.status, Status::UnprocessableEntity);
    let lines = told.texts(".panel li");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0].starts_with("第 4 列") && lines[0].contains("5,000"),
        "{lines:?}"
    );
    let import = format!("{path}/import");
    let sent = staff.post(&import, &[("file".to_owned(), file)]);
    assert_eq!(sent.status, Status::UnprocessableEntity);
    let english = format!("/en{path}");
    let page = staff.get(&english);
    let told = staff.send(&page, &english, &[("file", &table(&[(1, "59999")]))]);
    assert!(told.html.contains("adds more than 5,000 ticket numbers"));
    assert_eq!(
        library.read(|tx| Ok(entry::count(tx, &library.id)?)).taken,
        0
    );

    // A later total counts only what it adds.
    let first = staff.upload(&path, "file", "a.csv", table(&[(1, "40")]).as_bytes());
    assert_eq!(staff.send(&first, &import, &[]).status, Status::Ok);
    let later = staff.upload(&path, "file", "a.csv", table(&[(1, "2540")]).as_bytes());
    assert!(
        later.html.contains("會為 1 人增加 5,000 個號碼"),
        "{}",
        later.mistakes()
    );
    let activity = library.id.as_str();
    let looks = library.read(|tx| {
        Ok(fairdraw::audit::count(
            tx,
            activity,
            "entry.earned_looked_up",
        )?)
    });
    assert_eq!(looks, 2, "whoever looks is on record");
}

fn a_file_with_mistakes_is_told_line_by_line_and_nothing_is_stored(engine: Engine) {
    let library = with_chances(engine);
    let staff = library.app.first_admin();
    let path = format!("/staff/activities/{}/chances", library.id);
    let page = staff.get(&path);
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    let mut file = table(&[(1, "1"), (2, "many"), (1, "2")]);
    file += "王小美,A123456788,0912345004,,1\n,,,,\n王小華\n";
    let told = staff.send(&page, &path, &[("file", &file)]);
    assert_eq!(told.status, Status::UnprocessableEntity);
    let lines = told.texts(".panel li");
    let told_of = |line: &str, words: &str| {
        let found = lines
            .iter()
            .any(|each| each.starts_with(line) && each.contains(words));
        assert!(found, "{line} {words}: {lines:?}");
    };
    told_of("第 3 列", "次數");
    told_of("第 4 列", "和第 2 列是同一個人");
    told_of("第 5 列", "身分證字號");
    told_of("第 7 列", "電話");
    assert!(
        lines.iter().all(|line| !line.starts_with("第 6 列")),
        "an empty line is none"
    );
    assert!(
        told.html.contains("A123456788"),
        "what was pasted is not lost"
    );

    let column = staff.send(
        &page,
        &path,
        &[("file", "姓名,電話,次數\n王小明,0912345001,1\n")],
    );
    assert!(
        column.html.contains("缺少「身分證字號」欄"),
        "{}",
        column.mistakes()
    );
    let big5 = staff.upload(&path, "file", "a.csv", &[0xA9, 0x6D, 0xA6, 0x57]);
    assert_eq!(big5.status, Status::UnprocessableEntity);
    assert!(big5.mistakes().contains("CSV UTF-8"));
    let import = staff.post(&format!("{path}/import"), &[("file".to_owned(), file)]);
    assert_eq!(import.status, Status::UnprocessableEntity);
    assert_eq!(
        library.read(|tx| Ok(entry::count(tx, &library.id)?)).taken,
        0
    );
}
