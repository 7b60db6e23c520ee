//! The newsletter of the demo: two topics, an issue that was sent, one that waits for its hour, and
//! a draft.

use crate::activity::LocalText;
use crate::audit::Actor;
use crate::cli::Stop;
use crate::newsletter::issues::{self, Text};
use crate::newsletter::{TopicId, topics};
use crate::platform::clock::DAY;

use super::super::TODAY;
use super::Stagehand;

impl Stagehand<'_> {
    /// The address of the issue that was sent.
    pub(in crate::cli::demo) fn newsletter(&self) -> Result<&'static str, Stop> {
        const SENT: &str = "2026-11-new-books";
        let by = Actor::Staff(self.by.clone());
        let db = &self.app.db;
        let books = db.write_now("demo: topics", |tx| {
            topics::make(tx, &by, LocalText::new("活動消息", "Events"))?;
            topics::make(tx, &by, LocalText::new("新書通報", "New books"))
        })?;
        let now = db.clock().now();
        for (slug, zh, en, at) in [
            (SENT, "十一月新書", "New books in November", Some(now)),
            (
                "2026-12-new-books",
                "十二月新書",
                "New books in December",
                Some(TODAY.plus(9 * DAY)),
            ),
            (
                "2027-01-new-books",
                "一月新書",
                "New books in January",
                None,
            ),
        ] {
            db.write_now("demo: issue", |tx| {
                let id = issues::write(tx, &by, issue(slug, (zh, en), &books))?;
                match at {
                    Some(at) => issues::schedule(tx, &by, &id, 1, at),
                    None => Ok(()),
                }
            })?;
        }
        self.app.run_jobs()?;
        Ok(SENT)
    }
}

fn issue(slug: &str, (zh, en): (&str, &str), topic: &TopicId) -> Text {
    Text {
        slug: slug.to_owned(),
        subject: LocalText::new(zh, en),
        body: LocalText::new(
            "## 館員推薦\n\n- **山海經**：重新註解的版本\n- **島嶼的鳥**：給孩子的圖鑑\n\n\
             全部書單在[本館網站](https://lib.example.tw/new)。",
            "## Our choice\n\n- **Seas and mountains**: with new notes\n- **Birds of the island**: \
             for children\n\nThe whole list is on [our site](https://lib.example.tw/new).",
        ),
        topics: vec![topic.clone()],
    }
}
