//! What people type that cannot be taken as it is, each with the exact words they are shown in
//! both languages; and what must be taken although it looks unusual.
//!
//! Not here: how a page shows the words (tests/system, tests/browser).

use fairdraw::identity::address::{Address, County, PostalCode, Typed};
use fairdraw::identity::date::{self, Calendar};
use fairdraw::identity::email::Email;
use fairdraw::identity::mistake::{ArgValue, MistakeArg};
use fairdraw::identity::name::PersonName;
use fairdraw::identity::national_id::NationalId;
use fairdraw::identity::phone::Phone;
use fairdraw::survey::mistake::Flaw;
use fairdraw::survey::question::{Choice, Question, QuestionKind};
use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};

/// The field something is typed into; questions by the kind of reply they take.
#[derive(Clone, Copy, Debug)]
enum Field {
    Name,
    Id,
    IdIn2031,
    Phone,
    Email,
    PostalCode,
    County,
    District,
    Line,
    RocDate,
    CommonDate,
    AnyDate,
    Moment,
    OneBranch,
    TwoBranches,
    ShortText,
    LongText,
    Whole,
    Age,
    AtLeastOne,
    AtMostTen,
    Day,
    Satisfaction,
}

/// A message not yet in a language.
type Unspoken = (&'static str, Vec<MistakeArg>);

/// What is kept of an input, in the form people see, or the message.
fn typed_into(field: Field, raw: &str) -> Result<String, Unspoken> {
    let today = jiff::civil::date(2026, 11, 21);
    let in_2031 = jiff::civil::date(2031, 1, 1);
    let day = |calendar| date::parse(raw, calendar).map(|day| day.to_string());
    let kept = match field {
        Field::Name => PersonName::parse(raw).map(|name| name.as_str().to_owned()),
        Field::Id => NationalId::parse(raw, today).map(|id| id.as_str().to_owned()),
        Field::IdIn2031 => NationalId::parse(raw, in_2031).map(|id| id.as_str().to_owned()),
        Field::Phone => Phone::parse(raw).map(|phone| phone.display().to_string()),
        Field::Email => Email::parse(raw).map(|email| email.address().to_string()),
        Field::PostalCode => PostalCode::parse(raw).map(|code| code.as_str().to_owned()),
        Field::County => County::parse(raw).map(|county| county.zh().to_owned()),
        Field::District => address("district", raw, raw, "忠孝東路一段1號"),
        Field::Line => address("address", raw, "中正區", raw),
        Field::RocDate => day(Calendar::Roc),
        Field::CommonDate => day(Calendar::Common),
        Field::AnyDate => day(Calendar::AsWritten),
        Field::Moment => date::parse_moment(raw).map(date::rfc3339),
        _ => return answered(field, raw),
    };
    kept.map_err(|mistake| (mistake.message_id(), mistake.args()))
}

fn address(
    field: &str,
    raw: &str,
    district: &str,
    line: &str,
) -> Result<String, fairdraw::identity::mistake::Mistake> {
    let parts = Typed {
        postal_code: "",
        county: "臺北市",
        district,
        line,
    };
    match Address::parse(parts) {
        Ok(address) => Ok(address.display().to_string()),
        Err(mistakes) => match mistakes.as_slice() {
            [(named, mistake)] if *named == field => Err(*mistake),
            others => panic!("{raw:?} is a matter of {field} alone, not {others:?}"),
        },
    }
}

/// Answers a question; `|` parts several values of one field.
fn answered(field: Field, raw: &str) -> Result<String, Unspoken> {
    let question = question(field);
    let values: Vec<String> = raw.split('|').map(str::to_owned).collect();
    match question.check(&values) {
        Ok(answer) => Ok(answer.map_or(String::new(), |answer| {
            question.words(&answer).0.to_string()
        })),
        Err(mistake) => Err((mistake.message_id(), mistake.args())),
    }
}

fn question(field: Field) -> Question {
    let options: Vec<Choice> = [("a", "總館"), ("b", "中崙"), ("c", "其他")]
        .into_iter()
        .map(|(id, zh)| Choice {
            id: id.into(),
            label_zh: zh.to_owned(),
            label_en: String::new(),
        })
        .collect();
    let number = |min, max| QuestionKind::Number { min, max };
    let (label_zh, label_en, kind) = match field {
        Field::OneBranch => (
            "最常去的分館",
            "Usual branch",
            QuestionKind::SingleChoice { options },
        ),
        Field::TwoBranches => (
            "去過的分館",
            "Branches visited",
            QuestionKind::SeveralChoices {
                options,
                max: Some(2),
            },
        ),
        Field::ShortText => ("一句話", "One line", QuestionKind::ShortText { max: 10 }),
        Field::LongText => ("意見", "Feedback", QuestionKind::LongText { max: 500 }),
        Field::Whole => ("本數", "Books", number(None, None)),
        Field::Age => ("年齡", "Age", number(Some(0), Some(120))),
        Field::AtLeastOne => ("人數", "People", number(Some(1), None)),
        Field::AtMostTen => ("樓層", "Floor", number(None, Some(10))),
        Field::Day => ("參觀日", "Day of visit", QuestionKind::Date),
        _ => (
            "滿意度",
            "Satisfaction",
            QuestionKind::Scale {
                low: 1,
                high: 5,
                low_label_zh: String::new(),
                low_label_en: String::new(),
                high_label_zh: String::new(),
                high_label_en: String::new(),
            },
        ),
    };
    Question {
        id: "x".into(),
        position: 1,
        kind,
        label_zh: label_zh.to_owned(),
        label_en: label_en.to_owned(),
        hint_zh: String::new(),
        hint_en: String::new(),
        required: true,
    }
}

/// A language and its messages.
struct Language {
    code: &'static str,
    messages: FluentBundle<FluentResource>,
}

impl Language {
    fn of(code: &'static str, files: [&str; 2]) -> Self {
        let mut messages = FluentBundle::new(vec![code.parse().expect("a language code")]);
        messages.set_use_isolating(false);
        for file in files {
            let resource = FluentResource::try_new(file.to_owned()).expect("a Fluent file");
            messages.add_resource(resource).expect("no message twice");
        }
        Self { code, messages }
    }

    fn says(&self, (id, args): &Unspoken) -> String {
        let mut values = FluentArgs::new();
        for arg in args {
            let value: FluentValue<'_> = match &arg.value {
                ArgValue::Number(number) => (*number).into(),
                ArgValue::Words { zh, .. } if self.code == "zh-TW" => zh.as_str().into(),
                ArgValue::Words { en, .. } => en.as_str().into(),
            };
            values.set(arg.name, value);
        }
        let message = self.messages.get_message(id).expect(id);
        let pattern = message.value().expect(id);
        let mut gaps = Vec::new();
        let said = self
            .messages
            .format_pattern(pattern, Some(&values), &mut gaps);
        assert!(gaps.is_empty(), "{id} has a variable nobody fills");
        said.into_owned()
    }
}

