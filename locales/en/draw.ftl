# Public draws: prizes, publishing, the list, the beacon, the result, checking it.

draw-unknown = There is no such draw
    .next = Check the address, or look through the list of public draws.
draw-not-ready = This activity cannot be published yet
    .next = Go back to the publishing page and complete the list.
draw-other-stage = This draw has reached another stage
    .next = Reload the page to see where it is.
draw-too-early = It is too early for this
    .next = Wait for the time that was announced.
draw-decided = The beacon is out and the draw is decided, so it cannot be cancelled
    .next = See the result on the public page.
draw-beacon-refused = What was pasted is not the announced beacon round
    .next = Copy it from the source again.
draw-not-awaited = This draw does not use such a source
    .next = See on its public page which sources it uses.
draw-settle-refused = Prizes cannot be passed on in this way
    .next = Reload the list of winners and choose again.

draw-phase-soon = Opens soon
draw-phase-open = Open for entries
draw-phase-closed = Closed, list published
draw-phase-waiting = List sealed, waiting for the draw
draw-phase-late = Waiting for the beacon
draw-phase-drawn = Drawn
draw-phase-purged = Drawn, personal data deleted
draw-phase-cancelled = Cancelled

draw-list-title = Public draws
draw-list-lead = The rules, the fingerprint of the list and the result of every draw are here. Anyone can { $verify }.
draw-list-verify = check them
draw-list-when = Draw: { $when }
draw-list-prizes = { $count ->
    [one] { $count } prize
   *[other] { $count } prizes
}
draw-list-none = There are no public draws yet.
draw-back-list = Public draws
draw-back = Back to this draw

draw-show-title = { $title }: public draw
draw-left = { $left } to go: the draw is on { $when }.
draw-left-days = { $first } days { $second } hours
draw-left-hours = { $first } hours { $second } minutes
draw-left-minutes = { $first } minutes { $second } seconds
draw-due = The draw is on { $when }.
draw-reload = Reload
draw-waits-rule = A late beacon waits; nothing else is used, and nothing is drawn twice.
draw-late-title = Waiting for the beacon
draw-late-what = drand round { $round } was due on { $when } and has not reached the library yet.
draw-trouble-unreachable = The beacon’s sites cannot be reached at the moment. The system keeps trying.
draw-trouble-not-yet = The beacon’s sites say that the round is not out yet.
draw-trouble-unreadable = A beacon site answered with something unreadable. It was not used.
draw-trouble-other-round = A beacon site answered with another round. It was not used.
draw-trouble-unsigned = A round came with a signature that does not match. It was not used.
draw-over-lead = The result was decided by drand round { $round } ({ $when }). Anyone can compute it again.
draw-cancelled-title = This draw is cancelled
draw-cancelled-what = The cancellation is signed and public. Personal data that was collected will be deleted.

draw-winners = Winning tickets
draw-no-winners = There are no winning tickets.
draw-unfilled = Not given:
draw-passed = Passed on
draw-reserves = Reserve tickets, in order
draw-reserve = Reserve { $place }
draw-slot = { $name } (no. { $unit })
draw-all-results = See all winning and reserve tickets
draw-results-title = { $title }: winning and reserve tickets
draw-slot-column = Prize
draw-ticket-column = Ticket
draw-leaf-column = Fingerprint
draw-settlements = Prizes passed on
draw-settle-vacate = { $slot }: ticket { $ticket } { $reason }
draw-settle-fill = { $slot }: passes to reserve { $place } (ticket { $ticket })
draw-settle-drawn = { $slot }: no reserve left, passes on in the same order to ticket { $ticket }
draw-settle-unfilled = { $slot }: no ticket left to pass it to, not given
draw-settle-f = did not answer by the deadline
draw-settle-d = declined
draw-settle-i = is not eligible by the rules
draw-settle-e = asked for erasure
draw-void-w = Withdrawn
draw-void-d = Second entry of one person
draw-void-i = Not eligible by the rules
draw-void-t = Test by staff

