//! Dates and times: the ROC calendar (year − 1911) and the common one, in Taipei.
//!
//! Invariant: a calendar is chosen, never guessed: `12/01/02` has no meaning by itself. Moments
//! are shown in Asia/Taipei.
//!
//! Not here: the clock (`platform::clock`), and what a date means for an activity.

use std::sync::LazyLock;

use jiff::Zoned;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use super::mistake::Mistake;
use super::typed;
use crate::platform::clock::Timestamp;

static TAIPEI: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::get("Asia/Taipei").expect("the bundled zone table has Asia/Taipei"));

const WEEKDAYS_ZH: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日"];
/// The ROC year 1 is 1912.
const ROC_OFFSET: i32 = 1911;

/// Which calendar a year is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Calendar {
    /// 民國: one to three digits.
    Roc,
    /// 西元: four digits.
    Common,
    /// The text shows it itself: four digits or 西元, three digits or 民國; all else is refused.
    AsWritten,
}

/// Reads a day: `115/11/21`, `民國115年11月21日`, `1151121`, `2026-11-21` and the like.
pub fn parse(raw: &str, calendar: Calendar) -> Result<Date, Mistake> {
    let folded = typed::folded(raw);
    if folded.is_empty() {
        return Err(Mistake::DateEmpty);
    }
    let (era, text) = era(&folded);
    let [year, month, day] = parts(text).ok_or(Mistake::DateShape)?;
    let year = common_year(year, era, calendar)?;
    let month = month.parse().ok();
    let day = day.parse().ok();
    let (Some(month), Some(day)) = (month, day) else {
        return Err(Mistake::DateShape);
    };
    // The year is converted first: 113 has a 29 February because 2024 has one.
    Date::new(year, month, day)
        .ok()
        .ok_or(Mistake::DateNoSuchDay)
}

/// Reads a moment in Taipei: the value of `<input type=datetime-local>`, or a day as
/// [`Calendar::AsWritten`] takes it, a space and `17:20`.
pub fn parse_moment(raw: &str) -> Result<Timestamp, Mistake> {
    let text = typed::line(raw);
    if text.is_empty() {
        return Err(Mistake::DateEmpty);
    }
    let (day, clock) = text.rsplit_once(['T', ' ']).ok_or(Mistake::TimeShape)?;
    let day = parse(day, Calendar::AsWritten)?;
    let clock = time(&typed::folded(clock)).ok_or(Mistake::TimeShape)?;
    millis(day.to_datetime(clock)).ok_or(Mistake::DateNoSuchDay)
}

/// The value of `<input type=datetime-local>` for a moment: `2026-11-21T17:20`, with seconds only
/// where there are any.
pub fn input_value(at: Timestamp) -> String {
    let at = taipei(at);
    let shape = match at.second() {
        0 => "%Y-%m-%dT%H:%M",
        _ => "%Y-%m-%dT%H:%M:%S",
    };
    at.strftime(shape).to_string()
}

/// The day in Taipei at a moment.
pub fn day_of(at: Timestamp) -> Date {
    taipei(at).date()
}

/// The last second of a day in Taipei: what 「至 9 月 30 日止」 means.
pub fn last_second(day: Date) -> Option<Timestamp> {
    millis(day.to_datetime(Time::constant(23, 59, 59, 0)))
}

/// `115 年 11 月 21 日（六）17:20`.
pub fn moment_zh(at: Timestamp) -> String {
    let at = taipei(at);
    format!("{}{:02}:{:02}", day_zh(at.date()), at.hour(), at.minute())
}

/// `Sat 21 Nov 2026, 17:20 (Taipei)`.
pub fn moment_en(at: Timestamp) -> String {
    taipei(at)
        .strftime("%a %-d %b %Y, %H:%M (Taipei)")
        .to_string()
}

/// `115 年 11 月 21 日（六）`; years before 1912 as 民國前.
pub fn day_zh(day: Date) -> String {
    let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
    let weekday = WEEKDAYS_ZH[weekday % WEEKDAYS_ZH.len()];
    let (month, date) = (day.month(), day.day());
    format!("{} {month} 月 {date} 日（{weekday}）", year_zh(day))
}

/// `Sat 21 Nov 2026`.
pub fn day_en(day: Date) -> String {
    day.strftime("%a %-d %b %Y").to_string()
}

/// Both calendars, for certificates: `民國 115 年（2026）`.
pub fn year_both(day: Date) -> String {
    let era = if i32::from(day.year()) > ROC_OFFSET {
        "民國 "
    } else {
        ""
    };
    format!("{era}{}（{}）", year_zh(day), day.year())
}

