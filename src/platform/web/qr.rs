//! A QR code on a page: an SVG path, so that it needs no picture from elsewhere.
//!
//! Not here: what it says.

use std::fmt;

use qrcode::{Color, EcLevel, QrCode};
use serde::Serialize;

/// A QR code as one path of unit squares.
#[derive(Clone, Serialize)]
pub struct QrView {
    url: String,
    size: usize,
    path: String,
}

/// Without what it says, which may be a secret.
impl fmt::Debug for QrView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QrView({})", self.size)
    }
}

impl QrView {
    /// The code of a short text; none where it does not fit.
    pub fn of(url: &str) -> Option<QrView> {
        let code = QrCode::with_error_correction_level(url, EcLevel::M).ok()?;
        let width = code.width();
        let colors = code.to_colors();
        let mut path = String::new();
        for (y, row) in colors.chunks(width).enumerate() {
            let mut x = 0;
            while x < width {
                let run = row[x..].iter().take_while(|c| **c == Color::Dark).count();
                if run > 0 {
                    // Four modules of quiet around it.
                    path.push_str(&format!("M{} {}h{run}v1h-{run}z", x + 4, y + 4));
                }
                x += run.max(1);
            }
        }
        Some(QrView {
            url: url.to_owned(),
            size: width + 8,
            path,
        })
    }
}
