# Public draws: prizes, publishing, the list, the beacon, the result, checking it.

draw-unknown = There is no such draw
    .next = Check the address, or look through the list of public draws.
draw-not-ready = This activity cannot be published yet
    .next = Go back to the publishing page and complete the list.
draw-other-stage = This draw has reached another stage
    .next = Reload the page to see where it is.
draw-too-early = It is too early for this
    .next = Wait for the time that was announced.
draw-no-ticket = The list has no such ticket
    .next = Compare the number again.
draw-nothing-changes = There is nothing to correct
    .next = Go back to the page of lists and corrections.
draw-moved = Somebody just changed it
    .next = Reload the page and look again.
draw-second-person = Another member of staff has to confirm
    .next = Ask a colleague to sign in and confirm.
draw-window-over = The time for objections is over
    .next = The list does not change any more.
draw-decided = The beacon is out and the draw is decided, so it cannot be cancelled
    .next = See the result on the public page.
draw-beacon-refused = What was pasted is not the announced beacon round
    .next = Copy it from the source again.
draw-not-awaited = This draw does not use such a source
    .next = See on its public page which sources it uses.
draw-numbers-refused = This issue cannot have drawn these numbers
    .next = Compare them with the official ones and enter them again.
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
draw-left-days = { $first ->
    [one] 1 day
   *[other] { $first } days
    } { $second ->
    [one] 1 hour
   *[other] { $second } hours
    }
draw-left-hours = { $first ->
    [one] 1 hour
   *[other] { $first } hours
    } { $second ->
    [one] 1 minute
   *[other] { $second } minutes
    }
draw-left-minutes = { $first ->
    [one] 1 minute
   *[other] { $first } minutes
    } { $second ->
    [one] 1 second
   *[other] { $second } seconds
    }
draw-due = The draw is on { $when }.
draw-reload = Reload
draw-waits-rule = A late beacon waits; nothing else is used, and nothing is drawn twice.
draw-late-title = Waiting for the beacon
draw-late-what = Still missing: { $source }, which should be public by { $when }.
draw-late-secret = When the other randomness is there, the secret that the library sealed is revealed by itself, and the result follows once witnesses have seen it, by { $when } at the latest; after that zeros stand for it, and nothing is drawn twice.
draw-trouble-unreachable = The beacon’s sites cannot be reached at the moment. The system keeps trying.
draw-trouble-not-yet = The beacon’s sites say that the round is not out yet.
draw-trouble-unreadable = A beacon site answered with something unreadable. It was not used.
draw-trouble-other-round = A beacon site answered with another round. It was not used.
draw-trouble-unsigned = A round came with a signature that does not match. It was not used.
draw-over-lead = The result was decided by { $sources } ({ $when }). Anyone can compute it again.
draw-cancelled-title = This draw is cancelled
draw-cancelled-what = The cancellation is signed and public. Personal data that was collected will be deleted.

