"""The rule of every table: a table without one, or a column that is neither shown nor explained, fails the suite."""

from collections.abc import Mapping

from agreements.privacy.types import Rule, Whose

ID = "a random number of the row, or of another row that is shown where it is somebody's own"
HASH = "a keyed hash by which something is found that is shown beside it"
STAFF = "names a member of staff, not the person"
SENDING = "how far the machine is with sending"
SECRET = "proves who somebody is; to show it would give it away"  # noqa: S105 -- says why a column is not shown
CATALOGUE = "belongs to an offer, not to a person"
MANY = "said to many, about nobody"
EMPTIED = "kept until the message is answered and emptied in the same commit"
STATE = "how the page of the desk was opened"
LEFT = "what is left of an erased case, which it does not name"
CHAIN = "binds the row to the one before, so that a change of the log is seen"

PLAIN = frozenset({"chat_sealed", "case_sealed", "name_sealed", "shown_sealed"})
"""Sealed columns that hold text as it is; the others hold JSON."""


def _rule(
    whose: Whose,
    by: str = "",
    shown: str = "",
    *,
    of: str = "",
    trail: str = "",
    at_office: bool = False,
    **reasons: str,
) -> Rule:
    named = {
        "ids": ID,
        "hashes": HASH,
        "staff": STAFF,
        "sending": SENDING,
        "secret": SECRET,
        "catalogue": CATALOGUE,
    }
    named |= {"many": MANY, "emptied": EMPTIED, "state": STATE, "chain": CHAIN, "left": LEFT}
    not_personal = {named[reason]: tuple(columns.split()) for reason, columns in reasons.items()}
    return Rule(whose, by, of, tuple(trail.split()), tuple(shown.split()), not_personal, at_office)


_PEOPLE: Mapping[str, Rule] = {
    "persons": _rule(
        Whose.PERSON,
        "id",
        "chat_sealed language language_chosen notice_version notice_at notice_shown paused reachable quiet menu created_at seen_at",
        ids="id",
        hashes="chat_hash",
    ),
    "picture_locks": _rule(
        Whose.PERSON,
        "person_id",
        "made_at wrong waits_until open_until",
        ids="person_id",
        secret="salt pictures_hash",  # noqa: S106 -- names of columns
    ),
    "opt_ins": _rule(Whose.PERSON, "person_id", "what given version language at", ids="id person_id"),
    "roles": _rule(
        Whose.PERSON, "person_id", "role granted_at ended_at", ids="id person_id", staff="granted_by"
    ),
    "invitations": _rule(
        Whose.CASE,
        "client_id",
        "role created_at expires_at max_uses uses revoked_at",
        ids="id client_id",
        hashes="token_hash",
        staff="created_by",
    ),
    "invitation_attempts": _rule(Whose.PERSON, "person_id", "at", ids="id person_id"),
    "drafts": _rule(Whose.PERSON, "person_id", "kind step data_sealed expires_at", ids="id person_id"),
    "inbox": _rule(
        Whose.PASSING,
        hashes="chat_hash",
        emptied="payload_sealed",
        sending="seq update_id kind state attempts not_before lease_until owner received_at finished_at error",
    ),
    "outbox": _rule(
        Whose.PERSON,
        "person_id",
        "kind state payload_sealed due_at created_at finished_at reason",
        ids="id person_id dedup_key",
        sending="policy priority urgent not_after attempts lease_until owner message_id opens",
    ),
    "leases": _rule(Whose.NOBODY, sending="name owner until"),
    "desk_accounts": _rule(
        Whose.PERSON,
        "person_id",
        "name_sealed shown_sealed created_at disabled_at",
        ids="id person_id",
        hashes="name_hash subject_hash",
        secret="password_sealed totp_sealed totp_step",  # noqa: S106 -- names of columns
    ),
    "desk_sessions": _rule(
        Whose.PERSON,
        "account_id",
        "created_at seen_at expires_at",
        of="desk_accounts",
        ids="id account_id",
        hashes="token_hash",
    ),
    "desk_codes": _rule(
        Whose.PERSON,
        "account_id",
        "kind created_at expires_at used_at",
        of="desk_accounts",
        trail="claimed_by",
        ids="id account_id claimed_by",
        hashes="token_hash",
        secret="totp_sealed",  # noqa: S106 -- the name of a column
    ),
    "desk_attempts": _rule(Whose.PASSING, ids="id", hashes="name_hash", state="at"),
    "staff_settings": _rule(
        Whose.PERSON, "person_id", "digest silent_weeks absent_until digest_on", ids="person_id"
    ),
    "standing_deputies": _rule(Whose.PERSON, "person_id", "since", ids="person_id", staff="deputy_id"),
    "volunteer_places": _rule(Whose.PERSON, "person_id", "place", ids="person_id"),
    "access_log": _rule(
        Whose.LOGGED,
        "case_hash",
        "at acted_as part change",
        hashes="actor_hash case_hash",
        chain="seq key_id link",
    ),
    "access_chain": _rule(Whose.NOBODY, chain="name seq link key_id proof"),
    "meetings": _rule(
        Whose.UNLINKED,
        "created_by",
        "kind place location valid_from valid_to freq interval byday opens_at created_at",
        trail="created_by",
        ids="id created_by",
    ),
    "meeting_dates": _rule(
        Whose.NOBODY, many="meeting_id day cancelled moved_to moved_opens_at asked_at held people"
    ),
    "meeting_guests": _rule(Whose.PERSON, "person_id", "day coming answered_at", ids="meeting_id person_id"),
    "saved_offers": _rule(Whose.PERSON, "person_id", "offer_id saved_at", ids="person_id"),
    "saved_profiles": _rule(Whose.PERSON, "person_id", "mark filters_sealed used_at", ids="id person_id"),
    "saved_searches": _rule(
        Whose.PERSON, "person_id", "query_sealed created_at seen_at", ids="id person_id", sending="told_at"
    ),
    "feedback_wishes": _rule(Whose.PERSON, "person_id", "since", ids="person_id"),
    "feedback_asks": _rule(Whose.PERSON, "person_id", "offer_id asked_at answered", ids="id person_id"),
    "transfer_exports": _rule(Whose.PERSON, "person_id", "exported_at", ids="id person_id"),
}

