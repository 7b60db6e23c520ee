//! Tables of several instances: who serves this site, and logs that are older than the world.

diesel::table! {
    instances (id) {
        id -> Text,
        started_at -> BigInt,
        seen_at -> BigInt,
    }
}

diesel::table! {
    log_gaps (activity_id, log_id) {
        activity_id -> Text,
        log_id -> Text,
        seen_size -> BigInt,
        found_size -> BigInt,
        noticed_at -> BigInt,
    }
}
