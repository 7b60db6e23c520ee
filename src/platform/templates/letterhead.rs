//! Who writes a letter, and where its links lead.
//!
//! Not here: the words of letters, which each domain has of its own.

use serde::Serialize;

use crate::platform::config::Config;
use crate::platform::text::Language;

/// Where a trial on one machine is reached.
const TRIAL: &str = "http://127.0.0.1:8000";

/// The library as letters name it.
#[derive(Debug, Clone)]
pub struct Letterhead {
    library_zh: String,
    library_en: String,
    phone: String,
    email: String,
    /// Scheme and host of the public site.
    origin: String,
}

/// Who writes, as the templates of letters have it.
#[derive(Serialize)]
pub struct Sender<'a> {
    library: &'a str,
    phone: &'a str,
    email: &'a str,
    host: &'a str,
}

impl Letterhead {
    /// Reads the configuration.
    pub fn of(config: &Config) -> Letterhead {
        let origin = match config.public_origin.as_str() {
            "" => TRIAL,
            origin => origin,
        };
        Letterhead {
            library_zh: config.library_zh.clone(),
            library_en: config.library_en.clone(),
            phone: config.contact_phone.clone(),
            email: config.contact_email.clone(),
            origin: origin.to_owned(),
        }
    }

    /// The name of the library.
    pub fn library(&self, language: Language) -> &str {
        match language {
            Language::ZhTw => &self.library_zh,
            Language::En => &self.library_en,
        }
    }

    /// Who writes, in a language.
    pub fn sender(&self, language: Language) -> Sender<'_> {
        Sender {
            library: self.library(language),
            phone: &self.phone,
            email: &self.email,
            host: self.origin.split_once("://").map_or("", |(_, host)| host),
        }
    }

    /// The address of a page, given by its path without language.
    pub fn address(&self, language: Language, path: &str) -> String {
        format!("{}{}", self.origin, language.url(path))
    }
}
