# Places in sessions: what people see, and what staff see.

seats-unknown = There is no such session or place
    .next = Go back to the activity's page and choose again.
seats-cancelled = This session is cancelled
    .next = See the activity's page, or choose another session.
seats-begun = This session has begun
    .next = Choose a session that has not begun yet.
seats-full = This session is full
    .next = Choose another session.
seats-again = This ID number has a place in this session already
    .next = If it was you, find your entry with the receipt code.
seats-enough = This ID number has as many places as are allowed
    .next = If it was you, find your entry with the receipt code.
seats-twice = This entry was taken a moment ago
    .next = Find it with the receipt code.
seats-moved = The place stands differently by now
    .next = Reload the page, look at where it stands and try again.

## The form

seats-part-session = Which session
seats-label-session = Session
# $when date and time
seats-hint-session = Places as of { $when }; they are settled when you send.
# $title name of the session, $when date and time
seats-named = { $title }, { $when }
# $place where, $free what is free
seats-choice-hint = { $place }. { $free }
# $session name and time, $place where
seats-picked = { $session }, { $place }
# $free places left, $capacity all places
seats-free = { $free } of { $capacity } places free
# $waiting people in line
seats-full-line = Full; you can join the waiting list ({ $waiting } waiting)
seats-full-all = Full, and the waiting list is full too
seats-full-no-line = Full
seats-label-wait = Waiting list if full
seats-wait = If the session is full, put me on the waiting list
seats-hint-wait = When somebody gives a place back, we tell the next person in line, who has to say yes in time. If you do not tick this and the session is full, you are not entered.
seats-wait-yes = Yes
seats-wait-no = No
seats-pick-missing = Select a session
# $session name and time
seats-refused-cancelled = “{ $session }” is cancelled; choose another session
seats-refused-begun = “{ $session }” has begun; choose another session
seats-refused-full-line = “{ $session }” is full. Tick “If the session is full, put me on the waiting list” below, or choose another session
seats-refused-full = “{ $session }” and its waiting list are full; choose another session
seats-refused-no-line = “{ $session }” is full; choose another session
seats-just-now = It was full a moment ago and has a place again; please send once more
seats-known-card = This library card has been entered already
seats-known = This ID number or contact has been entered already
seats-known-title = Entered already
# $page leads to “Find my entry”
seats-known-way = If it was you, go to { $page } and see your place with the receipt code. If it was not you, please contact us and we will help.

## The receipt and “my entry”

seats-own-title = Your place
seats-own-number = Session number
seats-own-session = Session
seats-own-when = Time
seats-own-place = Where
seats-own-held = The place is yours. On the day, show the session number and your ID card, or this receipt.
# $rank place in line
seats-own-waiting = This session is full; you are number { $rank } on the waiting list. The order is that of entry: when somebody before you leaves, you move up.
# $hours hours
seats-own-waiting-then = When it is your turn, this page shows the place, and we write to you if you left an e-mail address. You have { $hours } hours to say yes, at the latest until the session begins.
# $until date and time
seats-own-offered = A place is free. Say yes before { $until }; after that it goes to the next person.
seats-own-returned = You gave the place back, or left the waiting list.
seats-own-declined = You did not want the place; it went to the next person.
# $until date and time
seats-own-expired = We did not hear from you before { $until }, so the place went to the next person. You can enter again while entry is open.
# $reason why it was cancelled
seats-own-cancelled = This session is cancelled: { $reason }
seats-own-other = While entry is open you can enter for another session; you need not give this place back first.
seats-own-missed = This session has begun, and it was not your turn.
# $reason
seats-own-taken-back = The library took this place back. The reason: { $reason }
seats-own-taken-back-then = If that is a mistake, please call us or come to the desk before the session begins, with the session number.
seats-own-came = You were there.
# $until date and time
seats-own-back-until = You can give the place back before { $until }, so that somebody who waits can come.
seats-accept = I take the place
seats-give-back = Give the place back
seats-leave-line = Leave the waiting list
seats-decline = I do not want the place
seats-back-title = Give the place back?
seats-leave-title = Leave the waiting list?
seats-decline-title = Do without this place?
seats-back-passes = The place goes to the first person on the waiting list at once, or is open to everybody.
seats-leave-passes = Those behind you move up.
seats-back-again = If you want to come after all, you have to enter again, at the end of the line.
seats-back-keep = No, keep it
seats-step-starts = The session begins
seats-receipt-why = With the receipt code you find, accept or give back your place, and come in at the door. It is not shown again after this page is closed: print it or write it down.
seats-receipt-back = If you cannot come, give the place back before { $until } under { $find }.
seats-receipt-waits = You are on the waiting list and have no place yet
seats-receipt-wait = When it is your turn, say yes under { $find }; the place is yours only then. If you left an e-mail address, we write to you too. Please do not come before you have a place.
seats-receipt-late = The session begins soon and the place cannot be given back any more. If you cannot come, please tell the library.
seats-receipt-come = { $starts }: show the session number and your ID card, or this receipt.

