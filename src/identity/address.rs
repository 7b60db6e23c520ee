//! A postal address in Taiwan.
//!
//! Invariant: an [`Address`] has one of the 22 counties and cities, a district and a street line
//! as its writer wrote it; its postal code, where given, belongs to a place with delivery.
//!
//! Not here: a table of districts or of six-digit codes; both change yearly and are imported. A
//! street line is never taken apart: 新市區 and 前鎮區 split wrongly under every simple rule.

use std::fmt;

use zeroize::Zeroizing;

use super::mistake::Mistake;
use super::typed;

/// Graphemes in a street line at most.
pub const LINE_MAX: usize = 120;
/// Graphemes in a district at most; in English they are long.
const DISTRICT_MAX: usize = 40;
/// 釣魚臺列嶼, 東沙群島 and 南沙群島 have codes and no delivery.
const UNDELIVERABLE: [u16; 3] = [290, 817, 819];

/// A county or a city with the rank of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct County {
    zh: &'static str,
    en: &'static str,
}

const fn county(zh: &'static str, en: &'static str) -> County {
    County { zh, en }
}

/// All 22, in the order of official lists.
pub const COUNTIES: [County; 22] = [
    county("臺北市", "Taipei City"),
    county("新北市", "New Taipei City"),
    county("桃園市", "Taoyuan City"),
    county("臺中市", "Taichung City"),
    county("臺南市", "Tainan City"),
    county("高雄市", "Kaohsiung City"),
    county("基隆市", "Keelung City"),
    county("新竹市", "Hsinchu City"),
    county("嘉義市", "Chiayi City"),
    county("新竹縣", "Hsinchu County"),
    county("苗栗縣", "Miaoli County"),
    county("彰化縣", "Changhua County"),
    county("南投縣", "Nantou County"),
    county("雲林縣", "Yunlin County"),
    county("嘉義縣", "Chiayi County"),
    county("屏東縣", "Pingtung County"),
    county("宜蘭縣", "Yilan County"),
    county("花蓮縣", "Hualien County"),
    county("臺東縣", "Taitung County"),
    county("澎湖縣", "Penghu County"),
    county("金門縣", "Kinmen County"),
    county("連江縣", "Lienchiang County"),
];

/// First three digits of postal codes and the county they lie in.
const POSTAL_AREAS: [(u16, u16, &str); 23] = [
    (100, 116, "臺北市"),
    (200, 206, "基隆市"),
    (207, 208, "新北市"),
    (209, 212, "連江縣"),
    (220, 253, "新北市"),
    (260, 272, "宜蘭縣"),
    (300, 300, "新竹市"),
    (302, 315, "新竹縣"),
    (320, 338, "桃園市"),
    (350, 369, "苗栗縣"),
    (400, 439, "臺中市"),
    (500, 530, "彰化縣"),
    (540, 558, "南投縣"),
    (600, 600, "嘉義市"),
    (602, 625, "嘉義縣"),
    (630, 655, "雲林縣"),
    (700, 745, "臺南市"),
    (800, 852, "高雄市"),
    (880, 885, "澎湖縣"),
    (890, 896, "金門縣"),
    (900, 947, "屏東縣"),
    (950, 966, "臺東縣"),
    (970, 983, "花蓮縣"),
];

impl County {
    /// Reads a name in either language; 台 counts as 臺.
    pub fn parse(raw: &str) -> Result<Self, Mistake> {
        let name = standard(raw);
        if name.is_empty() {
            return Err(Mistake::CountyEmpty);
        }
        let known = |county: &&Self| county.zh == name || county.en.eq_ignore_ascii_case(&name);
        COUNTIES
            .iter()
            .find(known)
            .copied()
            .ok_or(Mistake::CountyUnknown)
    }

    /// The name in Traditional Chinese, also the value the form sends.
    pub fn zh(&self) -> &'static str {
        self.zh
    }

    /// The name in English.
    pub fn en(&self) -> &'static str {
        self.en
    }
}

/// Three, five (until 2020) or six digits, kept as text.
#[derive(Clone, PartialEq, Eq)]
pub struct PostalCode(Zeroizing<String>);

