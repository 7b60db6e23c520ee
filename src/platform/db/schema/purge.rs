//! Tables of made-up people and of files to be rewritten (`purge`).

diesel::table! {
    planted (activity_id, item) {
        activity_id -> Text,
        item -> Text,
    }
}

diesel::table! {
    tidyings (name) {
        name -> Text,
        wanted_at -> BigInt,
        done_at -> BigInt,
    }
}