draw-mine = Find my ticket
draw-mine-label = Ticket number
draw-mine-hint = It is on your receipt, like 317-7
draw-mine-button = Find
draw-check-form = Enter digits, a hyphen and the check digit, like 317-7
draw-check-digit = The check digit does not match. Compare the number with your receipt
draw-check-not-listed = Ticket { $ticket } is not in the list
draw-check-not-listed-what = Compare it with your receipt. If the receipt has this number, contact the library and keep the receipt: it proves your entry.
draw-check-void = Ticket { $ticket } is in the list and does not take part
draw-check-void-what = Tickets are marked and never removed. Contact the library if you have a question.
draw-check-holds = Ticket { $ticket }: { $slot }
draw-check-holds-what = The library will write to you. It never asks for money or card numbers.
draw-check-not-drawn = Ticket { $ticket } is in the list and was not drawn
draw-check-not-drawn-what = Thank you for taking part. You can check the draw yourself.
draw-check-listed = Ticket { $ticket } is in the list
draw-check-listed-what = Come back after the draw to see the result.
draw-check-in-list = See it in the list

draw-entries-title = { $title }: list of tickets
draw-entries-not-yet = The list is published when entry closes: { $when }.
draw-entries-lead = { $count ->
    [one] The list has { $count } ticket.
   *[other] The list has { $count } tickets.
} It holds numbers and fingerprints and no personal data. Tickets struck through do not take part.
draw-entries-none = Nobody entered.
draw-list-of-tickets = See the list

draw-steps = Every step is public and signed
draw-fingerprint = fingerprint
draw-step-rules = Rules sealed
draw-step-rules-text = Prizes, places, dates and the beacon were fixed before entry opened.
draw-step-close = Entry closes, the list is published
draw-step-close-text = Until then neither tickets nor their count are shown, so that nobody can guess whose a ticket is.
draw-step-closed = List published
draw-counts = { $size } tickets, { $live } take part; withdrawn { $withdrawn }, second entries { $duplicates }, others { $other } do not.
draw-step-freeze = List sealed
draw-step-frozen = List sealed
draw-step-frozen-late = This list was sealed only after the beacon was out ({ $due }), so it cannot be shown that the list was not changed once the beacon was known.
draw-step-frozen-text = From here on the list cannot change; only the beacon is awaited.
draw-step-beacon = Public randomness: drand { $chain } round { $round }
draw-step-beacon-text = Nobody knows yet what it will be.
draw-step-drawn = Drawn
draw-step-drawn-text = Computed from rules, list and beacon; everyone gets the same.

draw-prizes = Prizes
draw-prize = { $name }: { $units }, worth NT${ $value } each
draw-prize-taxed = Above NT$20,000 in value: 10% income tax is withheld by law.
draw-prize-reserves = { $count ->
    [one] { $count } reserve
   *[other] { $count } reserves
}
draw-to-activity = See the activity

draw-verify-title = Check this draw yourself
draw-verify-what = The record holds the rules, the list’s fingerprints, the beacon and the result. You can compute everything again on your own computer and need not trust the library.
draw-bundle = Download the record
draw-how = How to check it
draw-no-bundle-title = There is no record yet
draw-no-bundle-what = The record comes with the draw, on { $when }.
draw-purged-title = Personal data is deleted
draw-purged-what = Tickets, fingerprints, beacon and order are kept for ever, so the draw can still be checked.
draw-purged-certificate = See the certificate of deletion