seats-consent-missing = Tick the box to enter. If you do not agree you cannot enter; other library services are not affected
seats-check-then = You get a receipt. With its code you see your place, give it back, or leave the waiting list.
seats-own-data-why = Only your receipt code opens this copy; staff cannot see your contact data.
seats-own-erased = You had your data deleted { $at }; contact data and answers are gone. The place is still yours: remember the session number, and look at this page for news.
seats-erase-stays = The place, the session number and the code that tells people apart stay until { $date }, because the door needs them. To let somebody else come, give the place back instead.
## The activity's page

seats-sessions = Sessions
seats-column-session = Session
seats-column-when = Time
seats-column-where = Where
seats-column-free = Places
# $when date and time
seats-as-of = Places as of { $when }.
seats-session-over = Has begun
# $reason why it was cancelled
seats-session-cancelled = Cancelled: { $reason }
seats-rules-title = How places are given
seats-rule-first = Whoever sends first has the place. It is settled when it was sent, and never more places are given than there are.
# $count sessions
seats-rule-per-person = { $count ->
    [1] One session a person.
   *[other] At most { $count } sessions a person; enter once for each.
 }
# $hours hours
seats-rule-back = { $hours ->
    [0] Until it begins, a place can be given back with the receipt code.
    [1] Until 1 hour before it begins, a place can be given back with the receipt code.
   *[other] Until { $hours } hours before it begins, a place can be given back with the receipt code.
 }
seats-rule-line = After that there is a waiting list in the order of entry. When a place comes back, the next person is told at once and has { $hours } hours to say yes.

## Staff: the draft

seats-plan-title = Sessions and places
seats-plan-none = There are no sessions yet.
seats-plan-add = Add a session
seats-plan-remove = Remove
seats-plan-line = { $places } can wait
seats-plan-places = { $capacity } places
seats-plan-by-lot = Each session is drawn: its places are the prizes, its waiting list the reserves. Everybody picks one session.
seats-terms-title = Rules for every session
seats-per-person = Most sessions a person
seats-back-hours = Places can be given back until so many hours before
seats-back-hours-hint = 0: until it begins.
seats-offer-hours = Hours to say yes to a place
seats-offer-hours-hint = At the latest until the session begins.
seats-save = Save
seats-session-title = Session
seats-title-zh = Name of the session (Chinese)
seats-title-en = Name of the session (English)
seats-place-zh = Where (Chinese)
seats-place-en = Where (English)
seats-starts = It begins
seats-capacity = Places
seats-waiting-places = Places on the waiting list
seats-waiting-places-hint = How many people can wait once it is full; 0 for no waiting list. At publishing the vault is told both numbers: it writes to no more people than these.
seats-trouble-title = Enter the session's name in Chinese and English
seats-trouble-place = Enter where it is in Chinese and English
seats-trouble-starts = A session begins after entry opens, and after the draw where places are drawn
seats-trouble-capacity = Enter the places, a whole number from 1 to 100000
seats-trouble-waiting = Enter the places on the waiting list, a whole number from 0 to 100000
# $from and $to are the range
seats-trouble-per-person = Enter how many sessions a person may take, a whole number from { $from } to { $to }
seats-trouble-back = Enter until how many hours before places come back, a whole number from { $from } to { $to }
seats-trouble-offer = Enter how many hours an offer stands, a whole number from { $from } to { $to }
seats-problem-none = Add at least one session

