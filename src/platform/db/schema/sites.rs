//! The table of several instances: who serves this site.

diesel::table! {
    instances (id) {
        id -> Text,
        started_at -> BigInt,
        seen_at -> BigInt,
    }
}
