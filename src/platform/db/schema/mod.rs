//! The tables as Diesel sees them; written beside `migrations/`, one type vocabulary for both databases.
//!
//! Not here: rows (private to each domain's `store.rs`).

pub(crate) mod admission;
pub(crate) mod branch;
pub(crate) mod custody;
pub(crate) mod discussion;
pub(crate) mod external;
pub(crate) mod feedback;
pub(crate) mod matching;
pub(crate) mod member;
pub(crate) mod newsletter;
pub(crate) mod policy;
pub(crate) mod purge;
pub(crate) mod response;
pub(crate) mod retention;
pub(crate) mod rights;
pub(crate) mod seats;
pub(crate) mod sites;
pub(crate) mod stats;

diesel::table! {
    site_settings (name) {
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    staff (id) {
        id -> Text,
        name -> Text,
        passphrase_hash -> Text,
        failures -> BigInt,
        locked_until -> BigInt,
        disabled -> Bool,
        created_at -> BigInt,
    }
}

diesel::table! {
    grants (staff_id, role, branch) {
        staff_id -> Text,
        role -> Text,
        branch -> Text,
    }
}

diesel::table! {
    staff_sessions (token_hash) {
        token_hash -> Binary,
        staff_id -> Text,
        opened_at -> BigInt,
        seen_at -> BigInt,
        ends_at -> BigInt,
        second -> Bool,
        proved_at -> BigInt,
    }
}

diesel::table! {
    staff_factors (staff_id) {
        staff_id -> Text,
        sealed -> Binary,
        last_step -> BigInt,
        set_at -> BigInt,
        reset_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    staff_recovery (staff_id, code_hash) {
        staff_id -> Text,
        code_hash -> Binary,
    }
}

diesel::table! {
    staff_openid (staff_id) {
        staff_id -> Text,
        issuer -> Text,
        tag -> Binary,
        linked_at -> BigInt,
    }
}

diesel::table! {
    staff_passkeys (id) {
        id -> Text,
        staff_id -> Text,
        tag -> Binary,
        sealed -> Binary,
        uses -> BigInt,
        added_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    setup_links (token_hash) {
        token_hash -> Binary,
        staff_id -> Nullable<Text>,
        ends_at -> BigInt,
    }
}

diesel::table! {
    activities (id) {
        id -> Text,
        slug -> Text,
        kind -> Text,
        stage -> Text,
        title_zh -> Text,
        title_en -> Text,
        text_zh -> Text,
        text_en -> Text,
        rules_zh -> Text,
        rules_en -> Text,
        opens_at -> BigInt,
        closes_at -> BigInt,
        freezes_at -> BigInt,
        draws_at -> BigInt,
        ends_at -> BigInt,
        claim_days -> BigInt,
        retention_days -> BigInt,
        purges_at -> BigInt,
        answers_linked -> Bool,
        arrangement -> Text,
        notice_zh -> Text,
        notice_en -> Text,
        cancelled_reason -> Text,
        version -> BigInt,
        created_by -> Text,
        created_at -> BigInt,
        published_at -> Nullable<BigInt>,
        unlock -> Text,
        halted_at -> BigInt,
        eligibility -> Text,
        branch -> Text,
    }
}

diesel::table! {
    asked_fields (activity_id, field) {
        activity_id -> Text,
        field -> Text,
        required -> Bool,
        purpose_zh -> Text,
        purpose_en -> Text,
    }
}

diesel::table! {
    questions (activity_id, id) {
        activity_id -> Text,
        id -> Text,
        position -> BigInt,
        kind -> Text,
        label_zh -> Text,
        label_en -> Text,
        hint_zh -> Text,
        hint_en -> Text,
        required -> Bool,
    }
}

diesel::table! {
    logs (activity_id, id) {
        activity_id -> Text,
        id -> Text,
        origin -> Text,
        base -> Nullable<Binary>,
        size -> BigInt,
        root -> Binary,
        checkpoint -> Text,
    }
}

diesel::table! {
    log_nodes (activity_id, log_id, level, position) {
        activity_id -> Text,
        log_id -> Text,
        level -> BigInt,
        position -> BigInt,
        hash -> Binary,
    }
}

diesel::table! {
    commitments (activity_id, draw_id, position) {
        activity_id -> Text,
        draw_id -> Text,
        position -> BigInt,
        commitment -> Binary,
    }
}

diesel::table! {
    journal_notes (position) {
        position -> BigInt,
        note -> Text,
        written_at -> BigInt,
    }
}

diesel::table! {
    journal_witnesses (vkey) {
        vkey -> Text,
        url -> Text,
        asked -> Bool,
        quorum -> BigInt,
        size -> BigInt,
        failures -> BigInt,
        next_try -> BigInt,
        trouble -> Text,
    }
}

diesel::table! {
    journal_cosignatures (size, vkey) {
        size -> BigInt,
        vkey -> Text,
        arrival -> BigInt,
        seen_at -> BigInt,
        line -> Text,
    }
}

diesel::table! {
    draw_anchors (activity_id, draw_id, journal_position) {
        activity_id -> Text,
        draw_id -> Text,
        journal_position -> BigInt,
        size -> BigInt,
        written_at -> BigInt,
    }
}

diesel::table! {
    draws (activity_id, id) {
        activity_id -> Text,
        id -> Text,
        stage -> Text,
        reserves -> BigInt,
        wins_per_person -> BigInt,
        tickets_per_person -> BigInt,
        manifest -> Nullable<Binary>,
        due_at -> BigInt,
        position -> BigInt,
        slug -> Text,
        name_zh -> Text,
        name_en -> Text,
        draws_at -> BigInt,
    }
}

diesel::table! {
    draw_sources (activity_id, draw_id, position) {
        activity_id -> Text,
        draw_id -> Text,
        position -> BigInt,
        kind -> Text,
        chain -> Nullable<Binary>,
        round -> Nullable<BigInt>,
        game -> Text,
        issue -> Text,
        ascending -> Bool,
        balls -> BigInt,
        balls_zh -> Text,
        balls_en -> Text,
        outcomes -> BigInt,
        drawn_at -> BigInt,
        published_by -> BigInt,
        commitment -> Nullable<Binary>,
        value -> Nullable<Text>,
        typed -> Text,
        typed_by -> Text,
        trouble -> Text,
    }
}

diesel::table! {
    corrections (activity_id, draw_id, seq, position) {
        activity_id -> Text,
        draw_id -> Text,
        seq -> BigInt,
        position -> BigInt,
        code -> Text,
        reason -> Text,
        proposed_by -> Text,
        confirmed_by -> Text,
        written_at -> BigInt,
    }
}

diesel::table! {
    draw_exclusions (activity_id, draw_id, excluded_id) {
        activity_id -> Text,
        draw_id -> Text,
        excluded_id -> Text,
    }
}

diesel::table! {
    drums (activity_id, draw_id) {
        activity_id -> Text,
        draw_id -> Text,
        position -> BigInt,
        slug -> Text,
        name_zh -> Text,
        name_en -> Text,
        cap -> BigInt,
        draws_at -> BigInt,
        frozen -> Bool,
    }
}

diesel::table! {
    earned_rows (activity_id, digest) {
        activity_id -> Text,
        digest -> Binary,
    }
}

diesel::table! {
    prizes (activity_id, draw_id, position) {
        activity_id -> Text,
        draw_id -> Text,
        position -> BigInt,
        slug -> Text,
        name_zh -> Text,
        name_en -> Text,
        units -> BigInt,
        value_twd -> BigInt,
    }
}

diesel::table! {
    draw_notes (activity_id, draw_id, name) {
        activity_id -> Text,
        draw_id -> Text,
        name -> Text,
        note -> Text,
        hash -> Binary,
        proof -> Text,
        journal_position -> BigInt,
        written_at -> BigInt,
    }
}

diesel::table! {
    vault_keys (activity_id) {
        activity_id -> Text,
        notify_public -> Binary,
        answers_public -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    vault_items (activity_id, id) {
        activity_id -> Text,
        id -> Text,
        key_scope -> Text,
        sealed -> Binary,
        own_copy -> Nullable<Binary>,
    }
}

diesel::table! {
    unlinked_answers (activity_id, id) {
        activity_id -> Text,
        id -> Text,
        sealed -> Binary,
        resealed -> Bool,
    }
}

diesel::table! {
    vault_scopes (scope) {
        scope -> Text,
        notify_public -> Binary,
        created_at -> BigInt,
        erased_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    entries (activity_id, id) {
        activity_id -> Text,
        id -> Text,
        lookup -> Binary,
        contact_item -> Nullable<Text>,
        answers_item -> Nullable<Text>,
        notice_hash -> Binary,
        language -> Text,
        taken_hour -> BigInt,
        withdrawn -> Bool,
        counted -> Bool,
        erased_at -> Nullable<BigInt>,
        agreed -> Bool,
        agreed_until -> Nullable<BigInt>,
        policy_version -> BigInt,
    }
}

diesel::table! {
    tickets (activity_id, draw_id, position) {
        activity_id -> Text,
        draw_id -> Text,
        position -> BigInt,
        entry_id -> Text,
        ticket_no -> BigInt,
        tag -> Binary,
        bind -> Binary,
        void -> Nullable<Text>,
    }
}

diesel::table! {
    claims (activity_id, draw_id, slot, position) {
        activity_id -> Text,
        draw_id -> Text,
        slot -> Text,
        position -> BigInt,
        stage -> Text,
        deadline -> BigInt,
        marked_by -> Text,
        marked_at -> BigInt,
        reason -> Text,
        proposed_by -> Text,
        told -> Bool,
        has_address -> Nullable<Bool>,
    }
}

diesel::table! {
    notices (activity_id, id) {
        activity_id -> Text,
        id -> Text,
        draw_id -> Text,
        slot -> Text,
        position -> BigInt,
        kind -> Text,
        copy -> BigInt,
        message_id -> Text,
        stage -> Text,
        attempts -> BigInt,
        next_at -> BigInt,
        last_reply -> Text,
        sent_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    exports (activity_id, id) {
        activity_id -> Text,
        id -> Text,
        staff_id -> Text,
        made_at -> BigInt,
        purpose -> Text,
        format -> Text,
        row_count -> BigInt,
    }
}

diesel::table! {
    jobs (id) {
        id -> Text,
        kind -> Text,
        activity_id -> Text,
        payload -> Text,
        run_at -> BigInt,
        attempts -> BigInt,
        lease_until -> BigInt,
        lease_token -> Text,
        dedup_key -> Text,
        last_error -> Text,
    }
}

diesel::table! {
    audit_records (position) {
        position -> BigInt,
        at -> BigInt,
        actor -> Text,
        act -> Text,
        activity_id -> Text,
        object -> Text,
        purpose -> Text,
        reason -> Text,
        previous -> Binary,
        hash -> Binary,
    }
}

diesel::table! {
    purges (activity_id) {
        activity_id -> Text,
        step -> Text,
        started_at -> BigInt,
        updated_at -> BigInt,
        report -> Text,
        trouble -> Text,
        certificate -> Text,
        phase2_at -> BigInt,
        phase2 -> Text,
        gone -> Text,
    }
}

diesel::table! {
    statistics (activity_id) {
        activity_id -> Text,
        published -> Text,
        made_at -> BigInt,
        hash -> Text,
    }
}

diesel::table! {
    reveals (activity_id, draw_id) {
        activity_id -> Text,
        draw_id -> Text,
        step -> BigInt,
        paused -> Bool,
        black -> Bool,
        quiet -> Bool,
        names -> Bool,
        reserves -> Bool,
        begun_at -> BigInt,
        moved_at -> BigInt,
    }
}

diesel::table! {
    inspections (activity_id, draw_id) {
        activity_id -> Text,
        draw_id -> Text,
        sample -> BigInt,
        begun_by -> Text,
        begun_at -> BigInt,
    }
}

diesel::table! {
    inspected_tickets (activity_id, draw_id, position) {
        activity_id -> Text,
        draw_id -> Text,
        position -> BigInt,
        found -> Bool,
        marked_by -> Text,
        marked_at -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    site_settings,
    staff,
    grants,
    staff_sessions,
    staff_factors,
    staff_recovery,
    staff_openid,
    staff_passkeys,
    setup_links,
    activities,
    asked_fields,
    questions,
    logs,
    log_nodes,
    commitments,
    journal_notes,
    journal_witnesses,
    journal_cosignatures,
    draw_anchors,
    draws,
    draw_sources,
    corrections,
    draw_exclusions,
    drums,
    earned_rows,
    prizes,
    draw_notes,
    vault_keys,
    vault_items,
    unlinked_answers,
    vault_scopes,
    entries,
    tickets,
    claims,
    notices,
    exports,
    jobs,
    audit_records,
    purges,
    statistics,
    reveals,
    inspections,
    inspected_tickets,
);