## Staff: running

seats-running-title = Sessions, waiting list and door
seats-list-title = List
seats-list-why = Numbers, hours and states only; contacts are not shown. The vault sends the letters.
seats-figure-held = Have a place
seats-figure-offered = Have to say yes
seats-figure-waiting = Waiting
seats-figure-came = Came
seats-state-cancelled = Session cancelled
seats-state-missed = Not reached
seats-state-held = Place held
seats-state-waiting = Waiting
seats-state-offered = Place offered
seats-state-returned = Given back
seats-state-declined = Declined
seats-state-expired = Offer passed
seats-state-taken-back = Taken back
seats-list-number = Session number
seats-list-hour = Entered
seats-list-state = State
seats-list-door = Door
seats-list-empty = Nobody has entered for this session yet.
seats-offered-until = until { $until }
seats-came = Came
seats-undo = Did not come
seats-csv = Download the list for the door (CSV)
seats-door-title = Door
seats-door-lead = Type the session number and the whole ID number on the card; the vault compares them. Or type the receipt code.
seats-hint-number = For example 12-7
seats-door-or = Or the receipt code
seats-door-button = Mark as come
seats-door-nothing = Enter the session number and the ID number on the card, or the receipt code
# $at date and time
seats-door-marked = This number was marked at { $at } already: make sure that it is the same person. If that was a mistake, take it back in the list below first
seats-door-number = Nobody holds a place with this number in this session; look at the receipt again
seats-door-no-match = That does not match the entry with this number; type what is on the card once more
seats-door-code = This receipt code is not of a place in this session; look at it again
seats-more-title = More places
seats-more-lead = Places can only be added. Those who wait are told of them in their order at once.
seats-more-button = Add
# $least the number now
seats-more-capacity = Enter the places, not fewer than { $least } as now
seats-more-line = Enter the places on the waiting list, not fewer than { $least } as now
seats-take-title = Take a place back
seats-take-lead = For entries with somebody else’s details, or made-up ones; places on the waiting list too. The place is offered to the next in line at once, and this cannot be undone. Whoever left an e-mail address is told, and reads the reason with the receipt code.
seats-take-reason = The reason
seats-take-reason-hint = The person reads it, and it stays in the audit record; no names and no ID numbers, please.
seats-take-reason-missing = Enter the reason; the person will read it
seats-take-reason-long = Shorten the reason to at most 200 characters
seats-take-nobody = Nobody has or waits for a place with this number in this session; look at the list again
seats-take-came = This number was marked at the door; if that was a mistake, take the mark back in the list first
seats-take-sure = I want to take this place back
seats-take-sure-missing = Tick the box to take the place back
seats-take-button = Take the place back
seats-cancel-title = Cancel this session
seats-cancel-lead = This cannot be undone. Everybody with a place or on the waiting list is told, and the reason is public on the activity's page.
seats-cancel-reason = The public reason
seats-cancel-reason-missing = Enter the public reason; people will read it
seats-cancel-sure = I want to cancel this session
seats-cancel-sure-missing = Tick the box to cancel the session
seats-cancel-button = Cancel this session
seats-letters-title = Letters
seats-letters-waiting = Waiting to leave
seats-letters-sent = Sent
seats-letters-uncertain = Not known whether they arrived
seats-letters-refused = Not sent; tell people in another way
seats-letters-no-address = No e-mail address was left
seats-letters-dropped = No longer needed
seats-sheet-number = Session number
seats-sheet-hour = Entered
seats-sheet-state = State
seats-sheet-came = Came
seats-sheet-yes = Yes