/// RFC 3339 with the offset of Taipei, for `<time datetime>` and files: `2026-11-21T17:20:00+08:00`.
pub fn rfc3339(at: Timestamp) -> String {
    taipei(at).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

#[derive(Clone, Copy)]
enum Era {
    Unwritten,
    Common,
    Roc,
    BeforeRoc,
}

fn era(text: &str) -> (Era, &str) {
    let marks = [
        ("中華民國前", Era::BeforeRoc),
        ("民國前", Era::BeforeRoc),
        ("民前", Era::BeforeRoc),
        ("中華民國", Era::Roc),
        ("民國", Era::Roc),
        ("西元", Era::Common),
        ("公元", Era::Common),
    ];
    let found = marks
        .into_iter()
        .find_map(|(mark, era)| Some((era, text.strip_prefix(mark)?)));
    found.unwrap_or((Era::Unwritten, text))
}

/// Year, month and day as digits; eight, seven or (in old data) six digits without a sign between.
fn parts(text: &str) -> Option<[&str; 3]> {
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if is_number(&text) {
        let year = text
            .len()
            .checked_sub(4)
            .filter(|len| (2..=4).contains(len))?;
        return Some([&text[..year], &text[year..year + 2], &text[year + 2..]]);
    }
    let is_sign = |c: char| typed::is_dash(c) || matches!(c, '/' | '.' | '年' | '月');
    let text = text.strip_suffix(['日', '號']).unwrap_or(text);
    let found: Vec<&str> = text.split(is_sign).collect();
    <[&str; 3]>::try_from(found)
        .ok()
        .filter(|parts| parts.iter().all(is_number) && parts[1].len() <= 2 && parts[2].len() <= 2)
}

/// The year of the common era, after the calendar has been agreed on.
fn common_year(digits: &str, era: Era, calendar: Calendar) -> Result<i16, Mistake> {
    let count = digits.len();
    let is_roc = match (calendar, era) {
        (Calendar::Roc, Era::Common) => return Err(Mistake::DateYearRoc),
        (Calendar::Common, Era::Roc | Era::BeforeRoc) => return Err(Mistake::DateYearCe),
        (Calendar::Roc, _) | (Calendar::AsWritten, Era::Roc | Era::BeforeRoc) => true,
        (Calendar::Common, _) | (Calendar::AsWritten, Era::Common) => false,
        (Calendar::AsWritten, Era::Unwritten) => match count {
            3 => true,
            4 => false,
            _ => return Err(Mistake::DateAmbiguous),
        },
    };
    let written: i32 = digits
        .parse()
        .ok()
        .filter(|year| *year > 0)
        .ok_or(Mistake::DateNoSuchDay)?;
    let year = match (is_roc, era) {
        (true, _) if count > 3 => return Err(Mistake::DateYearRoc),
        (false, _) if count != 4 => return Err(Mistake::DateYearCe),
        (true, Era::BeforeRoc) => ROC_OFFSET + 1 - written,
        (true, _) => ROC_OFFSET + written,
        (false, _) => written,
    };
    i16::try_from(year).ok().ok_or(Mistake::DateNoSuchDay)
}

fn time(text: &str) -> Option<Time> {
    let mut fields = text.split(':').map(|field| {
        let whole = field.split('.').next().unwrap_or_default();
        let digits = (1..=2).contains(&whole.len()) && whole.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| whole.parse::<i8>().ok()).flatten()
    });
    let (hour, minute) = (fields.next()??, fields.next()??);
    let second = fields.next().unwrap_or(Some(0))?;
    if fields.next().is_some() {
        return None;
    }
    Time::new(hour, minute, second, 0).ok()
}

fn millis(civil: DateTime) -> Option<Timestamp> {
    let zoned = civil.to_zoned(TAIPEI.clone()).ok()?;
    Some(Timestamp(zoned.timestamp().as_millisecond()))
}

/// Total: a moment outside the years −9999 to 9999 is shown as the nearest one inside.
fn taipei(at: Timestamp) -> Zoned {
    let edge = if at.0 < 0 {
        jiff::Timestamp::MIN
    } else {
        jiff::Timestamp::MAX
    };
    jiff::Timestamp::from_millisecond(at.0)
        .unwrap_or(edge)
        .to_zoned(TAIPEI.clone())
}

