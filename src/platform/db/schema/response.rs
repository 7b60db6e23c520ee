//! Tables of what was noticed of attacks and what was done then (`response`), and of the times in
//! which nobody opens personal data (`vault`).

diesel::table! {
    attack_signs (id) {
        id -> Text,
        at -> BigInt,
        sign -> Text,
        about -> Text,
        counted -> BigInt,
    }
}

diesel::table! {
    attack_answers (id) {
        id -> Text,
        rule -> Text,
        answer -> Text,
        about -> Text,
        counted -> BigInt,
        began_at -> BigInt,
        until -> Nullable<BigInt>,
        lifted_at -> Nullable<BigInt>,
        lifted_by -> Text,
        reason -> Text,
        incident -> Text,
        told_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    looked_through (id) {
        id -> BigInt,
        position -> BigInt,
    }
}

diesel::table! {
    vault_freezes (id) {
        id -> Text,
        began_at -> BigInt,
        lifted_at -> Nullable<BigInt>,
    }
}
