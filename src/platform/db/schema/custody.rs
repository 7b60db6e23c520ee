//! Tables of holds, disclosures, the tax vault and incidents (`custody`).

diesel::table! {
    holds (activity_id, id) {
        activity_id -> Text,
        id -> Text,
        draw_id -> Text,
        basis -> Text,
        rule -> Text,
        document -> Text,
        reason -> Text,
        days -> BigInt,
        state -> Text,
        proposed_by -> Text,
        proposed_at -> BigInt,
        approved_by -> Text,
        approved_at -> Nullable<BigInt>,
        until -> BigInt,
        renewal_by -> Text,
        renewal_days -> BigInt,
        renewed -> Bool,
        named -> BigInt,
        held -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    hold_tickets (activity_id, hold_id, position) {
        activity_id -> Text,
        hold_id -> Text,
        position -> BigInt,
    }
}

diesel::table! {
    held_items (activity_id, hold_id, item) {
        activity_id -> Text,
        hold_id -> Text,
        item -> Text,
        position -> BigInt,
        sealed -> Binary,
        notice -> Binary,
        tag -> Binary,
        finder -> Nullable<Binary>,
    }
}

diesel::table! {
    disclosures (id) {
        id -> Text,
        ground -> Text,
        activity_id -> Text,
        draw_id -> Text,
        document -> Text,
        agency -> Text,
        basis -> Text,
        reason -> Text,
        fields -> Text,
        expires -> Text,
        state -> Text,
        proposed_by -> Text,
        proposed_at -> BigInt,
        approved_by -> Text,
        decided_at -> Nullable<BigInt>,
        named -> BigInt,
        handed -> BigInt,
    }
}

diesel::table! {
    disclosed_rows (activity_id, disclosure_id, position) {
        activity_id -> Text,
        disclosure_id -> Text,
        position -> BigInt,
    }
}

diesel::table! {
    tax_years (year) {
        year -> BigInt,
        opened_at -> BigInt,
        filed_at -> Nullable<BigInt>,
        filed_by -> Text,
        delete_after -> Nullable<BigInt>,
        erased_small -> BigInt,
        erased_at -> Nullable<BigInt>,
        erased -> BigInt,
    }
}

diesel::table! {
    tax_rows (year, id) {
        year -> BigInt,
        id -> Text,
        activity_id -> Text,
        draw_id -> Text,
        slot -> Text,
        position -> BigInt,
        prize -> Text,
        payee_tag -> Binary,
        sealed -> Binary,
        value_twd -> BigInt,
        withheld_twd -> BigInt,
        resident -> Bool,
        paid_at -> BigInt,
        entered_by -> Text,
        matched -> Bool,
        confirmed_by -> Text,
        finder -> Nullable<Binary>,
    }
}

diesel::table! {
    incidents (id) {
        id -> Text,
        noticed_at -> BigInt,
        recorded_at -> BigInt,
        recorded_by -> Text,
        facts_zh -> Text,
        facts_en -> Text,
        measures_zh -> Text,
        measures_en -> Text,
        report_by -> Nullable<BigInt>,
        reported_at -> Nullable<BigInt>,
        report_no -> Text,
        state -> Text,
        told_by -> Text,
        told_at -> Nullable<BigInt>,
        by_mail -> Bool,
        closed_at -> Nullable<BigInt>,
        origin -> Text,
        reminded -> BigInt,
    }
}

diesel::table! {
    incident_activities (activity_id, incident_id) {
        activity_id -> Text,
        incident_id -> Text,
        affected -> BigInt,
    }
}

diesel::table! {
    incident_steps (incident_id, position) {
        incident_id -> Text,
        position -> BigInt,
        at -> BigInt,
        made_by -> Text,
        act -> Text,
        words -> Text,
        counted -> BigInt,
    }
}

diesel::table! {
    incident_letters (activity_id, incident_id, item) {
        activity_id -> Text,
        incident_id -> Text,
        item -> Text,
        stage -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    holds,
    hold_tickets,
    held_items,
    disclosures,
    disclosed_rows,
    tax_years,
    tax_rows,
    incidents,
    incident_activities,
    incident_letters,
    incident_steps,
);