fn year_zh(day: Date) -> String {
    match i32::from(day.year()) - ROC_OFFSET {
        year if year > 0 => format!("{year} 年"),
        before => format!("民國前 {} 年", 1 - before),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    /// 2026-11-21T17:20:00+08:00.
    const AT: Timestamp = Timestamp(1_795_252_800_000);

    #[test]
    fn a_moment_is_shown_in_taipei() {
        assert_eq!(moment_zh(AT), "115 年 11 月 21 日（六）17:20");
        assert_eq!(moment_en(AT), "Sat 21 Nov 2026, 17:20 (Taipei)");
        assert_eq!(rfc3339(AT), "2026-11-21T17:20:00+08:00");
        assert_eq!(input_value(AT), "2026-11-21T17:20");
        assert_eq!(day_zh(date(2025, 9, 30)), "114 年 9 月 30 日（二）");
        assert_eq!(day_en(date(2025, 9, 3)), "Wed 3 Sep 2025");
        assert_eq!(year_both(date(2026, 1, 1)), "民國 115 年（2026）");
        assert_eq!(day_zh(date(1911, 10, 10)), "民國前 1 年 10 月 10 日（二）");
        assert_eq!(year_both(date(1911, 1, 1)), "民國前 1 年（1911）");
    }

    #[test]
    fn people_write_days_in_many_ways() {
        let day = Ok(date(2026, 11, 21));
        for typed in [
            "115/11/21",
            "115-11-21",
            "115.11.21",
            "115年11月21日",
            "民國 115 年 11 月 21 日",
            "1151121",
            "１１５／１１／２１",
            "中華民國115年11月21日",
        ] {
            assert_eq!(parse(typed, Calendar::Roc), day, "{typed}");
            assert_eq!(parse(typed, Calendar::AsWritten), day, "{typed}");
        }
        for typed in [
            "2026-11-21",
            "2026/11/21",
            "20261121",
            "2026年11月21日",
            "西元2026年11月21號",
        ] {
            assert_eq!(parse(typed, Calendar::Common), day, "{typed}");
            assert_eq!(parse(typed, Calendar::AsWritten), day, "{typed}");
        }
        for typed in ["0990101", "990101", "99/1/1"] {
            assert_eq!(parse(typed, Calendar::Roc), Ok(date(2010, 1, 1)), "{typed}");
        }
        assert_eq!(parse("113/2/29", Calendar::Roc), Ok(date(2024, 2, 29)));
        assert_eq!(
            parse("民國前1年10月10日", Calendar::Roc),
            Ok(date(1911, 10, 10))
        );
        assert_eq!(parse("12/01/02", Calendar::Roc), Ok(date(1923, 1, 2)));
    }

    #[test]
    fn a_day_that_is_none_says_why() {
        for (typed, calendar, mistake) in [
            ("", Calendar::Roc, Mistake::DateEmpty),
            ("明天", Calendar::Roc, Mistake::DateShape),
            ("115/11", Calendar::Roc, Mistake::DateShape),
            ("115/111/2", Calendar::Roc, Mistake::DateShape),
            ("114/2/29", Calendar::Roc, Mistake::DateNoSuchDay),
            ("2026-02-30", Calendar::Common, Mistake::DateNoSuchDay),
            ("0/1/1", Calendar::Roc, Mistake::DateNoSuchDay),
            ("2026/11/21", Calendar::Roc, Mistake::DateYearRoc),
            ("西元115/11/21", Calendar::Roc, Mistake::DateYearRoc),
            ("115/11/21", Calendar::Common, Mistake::DateYearCe),
            ("民國115/11/21", Calendar::Common, Mistake::DateYearCe),
            ("12/01/02", Calendar::AsWritten, Mistake::DateAmbiguous),
        ] {
            assert_eq!(parse(typed, calendar), Err(mistake), "{typed}");
        }
    }

    #[test]
    fn a_moment_is_read_from_the_input_and_from_words() {
        for typed in [
            "2026-11-21T17:20",
            "2026-11-21T17:20:00.000",
            "2026-11-21 17:20",
            "115/11/21 17:20",
            "115 年 11 月 21 日 １７：２０",
        ] {
            assert_eq!(parse_moment(typed), Ok(AT), "{typed}");
        }
        assert_eq!(parse_moment("2026-11-21T24:00"), Err(Mistake::TimeShape));
        assert_eq!(parse_moment("2026-11-21"), Err(Mistake::TimeShape));
        assert_eq!(
            parse_moment("2026-11-31T10:00"),
            Err(Mistake::DateNoSuchDay)
        );
        assert_eq!(
            last_second(date(2026, 11, 21)).map(moment_zh).as_deref(),
            Some("115 年 11 月 21 日（六）23:59")
        );
        assert_eq!(day_of(AT), date(2026, 11, 21));
    }

    proptest! {
        #[test]
        fn every_moment_can_be_shown(at in any::<i64>()) {
            let at = Timestamp(at);
            prop_assert!(moment_zh(at).contains('年'));
            prop_assert!(moment_en(at).ends_with("(Taipei)"));
            prop_assert!(!rfc3339(at).is_empty() && !input_value(at).is_empty());
        }

        #[test]
        fn a_moment_on_the_minute_survives_the_input(minute in 0i64..60_000_000) {
            // From 1980 on Taipei has one offset, so no local time is missing or twice there.
            let at = Timestamp(315_532_800_000 + minute * 60_000);
            prop_assert_eq!(parse_moment(&input_value(at)), Ok(at));
        }

        #[test]
        fn a_shown_roc_day_is_read_back(days in 0i64..80_000) {
            let day = day_of(Timestamp(-1_800_000_000_000 + days * 86_400_000));
            let shown = day_zh(day);
            let bare = shown.split('（').next().unwrap_or_default();
            prop_assert_eq!(parse(bare, Calendar::Roc), Ok(day));
        }

        #[test]
        fn no_text_breaks_the_parser(raw in any::<String>(), digits in "[0-9/年月T: .-]{0,16}") {
            for calendar in [Calendar::Roc, Calendar::Common, Calendar::AsWritten] {
                prop_assert!(parse(&raw, calendar).is_err() || !raw.is_empty());
                prop_assert!(parse(&digits, calendar).is_err() || !digits.is_empty());
            }
            prop_assert!(parse_moment(&digits).is_err() || !digits.is_empty());
        }
    }
}
