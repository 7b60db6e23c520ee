//! Tables of what people write to the library (`feedback`).

diesel::table! {
    feedback (id) {
        id -> Text,
        lookup -> Binary,
        topic -> Text,
        wish -> Text,
        scope -> Text,
        language -> Text,
        state -> Text,
        assigned_to -> Text,
        received_at -> BigInt,
        written_at -> BigInt,
        closed_at -> Nullable<BigInt>,
        version -> BigInt,
        policy_version -> BigInt,
    }
}

diesel::table! {
    feedback_letters (feedback_id, number) {
        feedback_id -> Text,
        number -> BigInt,
        author -> Text,
        item -> Text,
        written_at -> BigInt,
        mail -> Text,
        attempts -> BigInt,
        last_reply -> Text,
    }
}

diesel::table! {
    feedback_events (feedback_id, number) {
        feedback_id -> Text,
        number -> BigInt,
        act -> Text,
        actor -> Text,
        about -> Text,
        at -> BigInt,
    }
}
