//! Tables of consents, providers' choices and requests of people (`rights`, `entry`).

diesel::table! {
    providers (id) {
        id -> Text,
        name_zh -> Text,
        name_en -> Text,
        address -> Text,
        active -> Bool,
    }
}

diesel::table! {
    activity_providers (activity_id, provider_id) {
        activity_id -> Text,
        provider_id -> Text,
        fields -> Text,
        purpose_zh -> Text,
        purpose_en -> Text,
        until -> BigInt,
    }
}

diesel::table! {
    provider_consents (activity_id, entry_id, provider_id) {
        activity_id -> Text,
        entry_id -> Text,
        provider_id -> Text,
        text_hash -> Binary,
        given_hour -> BigInt,
        withdrawn_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    provider_boxes (activity_id, provider_id, entry_id) {
        activity_id -> Text,
        provider_id -> Text,
        entry_id -> Text,
        item -> Text,
        handed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    rights_requests (id) {
        id -> Text,
        lookup -> Binary,
        kind -> Text,
        activity_id -> Text,
        entry_id -> Text,
        scope -> Text,
        item -> Text,
        language -> Text,
        received_at -> BigInt,
        due_at -> BigInt,
        extended_to -> Nullable<BigInt>,
        extension_reason -> Text,
        state -> Text,
        answered_at -> Nullable<BigInt>,
        answer_item -> Nullable<Text>,
        handled_by -> Text,
    }
}

use super::{entries, tickets};

diesel::allow_tables_to_appear_in_same_query!(activity_providers, providers);
diesel::allow_tables_to_appear_in_same_query!(provider_boxes, provider_consents);
diesel::allow_tables_to_appear_in_same_query!(provider_boxes, entries);
diesel::allow_tables_to_appear_in_same_query!(provider_boxes, tickets);
diesel::allow_tables_to_appear_in_same_query!(provider_consents, entries);
diesel::allow_tables_to_appear_in_same_query!(provider_consents, tickets);
