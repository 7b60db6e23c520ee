//! Tables of declared tables, their counters and what is published of them (`stats`).

diesel::table! {
    stat_tables (activity_id, id) {
        activity_id -> Text,
        id -> Text,
        position -> BigInt,
        dim_a -> Text,
        dim_b -> Text,
    }
}

diesel::table! {
    stat_counts (activity_id, table_id, a, b) {
        activity_id -> Text,
        table_id -> Text,
        a -> Text,
        b -> Text,
        n -> BigInt,
    }
}

diesel::table! {
    page_views (day, kind, language) {
        day -> BigInt,
        kind -> Text,
        language -> Text,
        views -> BigInt,
    }
}
