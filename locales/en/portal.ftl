# Public pages: front page, list of activities, one activity.

portal-unpublished = Nothing is published at this address yet
    .next = Choose from the list of activities.
portal-not-yet = Not yet open
portal-kind-draw = Lucky draw
portal-kind-seats = Places, first come
portal-kind-seats-by-lot = Places by lot
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

portal-statute-title = Your personal data
portal-statute-lead = Who holds it, what is held, and when it is deleted.
portal-statute-who = Who holds it
portal-statute-who-text = { $name }. For any question, reach the library at:
portal-statute-when = When it is deleted
portal-statute-when-text = The day is published before anybody enters. The system deletes on that day by itself and publishes a signed certificate.
portal-statute-next = Next to be deleted
portal-statute-purged = { $count ->
    [one] Personal data of 1 activity has been deleted
   *[other] Personal data of { $count } activities has been deleted
}: { $link }.
portal-statute-what = What is held
portal-statute-what-contact = Names and contact details: encrypted before they are stored. As a rule only those of winners and reserves who moved up are opened; others only to write about a data breach, or in the cases listed below. Every opening is on record.
portal-statute-what-id = ID numbers: make a code when you enter and are not kept. Those of winners who must be reported by law are kept apart.
portal-statute-what-answers = Answers: used for counts only; small counts are not published.
portal-statute-what-others = Nothing is sold, rented or exchanged. Others get data in these cases only, and only the part that the case needs:
portal-others-title = When others get data
portal-others-consent = Partners whom you ticked yourself before you entered; you can take that back at any time, but what they have by then cannot be called back.
portal-others-law = A court, a prosecutor or the police who ask through legal procedure: the tickets and fields named in their letter only.
portal-others-tax = The tax authority: winners whom the Income Tax Act has us report.
portal-others-rules = When somebody broke the rules of this site and harmed others, as far as dealing with it needs the data and there is no other way.
portal-others-rights = When the rights of other people need it. To somebody who shows an ID number and asks whether another person entered with it, only ticket numbers are told, and nothing about who entered.
portal-others-benefits = Benefits that the government gives; this library has opened this case.
portal-others-research = Academic research that the library does or commissions: published tables only, never a row.
# $link: the page of disclosures
portal-others-how = Except for partners whom you ticked and for the tax, two members of staff decide each time, it is registered, and the number is public: { $link }. Whenever your contact details were opened, “My entry” shows it.
portal-statute-you = What you can do
portal-statute-you-text = With your receipt code, “{ $link }” shows what we hold at once; you can download, correct, withdraw or erase it. No account is needed. Without the code, or to ask the library: “{ $request }”, answered within the time the law gives.
portal-statute-safe = Nothing sent over the internet is perfectly safe. Tell nobody your receipt code, and close the browser after entering on a shared computer.
portal-statute-more = What else is public
portal-coming-none = None at the moment.
# $when: a day
portal-coming-latest = If the draw or the handing over of prizes is not over then, on { $when } at the latest.
portal-retention-title = How long data is kept
portal-retention-lead = Each kind of personal data of patrons has its time; none is kept without end. Names of staff accounts and the audit record stay; they are listed last.
portal-retention-coming = Calendar of deletions
portal-retention-coming-text = Personal data of these activities goes on these days.
portal-retention-classes = The time of each kind of data
portal-retention-lasting = What is not deleted (no personal data of patrons is in it)
portal-retention-changes = Changes of periods
portal-retention-change = { $when }: { $name }, now { $kept }. Reason: { $reason }
portal-retention-unchanged = Nothing was changed so far.
portal-retention-change-text = A change holds for activities published after it; those already published keep the day they promised.
portal-register-title = Files of personal data
portal-register-lead = Published under Art. 17 of the Personal Data Protection Act: which files the library has, on what ground, what for, and which categories of data.
portal-register-holds = Content
portal-register-basis = Ground
portal-register-purposes = Purposes
portal-register-categories = Categories
portal-register-until = How long
portal-register-kept = { $from }{ $span }
portal-register-kept-newsletter = Until the subscriber leaves; two days where nobody confirmed.
portal-register-kept-staff = An account that is disabled cannot sign in; its name and the audit record stay.
portal-register-activities = Activities under way
portal-register-activities-text = The notice of each activity says what the numbers mean.
portal-register-activity = Activity
portal-register-none = None
portal-register-processors = Who works on data for us
portal-register-processors-text = Whoever works for the library counts as the library and is bound by the same rules.
portal-register-processors-none = Nobody does.
portal-register-processor-since = since { $from }
portal-register-processor-ended = { $from } to { $until }
portal-purges-title = Deletions and certificates
portal-purges-lead = Every deletion has a signed certificate. Draws can still be checked afterwards.
portal-purges-running = Under way
portal-purges-done = Done
portal-purges-none = No activity has come to its day yet.
portal-purges-when = Finished
portal-purges-rows = Rows deleted
portal-purges-certificate = Fingerprint of the certificate
portal-logs-title = Access log
portal-logs-lead = We know how often a page is read, not who reads it. Each line is kept for { $kept }.
portal-logs-holds = What a line holds
portal-logs-field-at = the time: for public pages only the hour, written in random order once that hour is over; for pages of staff to the second
portal-logs-field-from = a code of the network it came from: the address is shortened, then turned into a code with a key that is destroyed after { $days } days; there is no way back
portal-logs-field-method = read (GET) or sent (POST)
portal-logs-field-path = the kind of page and the name of the activity; nothing behind a question mark
portal-logs-field-status = the number of the answer, such as 200 or 404
portal-logs-field-ms = how many milliseconds it took
portal-logs-count-hour = which hour
portal-logs-count-method = read or sent
portal-logs-count-path = the kind of page
portal-logs-count-status = the number of the answer
portal-logs-count-count = how often in that hour; fewer than { $few } are written as “fewer than { $few }”
portal-logs-errors = When something breaks
portal-logs-errors-text = At an error the server also notes the time, the kind of page, the number of the error and the reference that the error page shows; no address and nothing you typed.
portal-logs-attacks = What is noted of attacks
portal-logs-attacks-text = To hold off attacks the system also counts wrong passphrases, wrong receipt codes and forms that are sent as programs send them. A line holds the kind, the minute, a number and a code of the network; the key of the codes is destroyed every week, and after seven days the codes are deleted too. No address and nothing you typed.
portal-logs-not = What it does not hold
portal-logs-not-text = No whole address, no browser, no page you came from, no account, no entry and nothing you typed.
portal-logs-entering = When you enter
portal-logs-entering-text = Pages for entering, for finding an entry and for requests are not listed one by one but counted by the hour, and small counts are written as “below 10”; so not even the order tells who entered.
portal-logs-why = Why there is a log
portal-logs-why-text = The law asks for one, to find attacks and faults. It is not used to recognise anybody or to advertise.
portal-notice-old = This is an earlier notice. It holds for those who entered while it was shown. { $link }
portal-notice-newest = See the newest one
portal-notice-purges = Personal data of this activity is deleted on { $when }.
portal-notice-versions = Every version of this notice
portal-notice-versions-text = The one you were shown when you entered is the one that holds for you; “Find my entry” has its fingerprint.
portal-notice-version = Version { $version }, from { $when }
portal-purges-copies = Copies
portal-purges-copies-gone = The last backup is over too, and it was looked again
portal-purges-copies-until = The last backup is over on { $when }; it is looked again then. Backups hold no key
portal-purges-copies-never = The disk of the keys may keep old contents, so there is no second certificate
portal-notice-number = Version { $version }

