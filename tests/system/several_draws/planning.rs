//! A librarian plans several draws at the desk.

use super::*;

on_both! {
    a_librarian_plans_three_sessions,
}

fn a_librarian_plans_three_sessions(engine: Engine) {
    let library = Library::drafted(engine, Arrangement::Sessions, &SESSIONS[..1]);
    let staff = library.app.first_admin();
    let base = format!("/staff/activities/{}", library.id);
    let session = |name: &str, page: &str, more: &[(&str, &str)]| {
        let path = format!("{base}/draws/{page}");
        let form = staff.get(&path);
        let mut values = vec![
            ("prize_1_name_zh", "名額"),
            ("prize_1_name_en", "Seat"),
            ("prize_1_units", "2"),
            ("prize_1_value", "0"),
            ("reserves", "1"),
            ("wins", "1"),
            ("tickets", "1"),
            ("do", "save"),
        ];
        let names = (format!("場次{name}"), format!("Session {name}"));
        values.extend([
            ("draw_name_zh", names.0.as_str()),
            ("draw_name_en", &names.1),
        ]);
        values.extend_from_slice(more);
        staff.send(&form, &path, &values)
    };
    let saved = session("二", "new", &[]);
    assert_eq!(saved.status, Status::SeeOther, "{}", saved.mistakes());
    let first = library.plans()[0].id.0.clone();
    let early = local(time_of(FIRST));
    let saved = session("三", "new", &[("excludes", &first), ("draw_time", &early)]);
    assert_eq!(saved.status, Status::SeeOther, "{}", saved.mistakes());
    let plans = library.plans();
    assert_eq!(
        plans
            .iter()
            .map(|plan| plan.slug.as_str())
            .collect::<Vec<_>>(),
        ["s1", "draw-2", "draw-3"]
    );
    assert_eq!(plans[2].excludes, [plans[0].id.clone()]);

    // A draw cannot exclude one that comes later; the page says so before it is sealed.
    let publish = staff.get(&format!("{base}/publish"));
    assert!(
        publish.html.contains("只能排除順序與時間都在前面的場次"),
        "{}",
        publish.mistakes()
    );
    let third = plans[2].id.0.clone();
    let saved = session("三", &third, &[("draw_time", "")]);
    assert_eq!(saved.status, Status::SeeOther, "{}", saved.mistakes());
    let publish = staff.get(&format!("{base}/publish"));
    assert!(
        publish.texts("main li a").is_empty(),
        "{}",
        publish.mistakes()
    );

    let taken = session("四", "new", &[("draw_slug", "s1")]);
    assert_eq!(taken.status, Status::UnprocessableEntity);
    assert!(taken.mistakes().contains("這個代號已用在另一場"));

    // Moving the third to the front takes back what it excluded of those now behind it.
    let list = staff.get(&format!("{base}/draws"));
    let up = format!("{base}/draws/{third}/up");
    assert_eq!(staff.send(&list, &up, &[]).status, Status::SeeOther);
    let list = staff.get(&format!("{base}/draws"));
    assert_eq!(staff.send(&list, &up, &[]).status, Status::SeeOther);
    let plans = library.plans();
    assert_eq!(plans[0].id.0, third);
    assert_eq!(plans[0].excludes, []);

    let list = staff.get(&format!("{base}/draws"));
    let remove = format!("{base}/draws/{third}/remove");
    assert_eq!(staff.send(&list, &remove, &[]).status, Status::SeeOther);
    assert_eq!(library.plans().len(), 2);

    library.publish();
    for prefix in ["", "/en"] {
        for plan in library.plans() {
            let page = staff.get(&format!("{prefix}{base}/draws/{}", plan.id));
            assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
        }
        let page = staff.get(&format!("{prefix}{base}/draws"));
        assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
        assert!(
            !page.html.contains("/up\""),
            "nothing changes once it is sealed"
        );
    }
    library.app.go_to(time_of(FIRST).plus(-8 * DAY));
    let visitor = library.app.visitor();
    let page = visitor.get("/a/book-swap");
    assert!(page.html.contains("場次 s1") && page.html.contains("場次二"));
    let draws = visitor.get("/draws");
    assert!(draws.html.contains("好書交換 · 場次 s1") && draws.html.contains("好書交換 · 場次二"));
    for plan in library.plans() {
        for prefix in ["", "/en"] {
            let page = visitor.get(&format!("{prefix}/d/{}", plan.id));
            assert_eq!(page.status, Status::Ok);
        }
        let manifest = library.read(|tx| {
            let note = draw::note(tx, &library.id, plan.id.as_str(), "manifest.note")?;
            Ok(note.expect("it is sealed").note)
        });
        let origin = format!("origin lib.example.tw/book-swap/{}\n", plan.slug);
        assert!(manifest.contains(&origin), "{manifest}");
    }
}