draw-winners = Winning tickets
draw-no-winners = There are no winning tickets.
draw-unfilled = Not given:
draw-passed = Moved up
draw-reserves = Reserve tickets, in order
draw-reserve = Reserve { $place }
draw-slot = { $name } (no. { $unit })
draw-all-results = See all winning and reserve tickets
draw-results-title = { $title }: winning and reserve tickets
draw-slot-column = Prize
draw-ticket-column = Ticket
draw-leaf-column = Fingerprint
draw-settlements = Prizes passed on
draw-settle-note = See the note of this settlement
draw-settle-page = See this settlement on a page of its own
draw-settle-more = { $more } more lines: see the whole settlement
draw-settle-counts = Vacated: { $vacated }. Passed on: { $passed }. Not given: { $unfilled }.
draw-settlement-title = Settlement { $seq }
draw-settle-vacate = { $slot }: ticket { $ticket } { $reason } (code { $code })
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
draw-check-holds-none = Ticket { $ticket } came up, and holds no prize or reserve place now
draw-check-drawn-as = Result of the draw: { $slot }
draw-check-skipped = The draw came to this ticket and passed it over: its person had won as often as the rules allow, or in an earlier draw
draw-check-vacated = { $when }: no longer holds “{ $slot }”: { $reason } (code { $code })
draw-check-received = { $when }: moved up to “{ $slot }”
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
draw-step-close-text = Until then no tickets are listed here; the public journal says once an hour at most how many there are, so that nobody can tell whose a ticket is.
draw-step-closed = List published
draw-counts = { $size } tickets, { $live } take part. Out: withdrawn { $withdrawn }, second entries { $duplicates }, not eligible { $ineligible }, tests by staff { $tests }.
draw-close-first = The list at the close
draw-close-next = Correction { $number }
draw-close-change = Ticket { $ticket }: { $before } → { $after }
draw-close-in = takes part
draw-close-more = { $count ->
    [one] { $count } more ticket is
   *[other] { $count } more tickets are
} in the file.
draw-close-alone = The library has one member of staff at present, who proposed and confirmed this correction.
draw-closes-title = List and corrections
draw-closes-until = Objections are possible until { $when }; after the list is sealed nothing changes.
draw-closes-what = One member of staff proposes a correction and another one confirms it; each becomes a new public note. Numbers and order stay, only who takes part changes.
draw-closes-over = Objections were possible until { $when }; nothing can be corrected any more.
draw-closes-not-yet = The list is published when entry closes.
draw-closes-proposed = Corrections to confirm
draw-closes-own = proposed by you
draw-closes-drop = Drop it
draw-closes-alone = Only one member of staff can sign in, so you propose and confirm alone; the public page says so.
draw-closes-confirm = Confirm and publish
draw-closes-wait = What you proposed waits for another member of staff to sign in and confirm.
draw-closes-propose = Propose a correction
draw-closes-ticket-hint = As in the public list, like 317-7
draw-closes-code = Change to
draw-closes-code-empty = Choose what it is changed to
draw-closes-in = Let the ticket take part
draw-closes-reason = By which rule
draw-closes-reason-hint = For example “rule 3”; it goes into the audit record. Name nobody.
draw-closes-reason-empty = Enter the rule, at most 200 characters
draw-closes-propose-button = Propose
draw-closes-all = Every published list
draw-closes-no-ticket = The list has no such ticket
draw-closes-no-change = The ticket stands so already, or its holder has withdrawn
draw-closes-moved = Somebody just changed the proposals. Look at them again
draw-closes-second = Another member of staff has to confirm
draw-step-freeze = List sealed
draw-step-frozen = List sealed
draw-step-frozen-late = This list was sealed only after the beacon was out ({ $due }), so it cannot be shown that the list was not changed once the beacon was known.
draw-step-frozen-text = From here on the list cannot change; only the beacon is awaited.
draw-step-source = Public randomness: { $source }
draw-step-typed = One member of staff entered { $value }; another one has to confirm.
draw-step-beacon-text = Nobody knows yet what it will be.
draw-step-secret = The secret of the library
draw-step-secret-text = Its fingerprint is in the rules note; it is revealed when the other randomness is there, by { $when } at the latest.
draw-step-withheld = The library did not reveal it by { $when }; by the rules 32 zeros stand for it.
draw-withheld-title = The library did not reveal its secret in time
draw-withheld-what = By the rules witnesses have to see by { $when } that the library revealed the secret it had sealed. It did not, so 32 zeros stand for it; the result follows all the same, and nothing is drawn again.
draw-withheld-means = This is the library’s failure and takes nothing from the winners. Whoever verifies the draw sees the check of the public randomness fail with the words “operator withheld”.
draw-step-drawn = Drawn
draw-step-drawn-text = Computed from rules, list and beacon; everyone gets the same.

draw-prizes = Prizes
draw-prize = { $name }: { $units }, worth NT${ $value } each
# $above: NT$ that are free; $resident, $other: per cent withheld
draw-prize-taxed = Above NT${ $above } in value: { $resident }% income tax is withheld by law.
draw-prize-reserves = { $count ->
    [one] { $count } reserve
   *[other] { $count } reserves
}
draw-to-activity = See the activity