const ZH: [&str; 2] = [
    include_str!("../locales/zh-TW/identity.ftl"),
    include_str!("../locales/zh-TW/survey.ftl"),
];
const EN: [&str; 2] = [
    include_str!("../locales/en/identity.ftl"),
    include_str!("../locales/en/survey.ftl"),
];

/// Inputs of one field that get the same words.
struct Refused {
    field: Field,
    zh: &'static str,
    en: &'static str,
    typed: &'static [&'static str],
}

const REFUSED: &[Refused] = &[
    Refused {
        field: Field::Name,
        zh: "請輸入姓名",
        en: "Enter your name",
        typed: &[
            "",
            " \u{3000}\t",
            "\u{200B}\u{FEFF}",
            "\u{202E}\u{2066}",
            "\u{0}\u{7}",
            "\u{3164}",
        ],
    },
    Refused {
        field: Field::Name,
        zh: "姓名請在 100 字以內，現在是 101 字",
        en: "Name must be 100 characters or fewer; it is 101 now",
        typed: &[
            "𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷\
             𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷明",
        ],
    },
    Refused {
        field: Field::Id,
        zh: "請輸入身分證字號或統一證號",
        en: "Enter your national ID number or UI number",
        typed: &["", "　", "--"],
    },
    Refused {
        field: Field::Id,
        zh: "證號要有 1 個英文字母和 9 個數字，例如 A123456789",
        en: "ID number must be 1 letter and 9 digits, like A123456789",
        typed: &[
            "A12345678",
            "A1234567890",
            "1123456789",
            "AAA3456789",
            "A12345678O",
            "王123456789",
            "A1234é6789",
            "passport",
        ],
    },
    Refused {
        field: Field::Id,
        zh: "請輸入 10 碼的統一證號；12 位數字的是居留證號",
        en: "Enter the 10-character UI number; the 12-digit number is the number of the card",
        typed: &["121234567890"],
    },
    Refused {
        field: Field::Id,
        zh: "證號的第 2 個字要是 1、2、8 或 9（舊式統一證號是 A 到 D），請再對照證件輸入一次",
        en: "The second character of the ID number must be 1, 2, 8 or 9 (A to D in an old UI number). Check it against your card",
        typed: &["A323456789", "AE23456785", "A023456789"],
    },
    Refused {
        field: Field::Id,
        zh: "證號的檢查碼不符，請再對照證件輸入一次",
        en: "Check the ID number again: one character does not match",
        typed: &[
            "A123456788",
            "F131104091",
            "A800000000",
            "AA00000000",
            "ａ１２３４５６７８０",
        ],
    },
    Refused {
        field: Field::IdIn2031,
        zh: "舊式統一證號自 120 年 1 月 1 日起停用，請輸入新式統一證號",
        en: "Old UI numbers ended on 1 January 2031. Enter your new UI number",
        typed: &["AB23456789", "ad30196818"],
    },
    Refused {
        field: Field::Phone,
        zh: "請輸入手機或市話號碼",
        en: "Enter a mobile or landline number",
        typed: &["", "　"],
    },
    Refused {
        field: Field::Phone,
        zh: "手機號碼要是 09 開頭的 10 個數字，例如 0912345678",
        en: "Enter a mobile number, like 0912 345 678",
        typed: &[
            "091234567",
            "09123456789",
            "+886 912 345 67",
            "０９１２３４５６７",
        ],
    },
    Refused {
        field: Field::Phone,
        zh: "市話請連同區碼輸入，例如 02-27552823 或 037-123456",
        en: "Enter the landline number with its area code, like 02 2755 2823 or 037 123456",
        typed: &[
            "0812345678",
            "03-1234567",
            "02-2755282",
            "0836-2238",
            "04-72123456",
        ],
    },
    Refused {
        field: Field::Phone,
        zh: "070 開頭的網路電話要有 11 個數字，例如 070-10123456",
        en: "An internet phone number starts with 070 and has 11 digits, like 070 1012 3456",
        typed: &["070-1012345"],
    },
    Refused {
        field: Field::Phone,
        zh: "請輸入找得到您的手機或市話；0800、099 或 1999 這類服務號碼不能用來聯絡您",
        en: "Enter a mobile or landline number that reaches you; service numbers like 0800, 099 or 1999 do not",
        typed: &["0800-123456", "1999", "110", "0991234567"],
    },
    Refused {
        field: Field::Phone,
        zh: "請輸入臺灣的手機或市話號碼，例如 0912345678",
        en: "Enter a mobile or landline number in Taiwan, like 0912 345 678",
        typed: &["+81 90-1234-5678", "+852 2345 6789"],
    },
    Refused {
        field: Field::Phone,
        zh: "請輸入手機或市話號碼，例如 0912345678 或 02-27552823",
        en: "Enter a mobile or landline number, like 0912 345 678 or 02 2755 2823",
        typed: &["2755-2823", "零九一二", "0912-34a-678", "wang@example.org"],
    },
    Refused {
        field: Field::Phone,
        zh: "分機要是 1 到 6 個數字，例如 02-27552823#2118",
        en: "Extension must be 1 to 6 digits, like 02-27552823#2118",
        typed: &[
            "02-27552823#",
            "02-27552823 轉總機",
            "02-27552823 分機 1234567",
        ],
    },
    Refused {
        field: Field::Email,
        zh: "請輸入電子郵件",
        en: "Enter your email address",
        typed: &[""],
    },
    Refused {
        field: Field::Email,
        zh: "電子郵件要用英文字母和數字寫成 name@example.com 的樣子，中間沒有空格",
        en: "Enter an email address in Latin letters without spaces, like name@example.com",
        typed: &[
            "wang",
            "wang@example",
            "wang@@example.org",
            "王@example.org",
            "wang@example.org\r\nBcc: all@example.org",
            "wa ng@example.org",
        ],
    },
    Refused {
        field: Field::PostalCode,
        zh: "請輸入郵遞區號",
        en: "Enter the postal code",
        typed: &["", "-"],
    },
    Refused {
        field: Field::AnyDate,
        zh: "請輸入日期",
        en: "Enter the date",
        typed: &[" "],
    },
    Refused {
        field: Field::PostalCode,
        zh: "郵遞區號要是 3、5 或 6 個數字，例如 100 或 100201",
        en: "Postal code must be 3, 5 or 6 digits, like 100 or 100201",
        typed: &["10", "1000", "1002011", "一百", "10A"],
    },
    Refused {
        field: Field::PostalCode,
        zh: "找不到這個郵遞區號，請核對前 3 碼，或先留空",
        en: "No place has this postal code. Check its first 3 digits, or leave it empty",
        typed: &["000", "999001"],
    },
    Refused {
        field: Field::PostalCode,
        zh: "這個郵遞區號的地區沒有投遞服務，請輸入其他收件地址",
        en: "Nothing is delivered to the place of this postal code. Enter another address",
        typed: &["290", "817", "81901"],
    },
    Refused {
        field: Field::County,
        zh: "請選擇縣市",
        en: "Select the county or city",
        typed: &[""],
    },
    Refused {
        field: Field::County,
        zh: "請從清單選擇縣市",
        en: "Select the county or city from the list",
        typed: &["臺灣省", "臺北縣", "桃園縣", "東京都"],
    },
    Refused {
        field: Field::District,
        zh: "請輸入鄉鎮市區",
        en: "Enter the district or township",
        typed: &["", "臺北市"],
    },
    Refused {
        field: Field::District,
        zh: "鄉鎮市區要寫全名，例如 中正區、員林市、三地門鄉",
        en: "Enter the full name of the district or township, like 中正區 or Zhongzheng District",
        typed: &["中正", "100", "忠孝東路一段1號", "區"],
    },
    Refused {
        field: Field::Line,
        zh: "請輸入路街、巷弄和門牌號碼",
        en: "Enter the road, lane and house number",
        typed: &["", "\u{200B}"],
    },
    Refused {
        field: Field::RocDate,
        zh: "月曆上沒有這一天，請核對年、月、日",
        en: "The calendar has no such day. Check the year, month and day",
        typed: &["114/2/29", "115/13/1", "115年11月31日", "0/1/1"],
    },
    Refused {
        field: Field::RocDate,
        zh: "您選的是民國年，年份要是 1 到 3 個數字，例如 115/11/21",
        en: "You chose the ROC calendar: its years have 1 to 3 digits, like 115/11/21",
        typed: &["2026/11/21", "西元115年1月1日"],
    },
    Refused {
        field: Field::CommonDate,
        zh: "您選的是西元年，年份要是 4 個數字，例如 2026-11-21",
        en: "You chose the common calendar: its years have 4 digits, like 2026-11-21",
        typed: &["115/11/21", "民國115年11月21日"],
    },
    Refused {
        field: Field::AnyDate,
        zh: "請寫明年份：民國年用 3 個數字，西元年用 4 個數字，例如 115/11/21 或 2026-11-21",
        en: "Write the year with 4 digits, or with 3 in the ROC calendar, like 2026-11-21 or 115/11/21",
        typed: &["12/01/02", "990101"],
    },
    Refused {
        field: Field::AnyDate,
        zh: "日期要有年、月、日，例如 115/11/21 或 2026-11-21",
        en: "Enter year, month and day, like 115/11/21 or 2026-11-21",
        typed: &["明天", "115/11", "115"],
    },
    Refused {
        field: Field::Moment,
        zh: "請在日期後面輸入時間，從 00:00 到 23:59，例如 2026-11-21 17:20",
        en: "Add the time after the date, from 00:00 to 23:59, like 2026-11-21 17:20",
        typed: &["2026-11-21", "2026-11-21T24:00", "2026-11-21 5pm"],
    },
    Refused {
        field: Field::OneBranch,
        zh: "請選擇「最常去的分館」的答案",
        en: "Select an answer to “Usual branch”",
        typed: &[""],
    },
    Refused {
        field: Field::OneBranch,
        zh: "「最常去的分館」的選項有更新，請再選一次",
        en: "The choices of “Usual branch” have changed. Select again",
        typed: &["z", "總館"],
    },
    Refused {
        field: Field::OneBranch,
        zh: "「最常去的分館」請只填一個答案",
        en: "Give one answer to “Usual branch”",
        typed: &["a|b"],
    },
    Refused {
        field: Field::TwoBranches,
        zh: "「去過的分館」最多選 2 項，現在選了 3 項",
        en: "“Branches visited” takes 2 choices at most; you selected 3",
        typed: &["a|b|c"],
    },
    Refused {
        field: Field::ShortText,
        zh: "請回答「一句話」",
        en: "Answer “One line”",
        typed: &["", "\u{200B}"],
    },
    Refused {
        field: Field::ShortText,
        zh: "「一句話」請在 10 字以內，現在是 11 字",
        en: "“One line” must be 10 characters or fewer; it is 11 now",
        typed: &["一二三四五六七八九十一", "👨‍👩‍👧‍👦2345678901"],
    },
    Refused {
        field: Field::Whole,
        zh: "「本數」請輸入整數，例如 12",
        en: "Enter a whole number for “Books”, like 12",
        typed: &["三", "1.5", "1,5", "1e3"],
    },
    Refused {
        field: Field::Age,
        zh: "「年齡」請輸入 0 到 120 的整數",
        en: "Enter a whole number from 0 to 120 for “Age”",
        typed: &["-1", "121", "二十"],
    },
    Refused {
        field: Field::AtLeastOne,
        zh: "「人數」請輸入 1 以上的整數",
        en: "Enter a whole number of 1 or more for “People”",
        typed: &["0"],
    },
    Refused {
        field: Field::AtMostTen,
        zh: "「樓層」請輸入 10 以下的整數",
        en: "Enter a whole number of 10 or less for “Floor”",
        typed: &["11", "99999999999999999999"],
    },
    Refused {
        field: Field::Day,
        zh: "月曆上沒有這一天，請核對年、月、日",
        en: "The calendar has no such day. Check the year, month and day",
        typed: &["2026-02-30"],
    },
    Refused {
        field: Field::Satisfaction,
        zh: "「滿意度」請從 1 到 5 選一個",
        en: "Select a step from 1 to 5 for “Satisfaction”",
        typed: &["0", "6", "很好"],
    },
];