draw-how-title = How to check “{ $title }”
draw-how-lead = You check on your own computer. Nothing is uploaded, and you need not trust the library’s server.
draw-how-story = Five steps that nobody can tamper with
draw-how-1 = Before entry opened, the rules, the prizes and the beacon round were signed and published.
draw-how-2 = Everyone who entered has a receipt. At the close the fingerprints of all tickets are published, so one missing or added would be noticed.
draw-how-3 = After the list is sealed, drand { $chain } round { $round } appears on { $when }. Organisations around the world make it together; nobody knows it before, and the library cannot choose it.
draw-how-4 = Rules, list and beacon together give one order: prizes first, then reserves. Everyone who computes it gets the same.
draw-how-5 = If a winner declines, the prize passes on in that same order. Nothing is drawn again.
draw-how-wait = The record comes with the draw ({ $when }); then you can check it.
draw-verify-page = Check a draw
draw-verify-choose = Choose a draw and download its record
draw-verify-yourself = Check it on your own computer
draw-verify-step-bundle = Download the record of the draw.
draw-verify-step-tool = Get the source of the checking program and install it. It is small, reads files only and never goes online.
draw-verify-step-run = Run it. Each check has one line; the last line is the result.
draw-verify-step-receipt = Check your own receipt too: your ticket really is in the list.
draw-verify-outcomes = Each check has one of four outcomes
draw-verify-passed = It matches.
draw-verify-failed = It does not match. The line says where; send it to the library or to anyone you trust.
draw-verify-unknown = It cannot be checked now, for example because nobody outside witnessed the time. This is not a mismatch.
draw-verify-not-applicable = This draw does not need the check.
draw-verify-time = If the result says “time not proven”, no outside witness has confirmed when the list was sealed; everything else still holds.
draw-verify-key = The library’s public key
draw-verify-key-what = With this key the program also checks that the library signed the record. Posters show the same key.

draw-rules-own = Rules
draw-rules-dates = Dates (Taipei time)
draw-rules-opens = Entry opens: { $when }
draw-rules-closes = Entry closes: before { $when }
draw-rules-freezes = List sealed: { $when }
draw-rules-draws = Beacon appears: { $when }
draw-rules-purges = Personal data deleted: { $when }
draw-rules-prizes = Prizes
draw-rules-prize = { $slug }: { $name }, { $units } in all, worth NT${ $value } each
draw-rules-reserves = { $count } reserves
draw-rules-tax = For prizes above NT$20,000 in value 10% income tax is withheld from residents (20,000 itself is not taxed); 20% is always withheld from non-residents. No NHI supplementary premium is charged.
draw-rules-order = How it is drawn
draw-rules-tickets = At most { $count } tickets a person; an entry on the web is the first one
draw-rules-wins = At most { $count } prizes or reserve places a person
draw-rules-beacon = Public randomness: { $beacon } (chain { $chain })
draw-rules-late = A late beacon waits; no other source is used, and nothing is drawn twice.
draw-rules-protocol = Method: lucky-draw/v1; its specification and a checking program are public.
draw-rules-asked = What is asked at entry
draw-rules-required = required
draw-rules-optional = optional
draw-rules-field = { $field } ({ $need })
draw-rules-field-for = { $field } ({ $need }): { $purpose }
draw-rules-claims = Claiming
draw-rules-claim = Winners, and those a prize passes to, have { $days } days to answer; after the deadline the prize passes to the next reserve
draw-rules-deadline = Deadline to answer: { $when }

draw-plan-title = Prizes and draw
draw-plan-when = Time of the draw and beacon
draw-plan-round = The draw is planned for { $when }, so drand { $chain } round { $round } decides, which appears on { $due }. To change the time, edit the details and dates.
draw-plan-lead = List the prizes in the order in which they are drawn; the first one is drawn first.
draw-plan-prize = Prize { $number }
draw-plan-name-zh = Name (Chinese)
draw-plan-name-en = Name (English)
draw-plan-units = How many
draw-plan-value = Value of one, in NT dollars
draw-plan-value-hint = Above 20,000, 10% is withheld by law (20,000 itself is not taxed); always 20% for non-residents.
draw-plan-slug = Short name
draw-plan-slug-hint = Stands in the public record: lower-case letters, digits and hyphens
draw-plan-remove-hint = To remove a prize, empty both of its names.
draw-plan-limits = Places
draw-plan-reserves = Reserves
draw-plan-reserves-hint = Prizes that are declined pass to them in order; when none is left, the same order goes on and nothing is drawn again.
draw-plan-wins = Most places one person can win
draw-plan-tickets = Most tickets one person can have
draw-plan-tickets-hint = An entry on the web is always one ticket.
draw-plan-save = Save
draw-plan-add = Add a prize
draw-plan-frozen = The activity is published; prizes and rules can no longer change.
draw-trouble-no-prize = Enter at least one prize
draw-trouble-many-prizes = Enter at most 64 kinds of prize
draw-trouble-name = Enter the prize’s name in Chinese and in English
draw-trouble-slug = A short name has 1 to 32 lower-case letters, digits or hyphens and is not reserve
draw-trouble-slug-taken = Another prize has this short name; choose a different one
draw-trouble-units = Enter a number from 1 to 100,000
draw-trouble-value = Enter a whole amount of 0 or more
draw-trouble-reserves = Enter a number of reserves from 0 to 100,000
draw-trouble-wins = Enter a number from 1 to 65,535
draw-trouble-tickets = Enter a number from 1 to 65,535

