//! Dates as people here read them: 民國 years in Chinese, the Gregorian year in English.
//!
//! Invariant: every function takes epoch milliseconds and answers in Taipei time, with a
//! 24-hour clock. Machines get RFC 3339 from [`rfc3339`].
//!
//! Not here: reading dates that people type.

use std::sync::LazyLock;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::Language;

const WEEKDAYS: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日"];

/// `115 年 11 月 21 日（六）17:20`, `Sat 21 Nov 2026, 17:20 (Taipei)`.
pub fn datetime(language: Language, ms: i64) -> String {
    let when = taipei(ms);
    match language {
        Language::ZhTw => format!("{}{}", date(language, ms), when.strftime("%H:%M")),
        Language::En => when.strftime("%a %-d %b %Y, %H:%M (Taipei)").to_string(),
    }
}

/// `115 年 11 月 21 日（六）`, `Sat 21 Nov 2026`.
pub fn date(language: Language, ms: i64) -> String {
    let when = taipei(ms);
    match language {
        Language::ZhTw => format!("{} 年 {}", year_of_the_republic(&when), day(language, ms)),
        Language::En => when.strftime("%a %-d %b %Y").to_string(),
    }
}

/// A year alone: `115`, `2026`.
pub fn year(language: Language, year: i16) -> String {
    match language {
        Language::ZhTw if year > 1911 => (year - 1911).to_string(),
        _ => year.to_string(),
    }
}

/// A day of a year that is known already: `11 月 21 日（六）`, `Sat 21 Nov`.
pub fn day(language: Language, ms: i64) -> String {
    let when = taipei(ms);
    match language {
        Language::ZhTw => format!(
            "{} 月 {} 日（{}）",
            when.month(),
            when.day(),
            weekday(&when)
        ),
        Language::En => when.strftime("%a %-d %b").to_string(),
    }
}

/// `17:20`.
pub fn time(ms: i64) -> String {
    taipei(ms).strftime("%H:%M").to_string()
}

/// A time of which nothing finer than the hour is kept: `115 年 11 月 21 日（六）17 時`,
/// `Sat 21 Nov 2026, 17:00–18:00 (Taipei)`.
pub fn within_hour(language: Language, ms: i64) -> String {
    let when = taipei(ms);
    match language {
        Language::ZhTw => format!("{}{} 時", date(language, ms), when.hour()),
        Language::En => {
            let (day, from) = (date(language, ms), when.hour());
            format!("{day}, {from:02}:00–{:02}:00 (Taipei)", from + 1)
        }
    }
}

/// The hour of the day in Taipei, 0 to 23.
pub fn hour(ms: i64) -> u8 {
    u8::try_from(taipei(ms).hour()).unwrap_or_default()
}

/// `2026-11-21T17:20:00+08:00`, for `<time datetime>` and for files.
pub fn rfc3339(ms: i64) -> String {
    taipei(ms).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// `20261121T092000Z`, for calendars (RFC 5545, 3.3.5, form 2).
pub fn ical(ms: i64) -> String {
    let utc = taipei(ms).with_time_zone(TimeZone::UTC);
    utc.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// `2026-11-21`, for `<time datetime>` of a whole day.
pub fn iso_date(ms: i64) -> String {
    taipei(ms).strftime("%Y-%m-%d").to_string()
}

/// A time outside the calendar (beyond year 9999) is shown as its nearest end: no page fails for it.
fn taipei(ms: i64) -> Zoned {
    static TAIPEI: LazyLock<TimeZone> = LazyLock::new(|| {
        TimeZone::get("Asia/Taipei").unwrap_or(TimeZone::fixed(jiff::tz::offset(8)))
    });
    let end = if ms < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    Timestamp::from_millisecond(ms)
        .unwrap_or(end)
        .to_zoned(TAIPEI.clone())
}

fn year_of_the_republic(when: &Zoned) -> String {
    match when.year() {
        year if year > 1911 => (year - 1911).to_string(),
        year => format!("前 {}", 1912 - year),
    }
}

fn weekday(when: &Zoned) -> &'static str {
    let index = when.weekday().to_monday_zero_offset();
    usize::try_from(index)
        .ok()
        .and_then(|index| WEEKDAYS.get(index))
        .copied()
        .unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SATURDAY_17_20: i64 = 1_795_252_800_000;

    #[test]
    fn a_date_is_said_as_each_language_says_it() {
        let (zh, en) = (Language::ZhTw, Language::En);
        assert_eq!(
            datetime(zh, SATURDAY_17_20),
            "115 年 11 月 21 日（六）17:20"
        );
        assert_eq!(
            datetime(en, SATURDAY_17_20),
            "Sat 21 Nov 2026, 17:20 (Taipei)"
        );
        assert_eq!(date(zh, SATURDAY_17_20), "115 年 11 月 21 日（六）");
        assert_eq!(date(en, SATURDAY_17_20), "Sat 21 Nov 2026");
        assert_eq!(day(zh, SATURDAY_17_20), "11 月 21 日（六）");
        assert_eq!(day(en, SATURDAY_17_20), "Sat 21 Nov");
        assert_eq!(
            (year(zh, 2026), year(en, 2026)),
            ("115".into(), "2026".into())
        );
        assert_eq!(
            within_hour(zh, SATURDAY_17_20),
            "115 年 11 月 21 日（六）17 時"
        );
        assert_eq!(
            within_hour(en, SATURDAY_17_20),
            "Sat 21 Nov 2026, 17:00–18:00 (Taipei)"
        );
        assert_eq!(time(SATURDAY_17_20), "17:20");
        assert_eq!(rfc3339(SATURDAY_17_20), "2026-11-21T17:20:00+08:00");
        assert_eq!(iso_date(SATURDAY_17_20), "2026-11-21");
    }

    #[test]
    fn the_day_changes_at_midnight_in_taipei_and_every_number_has_a_date() {
        let last_second = 1_795_276_799_000;
        assert_eq!(
            datetime(Language::ZhTw, last_second),
            "115 年 11 月 21 日（六）23:59"
        );
        assert_eq!(
            datetime(Language::ZhTw, last_second + 1_000),
            "115 年 11 月 22 日（日）00:00"
        );
        assert_eq!(
            date(Language::ZhTw, -2_000_000_000_000),
            "前 6 年 8 月 17 日（五）"
        );
        for extreme in [i64::MIN, i64::MAX] {
            assert!(!datetime(Language::En, extreme).is_empty());
        }
    }
}