draw-window-title = Objections until { $until }
draw-window-what = The list is published and not yet sealed. See that your ticket is in it, and that it is marked rightly.
draw-window-how = If something is wrong, tell the library before then: if your ticket is missing, use “{ $proof }”; if it is marked wrongly, give its number and the reason. A correction is published as a new note; no ticket is added to the list or taken off it.
draw-count-live = Taking part
draw-files = Explanations and files
draw-notes-link = Every note of this draw
draw-notes-title = { $title }: every note
draw-notes-lead = Each note is signed by the library and stands in the public journal, to which lines are only ever added.
draw-journal-place = journal entry { $number }
draw-entries-csv = Download the list of tickets (CSV)
draw-note-rules = The rules in full
draw-note-manifest = Rules note
draw-note-base = Earlier rules note, replaced (number { $number })
draw-note-key = Note of keys and witnesses
draw-note-anchor = Fingerprint of the list on the way
draw-note-close = List published
draw-note-close-again = List corrected (number { $number })
draw-note-freeze = List sealed
draw-note-beacon = Public randomness (source { $number })
draw-note-numbers = Lottery numbers (source { $number })
draw-note-reveal = Secret revealed (source { $number })
draw-note-result = Result
draw-note-settle = Prizes passed on (number { $number })
draw-note-audit = What the outside auditor found
draw-note-cancel = Cancellation
draw-note-purge = Note of deletion (phase { $number })
draw-note-certificate = Certificate of deletion (phase { $number })

draw-verify-now = Check this draw yourself
draw-verify-title = Check this draw yourself
draw-verify-what = The record holds the rules, the list’s fingerprints, the beacon and the result. You can compute everything again on your own computer and need not trust the library.
draw-bundle = Download the record
draw-how = How this draw works, and how to check it
draw-no-bundle-title = There is no record yet
draw-no-bundle-what = The record comes with the draw, on { $when }.
draw-purged-title = Personal data is deleted
draw-purged-what = The entries, the winners’ contact data and the record of who collected a prize are deleted. Tickets, fingerprints, beacon and order are kept for ever, so the draw can still be checked.
draw-purged-certificate = See the certificate of deletion

draw-how-title = How to check “{ $title }”
draw-how-story = In one minute
draw-how-1 = Before entry opened, the rules, the prizes and the beacon round were signed and published.
draw-how-2 = Everyone who entered has a receipt. At the close the fingerprints of all tickets are published, so one missing or added would be noticed.
draw-how-3-mixed = After the list is sealed, { $sources } appear, the last by { $when }, and only all of them together count. To tamper with the result, every one of them would have to be tampered with; a missing one is waited for, and the library cannot choose.
draw-how-secret = The secret is the exception: the library cannot change it, but could keep it back; if it is not revealed by { $when }, zeros stand for it and the library’s failure is told.
draw-how-3 = After the list is sealed, { $sources } appears on { $when }. Organisations around the world make it together; nobody knows it before, and the library cannot choose it.
draw-how-4 = Rules, list and beacon together give one order: prizes first, then reserves. Everyone who computes it gets the same.
draw-how-5 = If a winner declines, the prize passes on in that same order. Nothing is drawn again.
draw-how-wait = The record comes with the draw ({ $when }); then you can check it.
draw-verify-page = Check a draw
draw-verify-choose = Choose a draw and download its record
draw-verify-step-bundle = Download the record of the draw.
draw-verify-step-receipt = Check your own receipt too: your ticket really is in the list.
draw-verify-outcomes = Each check has one of four outcomes
draw-verify-failed = It does not match. The line says where; send it to the library or to anyone you trust.
draw-verify-unknown = It cannot be checked now, for example because nobody outside witnessed the time. This is not a mismatch.
draw-verify-not-applicable = This draw does not need the check.
draw-verify-time = If the result says “time not proven”, no outside witness has confirmed when the list was sealed; everything else still holds.
draw-verify-key = The library’s public key
draw-verify-key-what = With this key the program also checks that the library signed the record. It is the key of draws; the journal has one of its own. Posters show the same key.