/// Field, what is typed, what is kept.
const TAKEN: &[(Field, &str, &str)] = &[
    (Field::Name, " 王小明 ", "王小明"),
    (Field::Name, "𠮷野家", "𠮷野家"),
    (Field::Name, "𡘙𪚥", "𡘙𪚥"),
    (Field::Name, "谷辣斯·尤達卡", "谷辣斯·尤達卡"),
    (Field::Name, "Nguye\u{302}\u{303}n Văn A", "Nguyễn Văn A"),
    (Field::Name, "O’Connor-Ştefan", "O’Connor-Ştefan"),
    (Field::Name, "محمد علي", "محمد علي"),
    (Field::Name, "王\u{202E}小\u{200B}明", "王小明"),
    (Field::Name, "X", "X"),
    (Field::Name, "葛\u{E0100}小明", "葛\u{E0100}小明"),
    (Field::Id, "a123456789", "A123456789"),
    (Field::Id, "Ａ１２３４５６７８９", "A123456789"),
    (Field::Id, " A123-456 789", "A123456789"),
    (Field::Id, "I100000003", "I100000003"),
    (Field::Id, "O158238845", "O158238845"),
    (Field::Id, "Y123456788", "Y123456788"),
    (Field::Id, "A880000018", "A880000018"),
    (Field::Id, "AB23456789", "AB23456789"),
    (Field::IdIn2031, "A800000014", "A800000014"),
    (Field::Phone, "0912345678", "0912-345-678"),
    (Field::Phone, "+886 912-345-678", "0912-345-678"),
    (Field::Phone, "８８６９１２３４５６７８", "0912-345-678"),
    (Field::Phone, "(02)2755-2823#2118", "02-2755-2823#2118"),
    (Field::Phone, "02 2755 2823 轉 2118", "02-2755-2823#2118"),
    (Field::Phone, "037-123456", "037-123456"),
    (Field::Phone, "049-2312345", "049-231-2345"),
    (Field::Phone, "04-7212345", "04-721-2345"),
    (Field::Phone, "089-322002", "089-322002"),
    (Field::Phone, "0836-22381", "0836-22381"),
    (Field::Phone, "070-10123456", "070-1012-3456"),
    (
        Field::Email,
        "Wang.Hsiao+lib@GMAIL.com",
        "Wang.Hsiao+lib@gmail.com",
    ),
    (
        Field::Email,
        "ｗａｎｇ＠ｅｘａｍｐｌｅ．ｏｒｇ",
        "wang@example.org",
    ),
    (Field::PostalCode, "１００", "100"),
    (Field::PostalCode, "741-48", "74148"),
    (Field::PostalCode, "100 201", "100201"),
    (Field::County, "台北市", "臺北市"),
    (Field::County, "new taipei city", "新北市"),
    (
        Field::District,
        "台北市 大安區",
        "臺北市大安區忠孝東路一段1號",
    ),
    (Field::Line, "○○村12鄰3號", "臺北市中正區○○村12鄰3號"),
    (Field::Line, "６樓之７", "臺北市中正區６樓之７"),
    (Field::RocDate, "1151121", "2026-11-21"),
    (Field::RocDate, "0990101", "2010-01-01"),
    (Field::RocDate, "113/2/29", "2024-02-29"),
    (Field::RocDate, "民國前1年10月10日", "1911-10-10"),
    (Field::CommonDate, "2026/11/21", "2026-11-21"),
    (Field::AnyDate, "民國99年1月1日", "2010-01-01"),
    (Field::AnyDate, "2026-11-21", "2026-11-21"),
    (
        Field::Moment,
        "2026-11-21T17:20",
        "2026-11-21T17:20:00+08:00",
    ),
    (
        Field::Moment,
        "115/11/21 １７：２０",
        "2026-11-21T17:20:00+08:00",
    ),
    (Field::OneBranch, "b", "中崙"),
    (Field::TwoBranches, "c|a", "總館、其他"),
    (Field::ShortText, " 謝謝  您 ", "謝謝 您"),
    (Field::LongText, "一\r\n二", "一\n二"),
    (Field::Whole, "１,２３４", "1234"),
    (Field::Age, "0", "0"),
    (Field::Day, "115 年 11 月 21 日", "115 年 11 月 21 日（六）"),
    (Field::Satisfaction, "５", "5"),
];

