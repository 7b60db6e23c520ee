# Winners, letters, claims and exports.

notify-winners-title = Winners and notices
notify-not-yet = Nothing has been drawn yet. The list appears here after the draw.
notify-never = The activity is cancelled; there will be no winners.
notify-told = Letters to { $count ->
    [one] { $count } person are
   *[other] { $count } people are
} on their way. The list below shows how far they have come.
notify-untold = { $count ->
    [one] { $count } winner has
   *[other] { $count } winners have
} not been told yet.
notify-go = Tell { $count ->
    [one] { $count } winner
   *[other] { $count } winners
}
notify-waits = Letters are waiting: { $why }
notify-trouble = Some winners got no letter, or perhaps got one. Open them in the list to call, or to send another.
notify-filter = Show only
notify-filter-all = All
notify-filter-go = Filter
notify-no-lines = Nothing matches.
notify-reserves-hint = A reserve moves up when a winner declines or does not come, at the deadline and in order; when there is no reserve left, the same order goes on, and nothing is drawn again. Staff cannot choose.
notify-to-exports = Export the list of winners
notify-column-prize = Prize
notify-column-ticket = Number
notify-column-state = State
notify-column-deadline = Deadline
notify-column-notices = Notices
notify-column-name = Name
notify-column-phone = Telephone
notify-column-postal-code = Postal code
notify-column-county = County or city
notify-column-district = District
notify-column-address = Address
notify-claim-held = Not collected yet
notify-claim-reserve = Reserve, waiting
notify-claim-claimed = Collected
notify-claim-declined = Declined
notify-claim-erased = Asked for erasure
notify-claim-ineligible = Not eligible
notify-claim-expired = Deadline missed
notify-claim-vacated = Moved up
notify-kind-won = Winner's letter
notify-kind-promoted = Letter to a reserve who moved up
notify-kind-reminder = Reminder
notify-kind-duplicate = Reminder to the same person's other entry
notify-stage-waiting = waiting to be sent
notify-stage-sending = leaving now
notify-stage-sent = taken by the mail server
notify-stage-uncertain = perhaps sent
notify-stage-refused = refused by the mail server
notify-stage-no-address = no e-mail address
notify-stage-dropped = no longer needed
notify-notice = { $kind }: { $stage }
notify-notice-when = { $kind }: { $stage } ({ $when })
notify-notice-reply = { $notice }; { $reply }
notify-reply-not-configured = no mail server is configured
notify-reply-unreachable = the mail server cannot be reached; it is tried again
notify-reply-tls = the connection to the mail server cannot be encrypted; it is tried again
notify-reply-sign-in = the mail server did not let us sign in; ask the administrator
notify-reply-crash = the system stopped while it was leaving; it is not sent again by itself
notify-reply-lost = it left and no answer came; it is not sent again by itself
notify-reply-code = the mail server answered { $code }
notify-tax-title = Tax
notify-tax-small = Worth TWD { $value }. Residents: nothing withheld; no statement for those whose prizes of the year here total TWD { $year } or less with nothing withheld. Non-residents: TWD { $other } withheld and a statement.
notify-tax-listed = Worth TWD { $value }. Residents: nothing withheld, but a statement is due. Non-residents: TWD { $other } withheld and a statement.
notify-tax-withheld = Worth TWD { $value }, more than TWD { $free }. Residents: TWD { $resident } withheld and a statement. Non-residents: TWD { $other } withheld and a statement.
notify-tax-source = Source: { $source }. Looked up on { $date }; ask your accountants. No health insurance premium is due on prizes.
notify-send-title = Send letters to winners
notify-send-lead = One letter each to { $count ->
    [one] { $count } winner who has not been told
   *[other] { $count } winners who have not been told
}, in the language in which they entered.
notify-without-address = { $count ->
    [one] { $count } of them left no e-mail address: call or write.
   *[other] { $count } of them left no e-mail address: call or write.
}
notify-send-later = Afterwards these leave by themselves: reminders a day before the deadline, and letters to reserves who move up.
notify-send-warning = Will be sent to { $count ->
    [one] { $count } person
   *[other] { $count } people
}, cannot be recalled.
notify-send = Send to { $count ->
    [one] { $count } person
   *[other] { $count } people
}
notify-send-not = Not now
notify-all-told = Every winner has been told.
notify-changed = The list has changed meanwhile. Look at the number below again before you send.
notify-not-configured = No mail server is configured. You may send now; letters wait until there is one.
notify-preview-zh = Chinese letter
notify-preview-en = English letter
notify-preview-subject = Subject
notify-preview-name = (name of the winner)
notify-preview-hint = Prize and number differ for each winner. The subject is the same for all and holds no personal data.
notify-desk-title = Hand over the prize
notify-desk-lead = Ask for the ID card and type the whole number here. The system answers match or no match and keeps nothing.
notify-desk-hint = Full-width, lower case and spaces are fine
notify-desk-check = Compare and mark as collected
notify-claim-no-match = It does not match the winning entry. Type it again from the card; if it still does not match, the prize cannot be handed over
notify-call-title = Call the winner
notify-call-lead = Shows the name masked and the whole telephone number, and writes down that you asked.
notify-call-reason = Reason
notify-call-reason-empty = Select the reason for the call
notify-call-show = Show the telephone number
notify-call-no-address = No e-mail address
notify-call-not-delivered = The letter was not delivered
notify-call-no-answer = A letter was sent and nobody came
notify-call-asked = The winner asked for a call
notify-called-title = Contact
notify-called-none = No telephone number
notify-called-script = Say the library's and the activity's name first; the person may look up our number and call back. Never ask for an ID number, account or card on the telephone.
notify-undo-lead = Until { $until } you can take this back. If the payee was taken down for the tax, that row is deleted with it.
notify-undo = Take it back
notify-leave-title = Declined or not eligible
notify-leave-lead = At the deadline the next in order moves up; until then it can be taken back. The result shows the code in public, and no name.
notify-leave-code = Reason
notify-leave-code-empty = Select a reason
notify-leave-d = The person declines (code D)
notify-leave-e = The person asks for erasure of their data (code E)
notify-leave-i = Not eligible by the rules (code I), once another member of staff confirms it
notify-leave-rule = Rule for not eligible
notify-leave-rule-hint = Only for “not eligible”, for example “rule 3”. It is kept in the audit record. Do not write anybody’s name
notify-leave-rule-empty = Enter the rule by which the person is not eligible, at most 200 characters
notify-leave = Mark
notify-doubt-title = Waiting for a second person: not eligible
notify-doubt-lead = Rule: { $rule }. Once confirmed, the next in order moves up at the deadline; until it is confirmed the prize stays with the winner.
notify-doubt-alone = Nobody else can sign in at present, so you propose and confirm alone.
notify-doubt-confirm = Confirm as not eligible
notify-doubt-drop = Withdraw, the winner stays
notify-keep-lead = Marked as “{ $state }”; the next in order moves up at the deadline. If it was marked by mistake or the person changes their mind, take it back.
notify-keep = Take it back, the winner stays
notify-resend-lead = If you send another, the person may get two.
notify-resend = Send another
notify-exports-title = Export winners
notify-exports-back = Administration
notify-exports-lead = Winners and reserves who moved up, with the fields of the purpose and no other. Every export is recorded; the last line of the file says who made it, when and what for.
notify-exports-nothing = No activity has been drawn.
notify-exports-past = Earlier exports
notify-exports-none = Nothing was exported yet.
notify-export-activity = Activity
notify-export-purpose = Purpose
notify-export-purpose-empty = Select the purpose
notify-export-phone = Telling winners by telephone
notify-export-post = Telling winners by post
notify-export-shipping = Sending prizes
notify-export-format = Format
notify-export-format-empty = Select the format
notify-export-xlsx = Excel workbook (XLSX, recommended)
notify-export-csv = CSV (UTF-8)
notify-export-reason = Reason
notify-export-reason-hint = For example: letters to winners. No names, no telephone numbers
notify-export-reason-empty = Enter the reason
notify-export-reason-long = The reason must be { $max } characters or fewer
notify-export-duty = Once it has left the system the file is in your care and cannot be called back. Delete it after use.
notify-export-make = Export
notify-export-when = When
notify-export-who = Who
notify-export-rows = People
notify-export-id = Code
notify-export-mark = { $who }, { $when }, { $purpose }, rows: { $count }, code { $id }
notify-unknown = There is no such prize or notice, or no result yet.
notify-purged = The personal data of this activity has been destroyed.
notify-moved = The state of this one has changed; a colleague may have marked it just now.
    .next = Go back to the list of winners and look again.
notify-too-late = More than 10 minutes have passed; it can no longer be taken back.
notify-no-contact = There is no contact for this number.
audit-act-notify-begun = Letters to winners sent
audit-act-notify-claimed = Prize collected
audit-act-notify-claim-undone = Collecting taken back
audit-act-notify-declined = Winner declined
audit-act-notify-erasure-asked = Winner asked for erasure
audit-act-notify-ineligible-proposed = Winner proposed as not eligible
audit-act-notify-ineligible-confirmed = Winner confirmed as not eligible
audit-act-notify-leave-undone = Declining or ineligibility taken back
audit-act-notify-exported = Winners exported
audit-act-notify-finished = Telling and collecting ended
audit-act-notify-id-differed = ID at the desk did not match
audit-act-notify-resent = Another letter sent

notify-draw-waits = This draw has no result yet.
notify-export-draw = Activity and draw
notify-export-draw-empty = Choose an activity and draw