draw-rules-own = Rules
draw-rules-dates = Dates (Taipei time)
draw-rules-opens = Entry opens: { $when }
draw-rules-closes = Entry closes: before { $when }
draw-rules-freezes = List sealed: { $when }
draw-rules-draws = Beacon appears: { $when }
draw-rules-purges = Personal data deleted: { $when }
draw-rules-prizes = Prizes
draw-rules-prize = { $slug }: { $name }, { $units } in all, worth NT${ $value } each
draw-rules-reserves = { $count ->
    [one] { $count } reserve
   *[other] { $count } reserves
}
# $above: NT$ that are free; $resident, $other: per cent withheld
draw-rules-tax = For prizes above NT${ $above } in value { $resident }% income tax is withheld from residents ({ $above } itself is not taxed); { $other }% is always withheld from non-residents. The law on the day of the handover counts. No NHI supplementary premium is charged.
draw-rules-order = How it is drawn
draw-rules-tickets = { $count ->
    [one] At most { $count } ticket a person; an entry on the web is the first one
   *[other] At most { $count } tickets a person; an entry on the web is the first one
}
draw-rules-wins = { $count ->
    [one] At most { $count } prize or reserve place a person
   *[other] At most { $count } prizes or reserve places a person
}
draw-rules-beacon = Public randomness: { $beacon } (chain { $chain })
draw-rules-numbers = Lottery numbers: { $slug }, that is { $game } issue { $number }; { $balls } numbers count ({ $which }), { $outcomes } results are possible
draw-rules-numbers-drawn = The issue is drawn after the list is sealed: { $when }
draw-rules-numbers-published = Its numbers are public at the latest: { $when }
draw-rules-secret = A secret of 32 bytes that the library sealed in advance counts as well; its fingerprint is on the commit line of the rules note, and the system reveals it when the other sources are there.
draw-rules-secret-until = Witnesses must have seen it revealed by: { $when }
draw-rules-secret-withheld = If not, 32 zeros stand for it; the draw takes place all the same and is not repeated, it is told in public as a failure of the library, and the winners keep their rights.
draw-rules-all-sources = All these sources together decide, once every one of them is there.
draw-rules-late = A late beacon waits; no other source is used, and nothing is drawn twice.
draw-rules-protocol = Method: lucky-draw/v1; its specification and a checking program are public.
draw-rules-asked = What is asked at entry
draw-rules-required = required
draw-rules-optional = optional
draw-rules-field = { $field } ({ $need })
draw-rules-field-for = { $field } ({ $need }): { $purpose }
draw-rules-claims = Claiming
draw-rules-claim = { $days ->
    [one] Winners, and those a prize passes to, have { $days } day to answer; after the deadline the prize passes to the next reserve
   *[other] Winners, and those a prize passes to, have { $days } days to answer; after the deadline the prize passes to the next reserve
}
draw-rules-deadline = Deadline to answer: { $when }
draw-rules-moves = If a public note replaces the time of the draw, these deadlines and the day on which personal data is deleted move by as much