impl PostalCode {
    /// Reads a code in any width, with spaces and a hyphen.
    pub fn parse(raw: &str) -> Result<Self, Mistake> {
        let folded = typed::folded(raw);
        let kept = folded.chars().filter(|&c| !typed::is_dash(c));
        let code = Zeroizing::new(kept.collect::<String>());
        if code.is_empty() {
            return Err(Mistake::PostalEmpty);
        }
        let all_digits = code.bytes().all(|b| b.is_ascii_digit());
        if !all_digits || !matches!(code.len(), 3 | 5 | 6) {
            return Err(Mistake::PostalShape);
        }
        let code = Self(code);
        if UNDELIVERABLE.contains(&code.area()) {
            return Err(Mistake::PostalUndeliverable);
        }
        match code.county() {
            Some(_) => Ok(code),
            None => Err(Mistake::PostalUnknown),
        }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The county the first three digits lie in. They do not tell the district: 300 has three.
    pub fn county(&self) -> Option<County> {
        let area = self.area();
        let found = POSTAL_AREAS
            .iter()
            .find(|(from, to, _)| (*from..=*to).contains(&area));
        found.and_then(|(_, _, zh)| COUNTIES.iter().find(|county| county.zh == *zh).copied())
    }

    fn area(&self) -> u16 {
        self.0.chars().take(3).fold(0, |area, digit| {
            area * 10
                + digit
                    .to_digit(10)
                    .and_then(|d| u16::try_from(d).ok())
                    .unwrap_or(0)
        })
    }
}

impl fmt::Debug for PostalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PostalCode(…)")
    }
}

/// The four fields as they were typed.
#[derive(Clone, Copy)]
pub struct Typed<'a> {
    /// Field `postal_code`; may be left empty.
    pub postal_code: &'a str,
    /// Field `county`.
    pub county: &'a str,
    /// Field `district`.
    pub district: &'a str,
    /// Field `address`: village, road, number, floor.
    pub line: &'a str,
}

/// An address something can be posted to; wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    postal_code: Option<PostalCode>,
    county: County,
    district: Zeroizing<String>,
    line: Zeroizing<String>,
}

impl Address {
    /// Reads all four fields; every mistake comes with the name of its field.
    pub fn parse(typed: Typed<'_>) -> Result<Self, Vec<(&'static str, Mistake)>> {
        let postal_code = match PostalCode::parse(typed.postal_code) {
            Err(Mistake::PostalEmpty) => Ok(None),
            read => read.map(Some),
        };
        let county = County::parse(typed.county);
        let district = parse_district(typed.district, county.ok());
        let line = parse_line(typed.line);
        match (postal_code, county, district, line) {
            (Ok(postal_code), Ok(county), Ok(district), Ok(line)) => Ok(Self {
                postal_code,
                county,
                district,
                line,
            }),
            (postal_code, county, district, line) => Err([
                ("postal_code", postal_code.err()),
                ("county", county.err()),
                ("district", district.err()),
                ("address", line.err()),
            ]
            .into_iter()
            .filter_map(|(field, mistake)| Some((field, mistake?)))
            .collect()),
        }
    }

    /// The postal code, where one was given.
    pub fn postal_code(&self) -> Option<&PostalCode> {
        self.postal_code.as_ref()
    }

    /// The county or city.
    pub fn county(&self) -> County {
        self.county
    }

    /// The district, township or town; 臺 where it was typed 台.
    pub fn district(&self) -> &str {
        &self.district
    }

    /// The rest as its writer wrote it.
    pub fn line(&self) -> &str {
        &self.line
    }

    /// On one line as on an envelope: `100 臺北市中正區忠孝東路一段1號`.
    pub fn display(&self) -> Zeroizing<String> {
        let code = self.postal_code().map(PostalCode::as_str);
        let gap = if code.is_some() { " " } else { "" };
        let code = code.unwrap_or_default();
        let (place, line) = (self.masked(), self.line());
        Zeroizing::new(format!("{code}{gap}{place}{line}"))
    }

