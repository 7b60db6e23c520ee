//! The engine, and every part of a page rendered once in both languages.

use minijinja::context;

use super::*;

fn fill(source: &str, context: Value) -> String {
    environment(Language::ZhTw)
        .render_named_str("test.html", source, context)
        .expect("the template is right")
}

#[test]
fn every_template_parses_in_both_languages() {
    let mut count = 0;
    for name in names() {
        for language in Language::ALL {
            if let Err(error) = environment(language).get_template(&name) {
                panic!("{name}: {error:#}");
            }
        }
        count += 1;
    }
    assert!(count >= 4);
}

#[test]
fn an_undefined_value_is_an_error() {
    let outcome =
        environment(Language::En).render_named_str("test.html", "{{ nobody }}", context! {});
    assert!(outcome.is_err());
}

#[test]
fn what_a_visitor_typed_is_escaped_beside_a_date_of_ours() {
    let shown = fill(
        r#"{{ t("site-test-clock", now=datetime(1795252800000)) }}"#,
        context! {},
    );
    assert!(shown.contains(
        "<time datetime=\"2026-11-21T17:20:00+08:00\">115 年 11 月 21 日（六）17:20</time>"
    ));
    let shown = fill(
        r#"{{ t("site-page-title", page=typed, site=link("/en?a=1&b", "<b>")) }}"#,
        context! { typed => "<script>" },
    );
    assert!(
        shown.contains("&lt;script&gt;") && !shown.contains("<script>"),
        "{shown}"
    );
    assert!(
        shown.contains("&lt;b&gt;</a>") && shown.contains("a=1&amp;b"),
        "{shown}"
    );
}

#[test]
fn a_field_finds_its_mistake() {
    let mistakes = vec![context! { field => "name", message => "請輸入姓名" }];
    let shown = fill(
        r#"{{ mistake(m, "name") }}|{{ mistake(m, "phone") is none }}|{{ grouped("9f2c41aa0") }}"#,
        context! { m => mistakes },
    );
    assert_eq!(shown, "請輸入姓名|True|9f2c 41aa 0");
}

/// Renders one part of the sample page, and keeps it for people in `$FAIRDRAW_SAMPLES`.
fn sample(language: Language, part: &str) -> String {
    let mistakes = match part {
        "enter" => vec![
            context! { field => "name", message => "請輸入姓名" },
            context! { field => "born", message => "2 月沒有 30 日，請再看一次" },
            context! { field => "consent", message => "參加抽獎需要勾選同意" },
        ],
        _ => Vec::new(),
    };
    let path = if part == "list" {
        "/activities"
    } else {
        "/a/autumn"
    };
    let alternates: Vec<Value> = Vec::new();
    let page = context! {
        path => path, staff => part == "staff", alternates => alternates,
        other_language => language.other().tag(), other_language_url => language.other().url(path),
        viewer => (part == "staff").then(|| context! { name => "chen", prepares => true, draws => true, admin => true, custody => true }),
        done => part == "staff",
    };
    let site = context! { name => text::message(language, "site-name", &[]), phone => "02-2755-2823", email => "draw@example.org", policy => context! { number => 1, change => context! { number => 2, effective_at => 1_796_450_400_000_i64, since => 1, holds => false } } };
    let clock = (part == "draw").then_some(1_796_450_400_000_i64);
    let context = context! { part => part, mistakes => mistakes, page => page, site => site, test_clock => clock };
    let source = include_str!("sample.html.j2");
    let html = environment(language)
        .render_named_str("sample.html", source, context)
        .unwrap_or_else(|error| panic!("{part}: {error:#}"));
    if let Some(folder) = std::env::var_os("FAIRDRAW_SAMPLES") {
        let name = format!("{part}-{}.html", language.tag());
        std::fs::write(Path::new(&folder).join(name), &html).expect("the folder can be written");
    }
    html
}

#[test]
fn every_part_and_field_renders_with_a_label_and_a_type_and_nothing_inline() {
    for language in Language::ALL {
        for part in [
            "list", "activity", "enter", "check", "receipt", "draw", "staff",
        ] {
            let html = sample(language, part);
            assert!(
                !html.contains("style=") && !html.contains("<script>"),
                "{part}"
            );
            assert!(
                !html.contains("None") && !html.contains("&amp;lt;"),
                "{part}: {html}"
            );
            for tag in html
                .split('<')
                .filter(|tag| tag.starts_with("input") || tag.starts_with("button"))
            {
                assert!(tag.contains("type=\""), "<{tag}");
            }
            for input in html
                .split("<input ")
                .skip(1)
                .filter(|tag| !tag.contains("hidden"))
            {
                let id = input
                    .split("id=\"")
                    .nth(1)
                    .and_then(|rest| rest.split('"').next());
                let id = id.unwrap_or_else(|| panic!("no id: {input}"));
                assert!(html.contains(&format!("for=\"{id}\"")), "no label for {id}");
            }
            for id in html
                .split("aria-describedby=\"")
                .skip(1)
                .filter_map(|rest| rest.split('"').next())
            {
                for id in id.split_whitespace() {
                    assert!(
                        html.contains(&format!("id=\"{id}\"")),
                        "{part}: nothing is {id}"
                    );
                }
            }
        }
    }
    let html = sample(Language::ZhTw, "enter");
    assert!(html.contains("<title>錯誤：秋日閱讀抽獎"), "{html}");
    assert!(html.contains("<a href=\"#born\">") && html.contains("id=\"born\""));
    assert!(html.contains("&lt;b&gt;\n第二行</textarea>"));
    assert!(html.contains("有 3 個地方需要修正"));
}
