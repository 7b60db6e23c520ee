# The entrant audit: an outside auditor looks for the people behind a sample of tickets.

inspection-unknown = There is no audit of this ticket
    .next = Go back to the audit and choose a ticket from the list.
inspection-not-yet = The audit begins when every draw of the activity is decided
    .next = Come back after the last draw.
inspection-purged = Personal data is deleted, so nothing can be audited
    .next = A signed audit is on the public page of the draw.
inspection-moved = This audit has begun already, or is signed
    .next = Reload the page to see where it is.
inspection-incomplete = Some tickets were not looked at
    .next = Every ticket needs an outcome before the audit is signed.

inspection-title = Entrant audit
inspection-list-title = Draws that can be audited
inspection-none = No draw can be audited now: it has to be after the result and before personal data goes.
inspection-open = Can be audited
inspection-early = Not yet
inspection-early-what = Another draw of this activity is still to come. The audit begins when the last one is decided.
inspection-lead = The same seed picks tickets, and an outside auditor looks for the person behind each. Neither the library nor the auditor can choose them.
inspection-only-auditor = Only the role “Outside auditor” can record outcomes; staff can look on.
inspection-how = How it works
inspection-how-1 = Once begun, the tickets are listed. The library publishes them with a place and time, and asks those entrants to come with their ID.
inspection-how-2 = With the person present, type the number of the ID. The answer is match or no match; nobody's data is shown.
inspection-how-3 = When every ticket was looked at, sign. The outcome is published and becomes part of the record.
inspection-nobody = No ticket took part in this draw, so there is nothing to audit.
inspection-size-label = How many tickets
inspection-size-empty = Choose how many tickets to look at
inspection-size = { $size } tickets
inspection-size-hint = If a person is behind each, it is 95 % certain that fewer than { $fewer } tickets have nobody.
inspection-size-all = All { $size } tickets
inspection-size-all-hint = With every ticket looked at, nothing is left to chance.
inspection-begin = Begin the audit
inspection-sample = Tickets to look at
inspection-sample-what = Their order follows from the seed of the draw; anybody can work it out.
inspection-outcome = Outcome
inspection-found = Person found
inspection-missing = Nobody
inspection-left = Not looked at
inspection-proves = As it stands, it is 95 % certain that of { $size } tickets fewer than { $fewer } have nobody.
inspection-sign = Sign and publish
inspection-sign-what = Once signed it cannot be changed. The outcome of each ticket and the number of people above the cap are published; no personal data is.
inspection-sure = I looked at each of these tickets myself and the outcomes are right
inspection-sure-empty = Confirm that you looked at each ticket
inspection-signed = Signed
inspection-signed-what = The audit is public and part of the record.

inspection-ticket = Ticket { $ticket }
inspection-ticket-lead = With the person present, type the number of the ID. It is only compared, and not kept.
inspection-ticket-hint = As on the ID; spaces do no harm
inspection-compare = Compare
inspection-no-match = Not the person who entered with this ticket. Check the ID and type it again
inspection-found-what = The person came, and the ID matches the entry.
inspection-nobody-came = Nobody came
inspection-nobody-came-what = Record this only after the published time. Somebody who comes later can still be found.
inspection-mark-missing = Record that nobody came

inspection-public-title = Entrant audit
inspection-public-what = An outside auditor looked at { $sample } of { $size } tickets, picked by the seed. Behind { $missing } of them nobody was found.
inspection-public-bound = This means: it is 95 % certain that fewer than { $percent } % of the tickets (fewer than { $fewer }) have no real person behind them.
inspection-public-whole = Every ticket was looked at: exactly { $missing } have no real person behind them.
inspection-public-over-cap = { $count ->
    [one] { $count } person has
   *[other] { $count } people have
} more tickets than allowed.
inspection-public-no-over-cap = Over the whole list nobody has more tickets than allowed.

audit-act-inspection-begun = Began an entrant audit
audit-act-inspection-found = Entrant audit: person found
audit-act-inspection-missing = Entrant audit: nobody
audit-act-inspection-differed = Entrant audit: the ID did not match
audit-act-inspection-signed = Signed and published an entrant audit
