# The desk of staff.

desk-today-title = Today
desk-today-tasks = { $count ->
    [one] 1 thing to do
   *[other] { $count } things to do
}
desk-today-none = Nothing to do today.
desk-feedback = Feedback: { $count } to be dealt with
desk-discussion = Discussion of “{ $title }”: { $count } to be looked at
desk-upcoming = By itself in the next 7 days
desk-upcoming-closes = Entry closes
desk-upcoming-draw = Public draw
desk-column-title = Activity
desk-column-stage = State
desk-column-closes = Closes
desk-column-part = Part
desk-column-state = State
desk-activities-none = No activities yet. Start with a draw, sessions or a survey.
desk-next = Next
desk-go = Go there
desk-next-finish = Some parts of the draft are missing.
desk-next-publish = The draft is complete: check and publish it.
desk-next-opens = Published; entry opens by itself on its day.
desk-next-close = Entries come in; it closes by itself.
desk-next-freeze = Closed. The list is sealed by itself when the time for objections ends.
desk-next-beacon = The list is sealed; the draw happens by itself when the public randomness is out.
desk-next-paste = The public randomness is out but no relay answered. We keep trying; you may also paste it.
desk-next-numbers = The lottery issue is drawn. Two draw officers enter its numbers.
desk-next-by-draw-officer = A draw officer takes this step.
desk-next-notify = The result is public: tell the winners.
desk-next-reach = Some winners have not been reached. Reach them before the deadline; after it their prizes pass on, as the rules say.
desk-next-claims = Winners may answer; reserves are called by themselves after the deadline.
desk-next-purge = Nothing to do. Personal data is deleted on its date, with a public certificate.
desk-next-nothing = Personal data is gone; the draw can still be checked.
desk-parts = Task list
desk-part-details = Details and dates
desk-part-privacy = Personal data
desk-part-statistics = Statistics
desk-part-questions = Questions
desk-part-draw = Prizes and draw rules
desk-part-publish = Check and publish
desk-part-entries = Entries
desk-part-sessions = Sessions and places
desk-part-seats = Sessions, waiting list and door
desk-part-winners = Winners and notices
desk-part-answers = Answers
desk-part-frozen = Fixed
desk-part-done = Done
desk-part-missing = To do
desk-part-now = Now
desk-part-later = Not yet
desk-figure-entries = Entries
desk-figure-withdrawn = Withdrawn
desk-figure-sent = Notices sent
desk-figure-waiting = Notices waiting
desk-figure-trouble = Notices to look at
desk-public-page = See it as a patron
desk-delete-draft = Delete draft
desk-cancel = Cancel the activity

desk-draws = Draws
desk-part-chances = Earned chances
desk-unseen = Witnesses are missing
desk-unseen-key = The published rules need { $quorum } witnesses by { $until }; { $seen } have cosigned so far.
desk-unseen-freeze = The sealed list needs { $quorum } witnesses by { $until }; { $seen } have cosigned so far.
desk-unseen-reveal = The revealed secret counts only with { $quorum } witnesses by { $until }; { $seen } have cosigned so far.
desk-unseen-wait = They are asked again by themselves; if time runs short, please tell the administrator.
desk-unseen-late = The time has passed, and everybody who verifies this draw will see that its time is not proven. Please tell the administrator.
desk-unseen-late-reveal = The time has passed: by the rules zeros stand for it and the result is valid, but everybody who verifies it will see that the library did not reveal the secret in time. Please tell the administrator.
desk-unseen-who = See the witnesses
desk-part-codes = Purposes and categories
desk-remind-title = Days of personal data
desk-remind-halted = Paused, records are older than receipts: restore the newer database, or cancel with a public reason
desk-remind-purge = Personal data is deleted by itself
desk-remind-purge-waits = A deletion waits; please look why
desk-remind-late = Overdue
desk-remind-second = The last backup is over; the second certificate is signed
desk-remind-incident = An incident waits for a decision
desk-remind-requests-late = { $count ->
    [one] 1 request about personal data is past its day
   *[other] { $count } requests about personal data are past their day
}
desk-remind-requests-due = { $count ->
    [one] 1 request about personal data is to be answered
   *[other] { $count } requests about personal data are to be answered
}
desk-remind-hold-ends = A hold ends and its data is deleted by itself
desk-remind-hold-waits = A hold waits for a second person
desk-remind-tax = The prizes of { $year } are to be filed for tax

## The clock of the machine

desk-clock-title = The machine’s clock has to be confirmed
desk-clock-lead = The time of the machine does not follow on what the system noted last, so closing, drawing and deleting wait. Pages for the public work as usual. It goes on by itself when the clock is right again, or when public randomness proves the time.
desk-clock-silence = The system was switched off for a while and is asking public randomness for the time; closing, drawing and deleting go on once that is clear. Where no network can be reached they go on by themselves after two minutes. Pages for the public work as usual.
desk-clock-last = Noted last
desk-clock-expected = It should be about
desk-clock-found = The machine shows
desk-clock-advice = Look at another clock first. If the machine is wrong, have its clock set and leave the button alone; if it is right, press the button. Data that is deleted does not come back.
desk-clock-confirm = The machine shows the right time