draw-plan-title = Prizes and draw
draw-plan-when = Time of the draw and beacon
draw-plan-round = The draw is planned for { $when }, so drand { $chain } round { $round } decides, which appears on { $due }. To change the time, edit the details and dates.
draw-plan-lead = List the prizes in the order in which they are drawn; the first one is drawn first.
draw-plan-prize = Prize { $number }
draw-plan-name-zh = Name (Chinese)
draw-plan-name-en = Name (English)
draw-plan-units = How many
draw-plan-value = Value of one, in NT dollars
# $above: NT$ that are free; $resident, $other: per cent withheld
draw-plan-value-hint = Above { $above }, { $resident }% is withheld by law ({ $above } itself is not taxed); always { $other }% for non-residents.
draw-plan-slug = Short name
draw-plan-slug-hint = Stands in the public record: lower-case letters, digits and hyphens
draw-plan-remove-hint = To remove a prize, empty both of its names.
draw-plan-sources = Where the randomness comes from
draw-plan-sources-what = Usually drand is enough: organisations around the world make it together, and the library cannot choose it. For valuable prizes you can add the issue of a televised lottery; both count together, so both would have to be tampered with.
draw-plan-valuable = The prizes are valuable
draw-plan-valuable-what = Together they are worth NT${ $from } or more. Consider a lottery issue beside drand, which people who do not know drand can trust.
draw-plan-drand = drand
draw-plan-drand-hint = Use quicknet unless you have a reason not to
draw-plan-quicknet = quicknet (suggested)
draw-plan-default = default, the older chain, a round every 30 seconds
draw-plan-both = Both quicknet and default
draw-plan-no-drand = No drand (needs at least three lotteries)
draw-plan-lottery = Lottery { $number }
draw-plan-game = Which game
draw-plan-game-hint = To remove it, choose the first line and save
draw-plan-issue = Issue number
draw-plan-issue-hint = The issue, not the date: a typhoon may move the date and never the issue
draw-plan-drawn = When it is drawn
draw-plan-drawn-hint = At least 10 minutes after the list is sealed, so that nobody knows the numbers then
draw-plan-published = Numbers are public by
draw-plan-published-hint = It stands in the rules. Later numbers are waited for and no other issue is used; at most 1 day after the draw
draw-plan-other = Only for another lottery
draw-plan-other-slug = Short name
draw-plan-other-balls = How many numbers count
draw-plan-other-order = Order of the numbers
draw-plan-ascending = Ascending
draw-plan-as-drawn = As drawn
draw-plan-other-which-zh = Which numbers count (Chinese)
draw-plan-other-which-en = Which numbers count (English)
draw-plan-other-outcomes = How many results are possible
draw-plan-other-outcomes-hint = 6 numbers out of 49, for example, have 13,983,816
draw-plan-add-lottery = Add a lottery issue
draw-plan-secret = A secret of the library
draw-plan-secret-worse = Usually better without
draw-plan-secret-against = With it the library knows the result before everybody else and could keep the secret back; nobody else can compute the result the moment the public randomness is out; and if witnesses do not see it in time, this draw carries a failure of the library for ever.
draw-plan-secret-for = It protects against one thing only: that most of the organisations behind the public randomness conspire with an entrant and know it beforehand.
draw-plan-secret-label = Let a secret of the library count as well
draw-plan-secret-hint = It is made and sealed when you publish, and revealed by itself when the other randomness is there. If it is not revealed in time, zeros stand for it; the draw takes place and is not repeated.
draw-game-superlotto638 = Super Lotto 6/38
draw-game-superlotto638-balls = the six numbers of the first zone in ascending order, then the one of the second zone
draw-game-lotto649 = Lotto 6/49
draw-game-lotto649-balls = the six main numbers in ascending order; the special number does not count
draw-game-dailycash539 = Daily Cash 5/39
draw-game-dailycash539-balls = the five numbers in ascending order
draw-game-other = Another one (fill in the fields below)
draw-source-drand = drand { $chain } round { $round }
draw-source-numbers = { $game } issue { $number }
draw-source-commit = the secret number that the library sealed in advance
draw-sources-joined = { $before } and { $next }
draw-source-none = Choose at least one source of randomness
draw-source-many = Use at most 4 sources
draw-source-twice = This source is used already; choose another issue
draw-source-game = A short name has lower-case letters, digits and hyphens
draw-source-number = Enter the digits of the issue number; short name and number have at most 31 characters
draw-source-balls = Enter a number from 1 to 64
draw-source-outcomes = Enter how many results are possible, at least 2
draw-source-which = Say in Chinese and in English which numbers count
draw-source-drawn-early = The issue must be drawn at least 10 minutes after the list is sealed. Choose a later issue or seal the list earlier
draw-source-published-early = Numbers cannot be public before they are drawn
draw-source-published-late = Numbers must be public within 1 day after the draw, because days to claim count from the draw
draw-source-one-person = Two draw officers enter lottery numbers, and only one can sign in. Ask an admin to give the role to another person
draw-source-no-witnesses = A secret of the library counts only if witnesses outside see it revealed in time. Ask the administrator to name witnesses, or do without the secret
draw-source-secret-alone = The library knows its own secret, so it cannot decide alone. Add drand or a lottery
draw-source-not-allowed = The settings of this site do not allow a secret of the library; clear the box
draw-source-weak = These sources have only { $bits } bits of chance together and 64 are needed; otherwise somebody could try lists until one suits them. Add drand, or use three lotteries
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
draw-trouble-of-prize = { $prize }: { $words }
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
draw-problem-opens-unseen = Entry must open at least 5 minutes after publishing, so that the witnesses see the rules first; please choose a later time
draw-problem-no-plan = Enter the prizes and places
draw-problem-no-question = A survey needs at least one question
draw-publish-lead = Everything is ready. Once published, dates, rules, prizes or sessions, and the data asked can no longer change; it can only be cancelled, with a public reason.
draw-publish-opens = Entry opens
draw-publish-closes = Entry closes
draw-publish-freezes = List sealed
draw-publish-draws = Draw
draw-publish-round = { $when }, drand round { $round }
draw-publish-purges = Personal data deleted
draw-publish-no-partners = Nobody
# $count: number of tables
draw-publish-tables = { $count }
draw-publish-rules = The rules file, sealed and fingerprinted at publishing
draw-publish-rules-what = Chinese first, then English; published word for word.
draw-publish-notice = Privacy notice, in Chinese and English
draw-publish-sure = I have read the Chinese and the English and want to publish
draw-publish-sure-empty = Confirm that you have read the Chinese and the English
draw-publish-button = Publish
draw-publish-later = Not yet