_CASES: Mapping[str, Rule] = {
    "clients": _rule(
        Whose.CASE,
        "id",
        "case_sealed language place picture reminders created_at linked_at ended_at restricted_at restriction_asked_at",
        trail="person_id",
        ids="id person_id",
        hashes="case_hash",
        staff="coordinator_id",
    ),
    "client_deputies": _rule(Whose.CASE, "client_id", ids="client_id", staff="person_id"),
    "case_holds": _rule(
        Whose.CASE,
        "client_id",
        "reason until held_at lifted_at",
        ids="id client_id",
        staff="held_by lifted_by",
    ),
    "tombstones": _rule(Whose.LOGGED, hashes="case_hash", left="reason erased_on"),
    "client_files": _rule(
        Whose.CASE,
        "client_id",
        "allocated_on education_recorded_on competence_offered_on competence_done_on record_sealed updated_at",
        ids="client_id",
    ),
    "client_changes": _rule(
        Whose.CASE,
        "client_id",
        "before_sealed after_sealed changed_at",
        ids="id client_id subject undoes",
        staff="changed_by",
        at_office=True,
    ),
    "case_notes": _rule(
        Whose.CASE,
        "client_id",
        "channel happened_on text_sealed created_at removed_at",
        ids="id client_id",
        staff="created_by",
        at_office=True,
    ),
    "case_handovers": _rule(
        Whose.CASE,
        "client_id",
        "handed_at",
        ids="id batch_id client_id",
        staff="before_id after_id handed_by",
    ),
    "agreements": _rule(
        Whose.CASE, "client_id", "signed_on version created_at", ids="id client_id", staff="created_by"
    ),
    "agreement_contents": _rule(
        Whose.CASE,
        "agreement_id",
        "content_sealed signed_at",
        of="agreements",
        ids="agreement_id",
        staff="signed_by",
    ),
    "agreement_replies": _rule(
        Whose.CASE,
        "agreement_id",
        "seen_at confirmed_at change_at mark_sealed language",
        of="agreements",
        ids="agreement_id",
    ),
    "goals": _rule(
        Whose.CASE,
        "client_id",
        "field phrase words_sealed roadmap_goal reached_on dropped_at created_at",
        ids="id client_id",
        staff="created_by",
    ),
    "milestones": _rule(
        Whose.CASE,
        "client_id",
        "phrase slots_sealed offer_id due_on status created_at updated_at",
        ids="id agreement_id client_id",
        staff="created_by",
    ),
    "milestone_events": _rule(
        Whose.CASE,
        "milestone_id",
        "status reason_sealed at",
        of="milestones",
        trail="actor_id",
        ids="id milestone_id actor_id",
    ),
    "milestone_goals": _rule(
        Whose.CASE, "milestone_id", "roadmap_goal", of="milestones", ids="milestone_id goal_id"
    ),
    "coordinator_tasks": _rule(
        Whose.CASE,
        "client_id",
        "phrase due_on done_on dropped_at created_at",
        ids="id client_id milestone_id",
        staff="created_by",
    ),
    "appointments": _rule(
        Whose.CASE,
        "client_id",
        "phrase place where_sealed local_time time_zone starts_at minutes bring brought status created_at updated_at",
        ids="id client_id series_id",
        staff="created_by",
    ),
    "appointment_series": _rule(Whose.CASE, "client_id", "rule created_at", ids="id client_id"),
    "appointment_shares": _rule(
        Whose.CASE,
        "appointment_id",
        "created_at opened_at ended_at",
        of="appointments",
        trail="helper_id",
        ids="id appointment_id helper_id",
        hashes="token_hash",
    ),
    "reminders": _rule(
        Whose.CASE,
        "client_id",
        "subject occurrence state urgent sent_at opened_at answered_at answer again",
        ids="id client_id subject_id outbox_id lead_id",
        sending="not_after",
    ),
    "reminder_wishes": _rule(Whose.CASE, "client_id", "subject offsets", ids="client_id subject_id"),
    "requests": _rule(
        Whose.CASE,
        "client_id",
        "kind reason_sealed offer_id instead created_at answer_by seen_at answered_at answer_sealed",
        ids="id client_id subject_id",
        staff="answered_by",
    ),
    "placements": _rule(
        Whose.CASE,
        "client_id",
        "offer_id status result created_at updated_at",
        ids="id client_id milestone_id request_id",
    ),
    "placement_events": _rule(
        Whose.CASE,
        "placement_id",
        "status result at",
        of="placements",
        trail="actor_id",
        ids="id placement_id actor_id",
    ),
    "consents": _rule(
        Whose.CASE,
        "client_id",
        "parts version language how asked_at said answered_at revoked_at revoked_how",
        ids="id client_id",
        staff="asked_by",
    ),
    "handovers": _rule(
        Whose.CASE, "client_id", "parts form handed_at", ids="id client_id consent_id", staff="handed_by"
    ),
    "transfer_ids": _rule(
        Whose.CASE,
        "client_id",
        "kind external_sealed",
        ids="id client_id subject_id",
        hashes="external_hash row_hash",
    ),
    "campaigns": _rule(
        Whose.UNLINKED,
        "created_by",
        "audience send_at created_at cancelled_at",
        trail="created_by",
        ids="id created_by",
    ),
    "campaign_texts": _rule(
        Whose.NOBODY, ids="id campaign_id", many="version phrase slots_sealed created_at"
    ),
    "campaign_recipients": _rule(
        Whose.PERSON,
        "person_id",
        "opened_at answer answered_at",
        ids="id campaign_id person_id client_id outbox_key",
    ),
}

