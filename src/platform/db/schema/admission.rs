//! Tables of who is let in (`admission`).

diesel::table! {
    admission_cards (activity_id, tag) {
        activity_id -> Text,
        tag -> Binary,
    }
}

diesel::table! {
    admission_batches (activity_id, id) {
        activity_id -> Text,
        id -> Text,
        made -> BigInt,
        made_by -> Text,
        made_at -> BigInt,
        withdrawn -> BigInt,
    }
}

diesel::table! {
    admission_codes (activity_id, hash) {
        activity_id -> Text,
        hash -> Binary,
        batch_id -> Text,
    }
}
