//! Tables of the library's general policy (`policy`).

diesel::table! {
    policy_versions (version) {
        version -> BigInt,
        body_zh -> Text,
        body_en -> Text,
        change_zh -> Text,
        change_en -> Text,
        major -> Bool,
        published_at -> BigInt,
        effective_at -> BigInt,
        banner_days -> BigInt,
        hosts -> Text,
        parts -> Text,
        previous -> Binary,
        hash -> Binary,
    }
}

diesel::table! {
    policy_drafts (id) {
        id -> Text,
        body_zh -> Text,
        body_en -> Text,
        change_zh -> Text,
        change_en -> Text,
        major -> Bool,
        wait_days -> BigInt,
        banner_days -> BigInt,
        hosts -> Text,
        parts -> Text,
        revision -> BigInt,
    }
}