_CATALOGUE: Mapping[str, Rule] = {
    "offer_versions": _rule(
        Whose.UNLINKED,
        "changed_by",
        "offer_id changed_at",
        trail="changed_by",
        ids="id changed_by",
        catalogue="before",
    ),
    "offer_reports": _rule(
        Whose.UNLINKED,
        "person_id",
        "offer_id reason created_at closed_at",
        trail="person_id",
        ids="id person_id",
    ),
    "offer_owners": _rule(Whose.PERSON, "person_id", "owner", ids="person_id"),
    "house_settings": _rule(Whose.NOBODY, many="name value"),
    "house_changes": _rule(
        Whose.UNLINKED, "changed_by", "name before after changed_at", trail="changed_by", ids="id changed_by"
    ),
    "search_gaps": _rule(Whose.NOBODY, many="language topic place lacking count last_on"),
    "roadmap_goals": _rule(
        Whose.NOBODY,
        catalogue="number field text responsible deadline indicator target measure aim light note judged_on updated_at",
    ),
    "providers": _rule(
        Whose.NOBODY,
        catalogue="id external_id name description place address_1 postal_code phone email website row_hash",
    ),
    "offers": _rule(
        Whose.NOBODY,
        catalogue="id external_id provider_id topic kind field_of_action name summary description keywords place location_name"
        " address_1 postal_code transportation level_min level_max audience childcare languages cost cost_amount residence_status registration"
        " registration_deadline capacity free_places barrier_free phone email url bring source owner district_financed cooperation_until"
        " assured_date status row_hash changed_at",
    ),
    "schedules": _rule(
        Whose.NOBODY,
        catalogue="id offer_id position valid_from valid_to freq interval byday opens_at closes_at skip_holidays note",
    ),
    "responsibilities": _rule(
        Whose.NOBODY, catalogue="id external_id offer_id matter residence_status places row_hash"
    ),
    "offer_merges": _rule(
        Whose.UNLINKED, "merged_by", "offer_id into_id merged_at", trail="merged_by", ids="merged_by"
    ),
    "offer_twins_denied": _rule(
        Whose.UNLINKED, "denied_by", "first_id second_id denied_at", trail="denied_by", ids="denied_by"
    ),
    "offer_exceptions": _rule(
        Whose.NOBODY, catalogue="offer_id day opens_at moved_to moved_opens_at moved_closes_at"
    ),
    "offer_arrivals": _rule(Whose.NOBODY, catalogue="offer_id arrived_at"),
    "offer_feedback": _rule(Whose.NOBODY, many="offer_id answer count"),
    "offer_originals": _rule(Whose.NOBODY, catalogue="offer_id content"),
    "offer_texts": _rule(
        Whose.NOBODY, catalogue="id offer_id language field text state source_hash updated_at"
    ),
    "offer_reviews": _rule(Whose.NOBODY, catalogue="offer_id asked_on times"),
    "offer_checks": _rule(Whose.NOBODY, catalogue="offer_id checked_on"),
    "guide_pages": _rule(
        Whose.NOBODY,
        catalogue="id region language path title lines url source last_updated row_hash changed_at",
    ),
}

RULES: Mapping[str, Rule] = {**_PEOPLE, **_CASES, **_CATALOGUE}
