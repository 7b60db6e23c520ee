# The record of acts.

audit-title = Record of acts
audit-lead = Who did what, and when. Lines can be added, never changed or removed; no patron's personal data is in them.
audit-filter-title = Filter
audit-filter-activity = Activity code
audit-filter-actor = Who
audit-filter-button = Filter
audit-filter-clear = Clear the filter
audit-to-check = Check that the record is whole
# $count lines that the filter leaves
audit-count = { $count ->
    [one] { $count } line
   *[other] { $count } lines
}
audit-none = No line matches.
audit-position = No.
audit-at = When
audit-actor = Who
audit-act = What
audit-activity = Activity
audit-object = To what
audit-why = Purpose and reason
audit-actor-system = System
audit-actor-entrant = A patron
audit-purpose-winner-notice = Telling winners by mail
audit-purpose-winner-call = Calling winners
audit-purpose-winner-export = Exporting the list of winners
audit-purpose-prize-handover = Checking at the desk
audit-purpose-phone = Calling winners
audit-purpose-post = Writing to winners by post
audit-purpose-shipping = Sending prizes

audit-check-title = Check the record
audit-check-lead = Every line holds the fingerprint of the line before. This page computes all of them again, from the first, and compares them with the heads that were signed into the public journal.
audit-check-back = Record of acts
audit-check-passed = Everything matches: each line is as it was written.
# $position place of a line
audit-check-missing = Does not match: line { $position } is missing.
audit-check-unlinked = Does not match: line { $position } does not follow from the line before.
audit-check-changed = Does not match: line { $position } was changed after it was written.
audit-check-other-than-signed = Does not match: line { $position } is not the one that was signed; everything from there was written anew.
audit-check-cut-off = Does not match: the lines from { $position } on are missing; a signed head in the public journal shows that they were there.
audit-check-journal = Does not match: the public journal itself differs from the fingerprint signed last, so nothing can be compared with it.
audit-check-heads = Signed heads that match
# $time date and time
audit-check-signed = Last signed: { $time }.
audit-check-to-note = See this note in the journal
audit-check-not-applicable = There is no line yet, so there is nothing to check.
audit-check-could-not = Could not check: the database does not answer. This does not mean that anything is wrong; try again later.
audit-check-tag-passed = Everything matches
audit-check-tag-failed = Does not match
audit-check-tag-not-applicable = Not applicable
audit-check-tag-could-not-check = Could not check
audit-check-failed-next = Leave everything as it is, do not restart or restore a backup, and tell the person responsible for security.
audit-check-length = Lines that match
audit-check-head = Fingerprint of the last one
audit-check-at = Checked
audit-check-keep = Write the number and the fingerprint down elsewhere. If the same line has another fingerprint at a later check, or there are fewer lines, some were removed.

audit-reason-person = The reason holds personal data, so nothing was written
    .next = The record is kept for ever. Go back and name ticket numbers or the article of the rules, never names, ID numbers, telephone numbers or e-mail addresses.
audit-reason-id-number = This looks like an ID number. The record is kept for ever; name the ticket number instead.
audit-reason-phone = This looks like a telephone number. The record is kept for ever; please take it out.
audit-reason-email = This looks like an e-mail address. The record is kept for ever; please take it out.

audit-public-id-number = This looks like an ID number. Everybody will read these words: take it out and send again.
audit-public-mobile = This looks like a mobile number. Everybody will read these words: take it out and send again.

audit-act-activity-cancelled = Activity cancelled
audit-act-activity-closed = Entry closed
audit-act-activity-published = Activity published
audit-act-draw-correction-confirmed = Correction of the list confirmed
audit-act-draw-correction-dropped = Correction of the list dropped
audit-act-draw-correction-proposed = Correction of the list proposed
audit-act-draw-drawn = Drawn
audit-act-draw-frozen = List sealed
audit-act-draw-numbers-typed = Lottery numbers entered or confirmed
audit-act-draw-planned = Prizes and draw saved
audit-act-draw-secret-revealed = Secret revealed and witnessed
audit-act-draw-secret-withheld = Secret not revealed in time
audit-act-draw-superseded = Promise replaced by a new one
audit-act-draw-settled = Prizes passed on
audit-act-activity-created = Draft of an activity made
audit-act-activity-draft-deleted = Draft of an activity deleted
audit-act-activity-edited = Draft of an activity changed
audit-act-activity-fields-edited = Personal fields of a draft changed
audit-act-activity-statistics-edited = Statistics tables edited
audit-act-activity-questions-edited = Questions of a draft changed
audit-act-purge-begun = Deletion of personal data begun
audit-act-purge-certified = Personal data deleted and certified
audit-act-purge-certified-again = Checked and certified again after the last backup
audit-act-purge-keys-rotated = The key over keys was changed, as every year
audit-act-purge-replayed = Deleted again after a restore
audit-act-activity-given-up = Draw called off: no public randomness by the last day
audit-act-staff-created = Account made by the system
audit-act-staff-disabled = Account disabled
audit-act-staff-enabled = Account enabled again
audit-act-staff-invited = Staff invited
audit-act-staff-link-made = New one-time link made
audit-act-staff-locked = Account locked after failed tries
audit-act-staff-passphrase-changed = Passphrase changed
audit-act-staff-roles-changed = Role changed
audit-act-staff-sessions-ended = Sessions ended
audit-act-staff-set-up = Passphrase set through a one-time link
audit-act-staff-setup-link-made = Link for the first administrator made
audit-act-staff-signed-in = Signed in
audit-act-staff-signed-out = Signed out
audit-act-vault-looked-up = Looked for by the ID number that a person showed
audit-act-vault-not-told = A letter about an incident did not leave; nothing was opened
audit-act-vault-not-opened = The vault refused; nothing was opened
audit-act-vault-opened = Contact of a winner opened
audit-act-vault-opened-kept = A record of a request or of the tax vault opened
audit-act-vault-shared = Contact opened for a benefit provider that the person ticked
audit-act-vault-disclosed = Contact opened for a disclosure
audit-act-vault-told = Contact opened to tell of an incident
audit-act-vault-share-given = A librarian gave a share
audit-act-vault-unlocked = Contacts unlocked by two librarians
audit-act-vault-locked = Contacts locked
audit-act-vault-shares-made = Shares for three librarians made
audit-act-vault-shares-dropped = Shares of librarians dropped

audit-act-draw-removed = A draw removed
audit-act-draw-cancelled = A draw cancelled
audit-act-entry-earned-looked-up = Looked which people of a file had chances before (number of lines)
audit-act-entry-earned = Earned chances imported
audit-act-entry-corrected = Entry corrected by its person
audit-act-entry-erased = Data of an entry deleted by its person
audit-act-entry-sharing-stopped = Consent to share taken back
audit-act-rights-received = Request about personal data received
audit-act-rights-extended = Request about personal data extended
audit-act-rights-answered = Request about personal data answered
audit-act-rights-taken-back = Request about personal data taken back
audit-act-policy-retention-set = Set a retention period
audit-act-policy-processor-added = Added a processor
audit-act-policy-processor-ended = Ended a processor
audit-act-activity-codes-edited = Changed purposes and categories
