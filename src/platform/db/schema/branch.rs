//! The table of branches (`branch`).

diesel::table! {
    branches (id) {
        id -> Text,
        name_zh -> Text,
        name_en -> Text,
        made_at -> BigInt,
        closed_at -> Nullable<BigInt>,
    }
}