portal-cookies-title = Cookies
portal-cookies-lead = This site uses necessary cookies only: none for statistics, advertising or tracking. So there is nothing to agree to.
portal-cookies-none = Reading pages, looking up results and checking a draw sets no cookie at all. Each one below is set at the moment you need it. Only this site can read it: no script on a page and no other site can.
portal-cookies-list = All cookies
portal-cookies-name = Name
portal-cookies-what = What for
portal-cookies-set = When it is set
portal-cookies-until = How long
portal-cookies-blocked = If you refuse it
portal-cookies-receipt = Carries your receipt to the next page after you enter; what is in it is encrypted
portal-cookies-receipt-when = When you send an entry or a survey
portal-cookies-receipt-kept = { $minutes } minutes; gone at once when you close the receipt
portal-cookies-receipt-without = Your entry counts, but you cannot see the receipt page
portal-cookies-session = Remembers that a member of staff has signed in
portal-cookies-session-when = When staff sign in; patrons never need to
portal-cookies-session-kept = Until the browser is closed; it ends after 30 minutes without use, after 8 hours, or on signing out
portal-cookies-session-without = Staff cannot sign in; patrons notice nothing
portal-cookies-refuse = If you want no cookies
portal-cookies-refuse-text = You can block or delete the cookies of this site in your browser's settings. All public pages, checking draws, and finding, correcting and withdrawing an entry with the receipt code work as before. Only the receipt page after entering needs a cookie: please allow it before you send; it is gone by itself after { $minutes } minutes.
portal-cookies-missed = If you have sent the form and saw no receipt: allow cookies, go back and send the page again. However often one page is sent, it is one entry, and you see the same receipt.
portal-cookies-promise = This table is the list in the program: a cookie that is not on it is taken out before an answer leaves.
portal-genuine-title = Is this notice genuine?
portal-genuine-lead = If a mail, a text message or a call says that it is about a draw of this library, you can find out without following any link.
portal-genuine-check = How to check
portal-genuine-check-site = Type { $host } into your browser yourself, open “{ $link }” and enter your receipt code: it shows whether you won.
portal-genuine-check-here = Type the library's address into your browser yourself, open “{ $link }” and enter your receipt code: it shows whether you won.
portal-genuine-check-number = Or find the draw under “{ $link }” and compare your ticket number; winning numbers are public.
portal-genuine-check-phone = Or call the library. Use the number on this page, not the one in the notice.
portal-genuine-check-165 = In doubt, call the anti-fraud line 165.
portal-genuine-real = A genuine winner's notice
portal-genuine-real-from = comes from { $sender } and names the activity, your ticket number, the prize and the day until which to collect it.
portal-genuine-real-link = has no link and no attachment, and wants no reply.
portal-genuine-real-desk = asks you to collect the prize yourself at the desk, with your ID. It is compared and not copied.
portal-genuine-real-tax = Where the law wants a prize declared or taxed, that is done at the desk when you collect it.
portal-genuine-false = A false one
portal-genuine-false-money = wants you to transfer money, to pay postage or tax first, to use an ATM, to buy credit, or to give a card or an account
portal-genuine-false-data = asks by mail or telephone for your ID number, a picture of your ID, a password or the receipt code
portal-genuine-false-link = wants you to follow a link and sign in, install something, or add somebody in a messenger
portal-genuine-false-haste = presses you to act at once, or says that you must not call the library
portal-genuine-never = The library never asks you, for any reason, to transfer money or to use an ATM, and never asks for a card or an account.
portal-genuine-did = If you already did: call 165 and your bank at once, then tell the library.
portal-access-title = Accessibility
portal-access-lead = Everybody should be able to understand, enter and check a draw by themselves.
portal-access-how = What was done
portal-access-how-standard = Built to WCAG 2.2, level AA.
portal-access-how-keyboard = Everything works with a keyboard alone; each page begins with a link to its main content.
portal-access-how-script = Nothing needs JavaScript; pages are small, for slow networks and old telephones.
portal-access-how-zoom = At 400 % zoom, or 320 pixels wide, nothing has to be scrolled sideways.
portal-access-how-words = No meaning is in colour alone; a mistake is told in words, and nothing typed is lost.
portal-access-how-time = No countdown runs while you fill in a form; the page for a last look waits for an hour.
portal-access-tested = How it is checked
portal-access-tested-text = With every change, an automatic tool (axe) looks at every kind of page in a browser, in Chinese and English, wide and narrow. Automatic tools do not find everything.
portal-access-limits = What is still missing
portal-access-limits-text = People with disabilities have not tested this system item by item, and it has no accessibility badge. The files for verifying a draw are ZIP and JSON for programs; what is in them is told in words on the page of the draw.
portal-access-ask = If something does not work
portal-access-ask-text = Please tell us which page it is, what you wanted to do, and which aid you use.
