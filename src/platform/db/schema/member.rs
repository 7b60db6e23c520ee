//! Tables of people with an account (`member`).

diesel::table! {
    members (id) {
        id -> Text,
        tag -> Binary,
        item -> Text,
        sealed -> Binary,
        language -> Text,
        passphrase_hash -> Text,
        failures -> BigInt,
        locked_until -> BigInt,
        terms -> Binary,
        made_at -> BigInt,
    }
}

diesel::table! {
    member_terms (hash) {
        hash -> Binary,
        version -> BigInt,
        language -> Text,
        words -> Text,
    }
}

diesel::table! {
    member_askings (code) {
        code -> Text,
        kind -> Text,
        member_id -> Text,
        tag -> Binary,
        item -> Text,
        sealed -> Binary,
        language -> Text,
        asked_at -> BigInt,
    }
}

diesel::table! {
    member_sessions (token_hash) {
        token_hash -> Binary,
        member_id -> Text,
        opened_at -> BigInt,
        seen_at -> BigInt,
        ends_at -> BigInt,
    }
}

diesel::table! {
    member_factors (member_id) {
        member_id -> Text,
        sealed -> Binary,
        last_step -> BigInt,
        set_at -> BigInt,
    }
}

diesel::table! {
    member_recovery (member_id, code_hash) {
        member_id -> Text,
        code_hash -> Binary,
    }
}

diesel::table! {
    member_openid (member_id) {
        member_id -> Text,
        issuer -> Text,
        tag -> Binary,
        linked_at -> BigInt,
    }
}

diesel::table! {
    member_receipts (member_id) {
        member_id -> Text,
        item -> Text,
        sealed -> Binary,
    }
}

diesel::table! {
    member_tellings (version) {
        version -> BigInt,
        reached -> Text,
        listed -> Bool,
        sent -> BigInt,
        uncertain -> BigInt,
        refused -> BigInt,
        dropped -> BigInt,
    }
}

diesel::table! {
    member_letters (id) {
        id -> Text,
        kind -> Text,
        code -> Text,
        tag -> Binary,
        language -> Text,
        item -> Text,
        sealed -> Binary,
        stage -> Text,
        attempts -> BigInt,
        last_reply -> Text,
        written_at -> BigInt,
    }
}
