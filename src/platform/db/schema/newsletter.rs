//! Tables of the newsletter (`newsletter`).

diesel::table! {
    newsletter_topics (id) {
        id -> Text,
        name_zh -> Text,
        name_en -> Text,
        made_at -> BigInt,
        retired_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    newsletter_consents (hash) {
        hash -> Binary,
        version -> BigInt,
        language -> Text,
        words -> Text,
    }
}

diesel::table! {
    subscribers (id) {
        id -> Text,
        tag -> Binary,
        item -> Text,
        sealed -> Binary,
        access -> Text,
        language -> Text,
        state -> Text,
        consent -> Binary,
        agreed_at -> BigInt,
        confirmed_at -> Nullable<BigInt>,
        refusals -> BigInt,
        policy_version -> BigInt,
    }
}

diesel::table! {
    subscriber_topics (subscriber_id, topic_id) {
        subscriber_id -> Text,
        topic_id -> Text,
    }
}

diesel::table! {
    subscriber_moves (subscriber_id) {
        subscriber_id -> Text,
        code -> Text,
        tag -> Binary,
        item -> Text,
        sealed -> Binary,
        asked_at -> BigInt,
    }
}

diesel::table! {
    suppressed_addresses (tag) {
        tag -> Binary,
        why -> Text,
        since -> BigInt,
    }
}

diesel::table! {
    newsletter_issues (id) {
        id -> Text,
        slug -> Text,
        subject_zh -> Text,
        subject_en -> Text,
        body_zh -> Text,
        body_en -> Text,
        stage -> Text,
        version -> BigInt,
        send_at -> Nullable<BigInt>,
        began_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
        gathered_to -> Text,
        sent -> BigInt,
        uncertain -> BigInt,
        bounced -> BigInt,
        refused -> BigInt,
        dropped -> BigInt,
        policy_version -> BigInt,
    }
}

diesel::table! {
    newsletter_issue_topics (issue_id, topic_id) {
        issue_id -> Text,
        topic_id -> Text,
    }
}

diesel::table! {
    newsletter_letters (id) {
        id -> Text,
        issue_id -> Text,
        subscriber_id -> Text,
        stage -> Text,
        attempts -> BigInt,
        next_at -> BigInt,
        last_reply -> Text,
    }
}

diesel::table! {
    subscription_letters (id) {
        id -> Text,
        kind -> Text,
        subscriber_id -> Text,
        issue_id -> Text,
        language -> Text,
        item -> Text,
        sealed -> Binary,
        stage -> Text,
        attempts -> BigInt,
        last_reply -> Text,
        written_at -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(subscribers, subscriber_topics);
diesel::allow_tables_to_appear_in_same_query!(newsletter_letters, subscribers);
diesel::joinable!(subscriber_topics -> subscribers (subscriber_id));
