//! The tables of places in sessions.

diesel::table! {
    seat_terms (activity_id) {
        activity_id -> Text,
        per_person -> BigInt,
        back_before -> BigInt,
        offer_lasts -> BigInt,
    }
}

diesel::table! {
    seat_sessions (activity_id, id) {
        activity_id -> Text,
        id -> Text,
        position -> BigInt,
        title_zh -> Text,
        title_en -> Text,
        place_zh -> Text,
        place_en -> Text,
        starts_at -> BigInt,
        capacity -> BigInt,
        waiting_places -> BigInt,
        taken -> BigInt,
        waiting -> BigInt,
        arrivals -> BigInt,
        cancelled_at -> Nullable<BigInt>,
        cancelled_reason -> Text,
    }
}

diesel::table! {
    seats (activity_id, entry_id) {
        activity_id -> Text,
        entry_id -> Text,
        session_id -> Text,
        position -> BigInt,
        tag -> Binary,
        nth -> BigInt,
        state -> Text,
        taken_hour -> BigInt,
        offer_until -> BigInt,
        attended_at -> Nullable<BigInt>,
        reason -> Text,
    }
}

diesel::table! {
    seat_letters (activity_id, id) {
        activity_id -> Text,
        id -> Text,
        entry_id -> Text,
        session_id -> Text,
        kind -> Text,
        stage -> Text,
        attempts -> BigInt,
        last_reply -> Text,
        sent_at -> Nullable<BigInt>,
    }
}
