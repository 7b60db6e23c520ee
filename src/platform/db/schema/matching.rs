//! Tables of agreements with others, and of comparisons made under them (`matching`).

diesel::table! {
    agreements (id) {
        id -> Text,
        counterparty_zh -> Text,
        counterparty_en -> Text,
        aim_zh -> Text,
        aim_en -> Text,
        document -> Text,
        signed_on -> BigInt,
        until -> BigInt,
        proposed_by -> Text,
        proposed_at -> BigInt,
        approved_by -> Text,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    comparisons (agreement_id, position) {
        agreement_id -> Text,
        position -> BigInt,
        at -> BigInt,
        made_by -> Text,
        sent -> BigInt,
        told -> Nullable<BigInt>,
    }
}