draw-replaced = The promise of this draw was replaced
draw-replaced-what = Replaced on { $when }, because: { $reason }. The list was to be sealed on { $froze }; the earlier promise stays public:
draw-replaced-rules = Prizes, places and rules are unchanged; for dates and sources of randomness this page holds, not the rules file.
draw-replace-title = Replace the promise
draw-replace-means = What this means
draw-replace-public = The earlier promise stays public; the new one says which it replaces and why.
draw-replace-only = Only the source of randomness, the dates of close, sealing and draw can change; prizes, places, rules and entries stay.
draw-replace-no-redraw = It is possible only before the old randomness appears, that is until { $until }. After that the draw is decided, and nothing is drawn twice.
draw-replace-unseen = Without outside witnesses nobody can prove that it was replaced in time; a check then says that the time could not be checked.
draw-replace-now = Sources of randomness now:
draw-replace-lotteries = A lottery issue that would be drawn before the list is sealed anew drops out
draw-replace-impossible = It cannot be replaced now: it is not published, it is drawn, or the old randomness is near.
draw-replace-chain = The source of randomness ends
draw-replace-date = A date must move
draw-replace-freezes = The list must be sealed after now and after entry closes
draw-replace-draws = The draw must come at least 10 minutes after the list is sealed and within 90 days
draw-replace-same = This is the same promise; change a time or the source
draw-replace-lottery = Only lottery issues of the rules file can be used
draw-replace-sure = I understand that this is public and cannot be undone
draw-replace-sure-empty = Confirm that you understand what this means
draw-replace-button = Sign and publish the new promise
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
draw-beacon-step-2-chained = Copy the whole page; the signature alone is not enough for this chain.
draw-beacon-step-3 = Paste it below. The signature is checked, so any mistake in copying is found.
draw-beacon-label = Beacon
draw-beacon-hint = The page’s JSON, or the 96 hexadecimal characters of signature; spaces are fine
draw-beacon-hint-chained = The page’s JSON
draw-beacon-sources = This draw uses these sources and needs all of them:
draw-beacon-there = there
draw-beacon-missing = missing
draw-beacon-button = Check and draw
draw-numbers-title = Enter the lottery numbers
draw-numbers-which = These count: { $which }.
draw-numbers-taken = The numbers are final
draw-numbers-final = Two members of staff gave the same numbers; they do not change any more.
draw-numbers-not-yet = The issue is drawn on { $when }; enter its numbers after that, once the list is sealed.
draw-numbers-rule = Two members of staff enter or compare the numbers, each by themselves. They count when both gave the same, and are published as they were entered.
draw-numbers-official = See the official numbers:
draw-numbers-differ = These differ from what a colleague entered
draw-numbers-differ-what = Yours are kept now. Look at the official numbers together; then the colleague enters or confirms them.
draw-numbers-waiting = Waiting for a colleague
draw-numbers-waiting-what = Another member of staff has to sign in and enter or confirm your numbers. If you made a slip, enter them again.
draw-numbers-theirs = What a colleague entered
draw-numbers-compared = I have looked at the official numbers and each is the same
draw-numbers-compared-empty = Compare them with the official numbers first
draw-numbers-confirm = Confirm these numbers
draw-numbers-label = Numbers
draw-numbers-hint = { $balls } numbers with spaces or commas between them
draw-numbers-button = Send the numbers
draw-numbers-unreadable = Only numbers can stand here. Compare them again
draw-numbers-count = { $expected } numbers are needed; there are { $found }
draw-numbers-range = There is no number { $number }; they run from 1 to { $highest }
draw-numbers-twice = { $number } was entered twice
draw-paste-empty = Paste the beacon
draw-paste-json = This does not look like a beacon. Copy the whole page, or only the 96 characters of signature
draw-paste-hex = A signature has only the digits 0 to 9 and the letters a to f. Compare it again
draw-paste-round = This is round { $found }. Paste round { $round }
draw-paste-length = A signature has { $expected } characters; this one has { $found }
draw-paste-previous = This is not the beacon that the draw uses. Check the address
draw-paste-signature = The signature does not match: a character is wrong, or it is another round. Compare it again

