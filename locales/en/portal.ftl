# Public pages: front page, list of activities, one activity.

portal-unpublished = Nothing is published at this address yet
    .next = Choose from the list of activities.
portal-not-yet = Not yet open
portal-kind-draw = Lucky draw
portal-kind-survey = Survey
portal-list-comma = {", "}
portal-home-title = Library surveys and public draws
portal-home-lead = No account, about 2 minutes. Anyone can check a draw, and personal data is deleted on time.
portal-home-open = Open now
portal-home-soon = Opening soon
portal-home-none = Nothing is open at the moment.
portal-home-all = All activities
portal-home-entry = Have you entered already?
portal-home-entry-text = Use your receipt code: { $link } to see, download or withdraw it.
portal-home-results = Newest results
portal-home-all-draws = All public draws
portal-home-trust = You need not trust us: the list is sealed first, the randomness is public, and anyone can work the draw out again. { $link }
portal-home-how = How to check
portal-list-title = Activities
portal-search = Search
portal-stage = State
portal-kind = Kind
portal-filter = Filter
portal-found = { $count ->
    [one] 1 activity
   *[other] { $count } activities
}
portal-results = Results
portal-no-match = Nothing fits. { $link }
portal-clear = Clear the filter
portal-card-opens = Opens { $when }
portal-card-closes = Until { $when }, { $days ->
    [one] 1 day left
   *[other] { $days } days left
}
portal-card-prizes = Prizes:{" "}
portal-card-draw = Draw: { $when }
portal-enter = Enter
portal-answer = Answer the survey
portal-cancelled = This activity was cancelled. Reason: { $reason }
portal-closed = Entry is closed.
portal-entries = { $count ->
    [one] 1 entry.
   *[other] { $count } entries.
}
portal-to-draw = See the draw
portal-dates = Dates
portal-step-published = Rules sealed and published
portal-step-opens = Entry opens
portal-step-closes = Entry closes
portal-step-freezes = List sealed
portal-step-draws = Public draw
portal-step-claims = First claim deadline
portal-step-purges = Personal data deleted
portal-prizes = Prizes
portal-prize = Prize
portal-units = How many
portal-value = Worth each (NT$)
portal-how-drawn = How it is drawn
portal-rule-equal = One ticket a person, every ticket with the same chance, no weights.
portal-rule-wins = At most { $wins ->
    [one] 1 prize
   *[other] { $wins } prizes
} a person; { $reserves ->
    [one] 1 reserve is
   *[other] { $reserves } reserves are
} drawn too, called in order.
portal-rule-random = The randomness is round { $round } of the public source drand; nobody knows it before, and the library cannot choose.
portal-rule-claim = Winners have { $days ->
    [one] 1 day
   *[other] { $days } days
} to answer; then the next reserve is called.
portal-rules = Rules
portal-rules-full = Full rules
portal-rules-frozen = This text was sealed at publishing and cannot change; its fingerprint stands in the signed announcement.
portal-fingerprint = Fingerprint
portal-data = What we collect
portal-data-fields = We ask for:{" "}
portal-data-deleted = . Deleted on { $when }.
portal-data-answers = Only your answers, deleted on { $when }.
portal-privacy-title = Data collection notice

portal-sessions = This activity has { $count } draws; enter once and you have a ticket number in each.
portal-pools = This activity has { $count } groups; you pick one when you enter.
portal-draw-when = Drawn: { $when }.
portal-excludes = Winners and reserves of “{ $name }” do not win in this one.
portal-draw-cancelled = This draw is cancelled
portal-rule-tickets = A person can collect up to { $tickets } ticket numbers.
portal-rule-weighted = Every ticket number has the same chance. The first one comes with the entry, the others are earned under the rules.
