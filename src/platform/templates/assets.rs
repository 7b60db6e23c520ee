//! The stylesheet, scripts and pictures of `static/`, under addresses that change with them.
//!
//! Invariant: all files of one release share one tag, the hash of all of them, because scripts
//! import each other by relative name. A tagged address never changes its content.
//!
//! Not here: how they are sent ([`crate::platform::web`]).

use std::borrow::Cow;
use std::sync::LazyLock;

use data_encoding::HEXLOWER;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "static/"]
#[exclude = "README*"]
struct Files;

/// `/assets/<12 hex>/<name>` of a file in `static/`.
pub fn url(name: &str) -> String {
    format!("/assets/{}/{name}", tag())
}

/// The bytes of a file in `static/`.
pub fn bytes(name: &str) -> Option<Cow<'static, [u8]>> {
    Files::get(name).map(|file| file.data)
}

/// 12 hex digits that stand for the content of all files.
pub fn tag() -> String {
    static RELEASED: LazyLock<String> = LazyLock::new(compute);
    // A debug build reads the files from disk at each request, so the tag follows an edit.
    if cfg!(debug_assertions) {
        compute()
    } else {
        RELEASED.clone()
    }
}

fn compute() -> String {
    let mut names: Vec<_> = Files::iter().collect();
    names.sort();
    let mut all = Sha256::new();
    for name in names {
        if let Some(file) = Files::get(&name) {
            all.update(name.as_bytes());
            all.update([0]);
            all.update(file.metadata.sha256_hash());
        }
    }
    let mut tag = HEXLOWER.encode(&all.finalize());
    tag.truncate(12);
    tag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_has_an_address_with_its_hash() {
        let address = url("site.css");
        let tag = address
            .strip_prefix("/assets/")
            .and_then(|rest| rest.strip_suffix("/site.css"))
            .expect("the form of the address");
        assert_eq!(tag.len(), 12);
        assert!(tag.bytes().all(|b| b.is_ascii_hexdigit()));
        assert!(bytes("site.css").is_some());
        assert!(bytes("../Cargo.toml").is_none());
    }

    #[test]
    fn the_stylesheet_stays_small_and_asks_no_other_site() {
        let css = bytes("site.css").expect("the stylesheet exists");
        assert!(css.len() <= 12 * 1024, "{} bytes", css.len());
        let css = String::from_utf8_lossy(&css);
        assert!(!css.contains("http") && !css.contains("@import"));
    }

    /// Relative luminance of `#rrggbb` (WCAG 2.2).
    fn luminance(colour: &str) -> f64 {
        let part = |from: usize| {
            let byte = u8::from_str_radix(&colour[from..from + 2], 16).expect("a hex colour");
            let share = f64::from(byte) / 255.0;
            if share <= 0.04045 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    }

    #[test]
    fn colours_of_text_and_edges_have_enough_contrast_in_both_schemes() {
        let css = bytes("site.css").expect("the stylesheet exists");
        let css = String::from_utf8_lossy(&css).into_owned();
        let (light, dark) = css.split_once("prefers-color-scheme").expect("two schemes");
        let token = |scheme: &str, name: &str| {
            let rest = scheme
                .split(&format!("--{name}:"))
                .nth(1)
                .expect("the token exists");
            luminance(&rest[..7])
        };
        let text = [
            ("ink", "paper card sunk open wait calm alarm"),
            ("soft", "paper card sunk"),
            ("brand", "paper card sunk open"),
            ("deep", "paper card open"),
            ("seal", "paper card alarm"),
            ("gold", "wait"),
            ("blue", "calm"),
            ("on", "brand seal deep"),
        ];
        let edges = [
            ("edge", "paper card"),
            ("focus", "paper card"),
            ("seal", "paper"),
        ];
        for scheme in [light, dark] {
            let pairs = text.iter().map(|pair| (pair, 4.5));
            for ((front, grounds), least) in pairs.chain(edges.iter().map(|pair| (pair, 3.0))) {
                for ground in grounds.split(' ') {
                    let (a, b) = (token(scheme, front), token(scheme, ground));
                    let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                    assert!(contrast >= least, "{front} on {ground}: {contrast:.2}");
                }
            }
        }
    }
}