#[test]
fn what_cannot_be_taken_says_what_to_do_in_both_languages() {
    let zh = Language::of("zh-TW", ZH);
    let en = Language::of("en", EN);
    let mut cases = 0;
    for group in REFUSED {
        for typed in group.typed {
            let said = typed_into(group.field, typed).expect_err(typed);
            assert_eq!(zh.says(&said), group.zh, "{:?} {typed:?}", group.field);
            assert_eq!(en.says(&said), group.en, "{:?} {typed:?}", group.field);
            cases += 1;
        }
    }
    assert!(cases >= 100, "{cases} cases");
}

#[test]
fn texts_beyond_their_limit_say_how_long_they_are() {
    let zh = Language::of("zh-TW", ZH);
    let en = Language::of("en", EN);
    let long_mail = format!("w@{}.tw", ["a"; 5].map(|a| a.repeat(60)).join("."));
    for (field, typed, in_zh, in_en) in [
        (
            Field::Line,
            "路".repeat(121),
            "地址請在 120 字以內，現在是 121 字",
            "Address must be 120 characters or fewer; it is 121 now",
        ),
        (
            Field::LongText,
            "書".repeat(532),
            "「意見」請在 500 字以內，現在是 532 字",
            "“Feedback” must be 500 characters or fewer; it is 532 now",
        ),
        (
            Field::Email,
            long_mail,
            "電子郵件請在 254 個字元以內，現在是 309 個",
            "Email address must be 254 characters or fewer; it is 309 now",
        ),
        (
            Field::Name,
            format!("a{}", "\u{301}".repeat(9_999)),
            "姓名請在 100 字以內，現在是 1000 字",
            "Name must be 100 characters or fewer; it is 1000 now",
        ),
    ] {
        let said = typed_into(field, &typed).expect_err("too long");
        assert_eq!(zh.says(&said), in_zh);
        assert_eq!(en.says(&said), in_en);
    }
}

