//! Tables of the discussion of an activity (`discussion`).

diesel::table! {
    discussions (activity_id) {
        activity_id -> Text,
        appears -> Text,
        is_open -> Bool,
    }
}

diesel::table! {
    discussion_posts (activity_id, id) {
        activity_id -> Text,
        id -> Text,
        position -> BigInt,
        question_id -> Text,
        author -> Text,
        text -> Text,
        state -> Text,
        reason -> Text,
        posted_at -> BigInt,
    }
}
