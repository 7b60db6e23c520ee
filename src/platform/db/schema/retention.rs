//! Tables of periods of keeping, versions of notices and processors (`policy`).

diesel::table! {
    retention_settings (class, version) {
        class -> Text,
        version -> BigInt,
        days -> BigInt,
        reason -> Text,
        set_by -> Text,
        set_at -> BigInt,
    }
}

diesel::table! {
    notice_versions (activity_id, version) {
        activity_id -> Text,
        version -> BigInt,
        zh -> Text,
        en -> Text,
        valid_from -> BigInt,
    }
}

diesel::table! {
    activity_codes (activity_id, code) {
        activity_id -> Text,
        code -> Text,
    }
}

diesel::table! {
    told_purposes (activity_id, notice, purpose) {
        activity_id -> Text,
        notice -> Binary,
        purpose -> Text,
    }
}

diesel::table! {
    processors (id) {
        id -> Text,
        name_zh -> Text,
        name_en -> Text,
        task_zh -> Text,
        task_en -> Text,
        starts_at -> BigInt,
        ends_at -> Nullable<BigInt>,
    }
}