#[test]
fn a_librarian_reads_what_a_question_lacks() {
    let zh = Language::of("zh-TW", ZH);
    let en = Language::of("en", EN);
    for (flaw, in_zh, in_en) in [
        (Flaw::NoLabel, "請輸入題目", "Enter the question"),
        (
            Flaw::FewChoices,
            "選擇題至少要有 2 個選項",
            "A choice question needs at least 2 choices",
        ),
        (
            Flaw::NoChoiceLabel,
            "請輸入每個選項的文字，或刪除空白的選項",
            "Enter the words of every choice, or remove the empty ones",
        ),
        (
            Flaw::ChoiceTwice,
            "請讓每個選項的文字都不同",
            "Give every choice different words",
        ),
        (
            Flaw::Most { max: 3 },
            "最多可選的項數要是 1 到 3",
            "The most choices allowed must be from 1 to 3",
        ),
        (
            Flaw::Length { max: 200 },
            "字數上限要是 1 到 200",
            "The length allowed must be from 1 to 200",
        ),
        (
            Flaw::Bounds,
            "最小值不能大於最大值，請調整其中一個",
            "The least number is above the greatest. Change one of them",
        ),
        (
            Flaw::Steps { max: 11 },
            "量表要有 2 到 11 個刻度",
            "A scale needs 2 to 11 steps",
        ),
    ] {
        let said = (flaw.message_id(), flaw.args());
        assert_eq!(zh.says(&said), in_zh);
        assert_eq!(en.says(&said), in_en);
    }
}

#[test]
fn what_is_unusual_and_right_is_taken() {
    for (field, typed, kept) in TAKEN {
        let found = typed_into(*field, typed);
        assert_eq!(found.as_deref().ok(), Some(*kept), "{field:?} {typed:?}");
    }
    assert!(TAKEN.len() >= 40);
}

#[test]
fn both_languages_have_the_same_messages_and_keep_the_wording_rules() {
    for (zh, en) in ZH.into_iter().zip(EN) {
        assert_eq!(keys(zh), keys(en));
        for word in ["錯誤", "無效", "非法", "你", "台", "!", "！", "抱歉"] {
            assert!(!zh.contains(word), "{word}");
        }
        for word in ["invalid", "illegal", "error", "!", "please", "sorry"] {
            assert!(!en.to_lowercase().contains(word), "{word}");
        }
    }
}

fn keys(file: &str) -> Vec<&str> {
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| Some(line.split_once(" = ")?.0))
        .collect()
}
