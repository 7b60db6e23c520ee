//! Tables of activities that others hold (`external`).

diesel::table! {
    external_activities (id) {
        id -> Text,
        slug -> Text,
        state -> Text,
        title_zh -> Text,
        title_en -> Text,
        text_zh -> Text,
        text_en -> Text,
        host_zh -> Text,
        host_en -> Text,
        link -> Text,
        policy -> Text,
        opens_at -> BigInt,
        closes_at -> BigInt,
        version -> BigInt,
    }
}

diesel::table! {
    external_leavings (external_id, day, words) {
        external_id -> Text,
        day -> BigInt,
        words -> BigInt,
        presses -> BigInt,
    }
}