    /// County and district only.
    pub fn masked(&self) -> String {
        format!("{}{}", self.county.zh, self.district.as_str())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}

/// A place name as official lists write it: one space between words, 臺 for 台.
fn standard(raw: &str) -> String {
    typed::line(raw)
        .chars()
        .map(|c| if c == '台' { '臺' } else { c })
        .collect()
}

fn parse_district(raw: &str, county: Option<County>) -> Result<Zeroizing<String>, Mistake> {
    let full = standard(raw);
    // People type 臺北市大安區 into the district as well.
    let own = county.and_then(|county| full.strip_prefix(county.zh));
    let district = own.unwrap_or(&full).trim();
    if typed::is_blank(district) {
        return Err(Mistake::DistrictEmpty);
    }
    let chinese = district.chars().all(typed::is_han);
    let ends = district.ends_with(['區', '鄉', '鎮', '市']);
    let latin = district.chars().any(|c| c.is_ascii_alphabetic());
    let length = typed::length(district);
    if (chinese && ends && (2..=5).contains(&length)) || (latin && length <= DISTRICT_MAX) {
        return Ok(Zeroizing::new(district.to_owned()));
    }
    Err(Mistake::DistrictShape)
}

fn parse_line(raw: &str) -> Result<Zeroizing<String>, Mistake> {
    let line = Zeroizing::new(typed::line(raw));
    let found = typed::length(&line);
    if typed::is_blank(&line) {
        return Err(Mistake::AddressEmpty);
    }
    if found > LINE_MAX {
        let max = LINE_MAX;
        return Err(Mistake::AddressTooLong { max, found });
    }
    Ok(line)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn typed<'a>(
        postal_code: &'a str,
        county: &'a str,
        district: &'a str,
        line: &'a str,
    ) -> Typed<'a> {
        Typed {
            postal_code,
            county,
            district,
            line,
        }
    }

    #[test]
    fn an_address_is_printed_as_written() {
        for (parts, display) in [
            (
                typed("100", "台北市", "中正區", "忠孝東路一段1號"),
                "100 臺北市中正區忠孝東路一段1號",
            ),
            (
                typed("", "臺北市", "臺北市大安區", "台北路５之３號"),
                "臺北市大安區台北路５之３號",
            ),
            (
                typed("７４１-４８", "臺南市", "新市區", "中正路5-3號"),
                "74148 臺南市新市區中正路5-3號",
            ),
            (
                typed("849001", "高雄市", "那瑪夏區", "達卡努瓦里12鄰3號"),
                "849001 高雄市那瑪夏區達卡努瓦里12鄰3號",
            ),
            (
                typed("901", "屏東縣", "三地門鄉", "村12鄰3號"),
                "901 屏東縣三地門鄉村12鄰3號",
            ),
            (
                typed("106", "Taipei City", "Da’an District", "No. 1, Sec. 2"),
                "106 臺北市Da’an DistrictNo. 1, Sec. 2",
            ),
        ] {
            let address = Address::parse(parts).expect(display);
            assert_eq!(address.display().as_str(), display);
            assert_eq!(format!("{address:?}"), "Address(…)");
        }
    }

    #[test]
    fn every_mistake_names_its_field() {
        assert_eq!(
            Address::parse(typed("1234", "臺灣省", "臺北", " ")),
            Err(vec![
                ("postal_code", Mistake::PostalShape),
                ("county", Mistake::CountyUnknown),
                ("district", Mistake::DistrictShape),
                ("address", Mistake::AddressEmpty),
            ])
        );
    }

    #[test]
    fn islands_without_delivery_and_unknown_codes_are_refused() {
        for code in ["290", "817", "81999", "819001"] {
            assert_eq!(PostalCode::parse(code), Err(Mistake::PostalUndeliverable));
        }
        for code in ["000", "999", "301", "601"] {
            assert_eq!(PostalCode::parse(code), Err(Mistake::PostalUnknown));
        }
    }

    #[test]
    fn every_postal_area_names_a_known_county() {
        for (from, _, zh) in POSTAL_AREAS {
            assert!(COUNTIES.iter().any(|county| county.zh == zh), "{from}");
        }
        let code = PostalCode::parse("300").expect("Hsinchu City");
        assert_eq!(code.county().map(|county| county.zh()), Some("新竹市"));
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_parser(a in any::<String>(), b in any::<String>(), c in any::<String>()) {
            if let Ok(address) = Address::parse(typed(&a, "臺北市", &b, &c)) {
                prop_assert!(address.display().contains(&address.masked()));
            }
            prop_assert!(County::parse(&a).is_err() || !a.is_empty());
        }
    }
}