draw-waits-for = This draw waits for the result of an earlier one
    .next = Wait until the earlier draw has a result or is cancelled, then come back.
draw-last-draw = This is the last draw; cancel the activity instead
    .next = Go to the activity and choose “Cancel the activity”.
draw-phase-planned = Being prepared
draw-draws-title = Draws
draw-draws-lead = An activity has one draw or several, in the order below. The last one takes place at the activity's time of the draw, { $when }; earlier ones have a time of their own. Once the list is sealed only public randomness decides, and nothing is drawn again.
draw-draws-when = Drawn: { $when }.
draw-draws-prizes = Prizes: { $prizes }; reserves: { $reserves }.
draw-draws-add = Add a draw
draw-draws-up = Move up
draw-draws-remove = Remove
draw-draws-public = Public page
draw-draws-winners = Winners and notices
draw-excludes = Winners and reserves of “{ $name }” do not win in this one.
draw-arrangement = How people take part
draw-arrangement-label = Where there are several draws, in which does an entry take part?
draw-arrangement-sessions = In every session
draw-arrangement-sessions-hint = One entry, one ticket number in each session; for example three sessions of one month.
draw-arrangement-pools = In one group that the person picks
draw-arrangement-pools-hint = The form asks for one group, such as the branch for collecting the prize. If a person picks several, only the first of them in this list counts.
draw-arrangement-save = Save how people take part
draw-plan-own = This draw
draw-plan-draw-name-zh = Name of the session or group (Chinese)
draw-plan-draw-name-en = Name of the session or group (English)
draw-plan-draw-name-hint = For example “Session 1” or “East branch”
draw-plan-draw-slug = Code of the session or group
draw-plan-time = Time of this draw
draw-plan-time-hint = Empty means the activity's time of the draw. At the latest that time, at the earliest 10 minutes after the list is sealed.
draw-plan-excludes = Sessions whose winners are skipped
draw-plan-excludes-hint = Winners and reserves of the sessions ticked here are skipped in this draw.
draw-plan-several = This activity has several draws
draw-trouble-draw-slug = The code takes 1 to 32 lower-case letters, digits or hyphens
draw-trouble-draw-slug-taken = Another draw has this code; choose another
draw-trouble-draw-name = Where there are several draws, each needs a name in Chinese and in English
draw-trouble-draw-time = This draw has to be at least 10 minutes after the list is sealed and not after the activity's time of the draw
draw-trouble-excludes = Only draws that come before this one, in order and in time, can be skipped; change the order or the time
draw-trouble-excludes-many = One draw can skip the winners of 16 others at most
draw-trouble-excludes-deep = The draws that are skipped skip others in turn, and the file to verify this draw would become too large; skip the winners of fewer draws
draw-problem-one-pool = For people to pick a group there have to be two draws at least; or let everybody take part in every session
draw-paste-waits = The round is right, but this draw waits for the result of an earlier one; paste the round of that one first
draw-rules-part = Draws
draw-rules-one-of = This is “{ $name }” ({ $slug }); the activity has { $count } draws
draw-rules-sessions = Every entry has a ticket in every draw
draw-rules-pools = Every entry has a ticket in the one group that was picked; if a person picked several, only the first of them counts
draw-rules-excludes = Winners and reserves that “{ $name }” drew are skipped in this draw; what passes on later changes nothing
draw-cancel-one-title = Cancel this draw
draw-cancel-one-lead = Only this draw is cancelled; the others take place. This cannot be undone, the reason is signed and public, and this draw then excludes nobody.
draw-cancel-one-sure = I am sure that this draw is to be cancelled
draw-cancel-one-button = Cancel this draw
draw-cancel-one-not = Do not cancel
draw-cancel-one-last = No other draw would take place; cancel the activity instead.
draw-cancel-one-decided = The public randomness is out, so this draw is decided and cannot be cancelled.
draw-cancel-one-stage = One draw can be cancelled alone after entry has closed and before the public randomness is out.
draw-several = Other draws of this activity
draw-excluded-drawn = Winners and reserves of “{ $name }” are skipped in this draw.
draw-excluded-waits = This draw waits for the result of “{ $name }”.
draw-excluded-cancelled = “{ $name }” was cancelled and excludes nobody.
draw-halted = Records are older than receipts that were given out, so this activity is paused. Please restore the newer database, or cancel the activity with a public reason.