draw-publish-title = Before publishing
draw-publish-problems = { $count ->
    [one] { $count } thing to do first
   *[other] { $count } things to do first
}
draw-problem-slug = The address journal is used by the system; choose another one
draw-problem-no-plan = Enter the prizes and places
draw-problem-no-question = A survey needs at least one question
draw-publish-lead = Everything is ready. Once published, dates, rules, prizes and the data asked can no longer change; it can only be cancelled, with a public reason.
draw-publish-opens = Entry opens
draw-publish-closes = Entry closes
draw-publish-freezes = List sealed
draw-publish-draws = Draw
draw-publish-round = { $when }, drand round { $round }
draw-publish-purges = Personal data deleted
draw-publish-rules = The rules file, sealed and fingerprinted at publishing
draw-publish-rules-what = Chinese first, then English; published word for word.
draw-publish-notice = Privacy notice, in Chinese and English
draw-publish-sure = I have read the Chinese and the English and want to publish
draw-publish-sure-empty = Confirm that you have read the Chinese and the English
draw-publish-button = Publish
draw-publish-later = Not yet

draw-cancel-title = Cancel the activity
draw-cancel-what = This cannot be undone. Personal data that was collected is deleted from a day later on.
draw-cancel-public = The reason is signed and public.
draw-cancel-impossible = This activity cannot be cancelled now: it is over, or the beacon is out and the result is decided.
draw-cancel-code = Reason
draw-cancel-code-empty = Choose the reason
draw-cancel-few = Too few people took part
draw-cancel-prize = The prize cannot be given
draw-cancel-rules = The rules or settings are wrong
draw-cancel-force = Disaster or closure
draw-cancel-other = Other
draw-cancel-words-zh = Explanation for the public (Chinese)
draw-cancel-words-en = Explanation for the public (English)
draw-cancel-words-hint = It is public. Name nobody.
draw-cancel-words-empty = Explain the reason in Chinese and in English
draw-cancel-sure = I want to cancel this activity
draw-cancel-sure-empty = Confirm that you want to cancel this activity
draw-cancel-button = Cancel this activity
draw-cancel-keep = Keep it

draw-beacon-title = Paste the beacon
draw-beacon-drawn = The result is there; see { $page }.
draw-beacon-page = the public page
draw-beacon-lead = This draw uses drand { $chain } round { $round }, which appears on { $due }. The system fetches it by itself; paste it here only where the hall has no internet.
draw-beacon-not-frozen = The list is sealed on { $when }; it can be pasted after that.
draw-beacon-step-1 = Open this address on any telephone that is online:
draw-beacon-step-2 = Copy the whole page, or only the 96 characters after signature.
draw-beacon-step-3 = Paste it below. The signature is checked, so any mistake in copying is found.
draw-beacon-label = Beacon
draw-beacon-hint = The page’s JSON, or the 96 hexadecimal characters of signature; spaces are fine
draw-beacon-button = Check and draw
draw-paste-empty = Paste the beacon
draw-paste-json = This does not look like a beacon. Copy the whole page, or only the 96 characters of signature
draw-paste-hex = A signature has only the digits 0 to 9 and the letters a to f. Compare it again
draw-paste-round = This is round { $found }. Paste round { $round }
draw-paste-length = A signature has { $expected } characters; this one has { $found }
draw-paste-previous = This is not the beacon that the draw uses. Check the address
draw-paste-signature = The signature does not match: a character is wrong, or it is another round. Compare it again
