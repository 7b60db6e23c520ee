# Holds, disclosures, partners, tax vault, incidents.

custody-title = Data in custody
custody-lead = Data that is kept after an activity, or handed to somebody outside. Two people agree to a hold, a disclosure and the words about an incident; one person takes the files for partners and for the tax. Each is in the audit record.
custody-alone-title = A second person is needed
custody-alone = Decisions here need two people. Ask an administrator to give a colleague the role “Privacy officer” under “Accounts and roles”.
# $count: number of proposals
custody-waiting = { $count ->
    [one] One waits for a second person.
   *[other] { $count } wait for a second person.
}
custody-waits = waits for a second person
custody-limits-title = Limits of this site
# $named, $held: numbers of rows
custody-limits = At most { $named } contacts of entries that did not win are opened in a year, and { $held } are held. The operator's settings decide both; no page can change them.
custody-requests-lead = What people ask about their own data is answered here.
# $count: number of requests
custody-requests-open = { $count ->
    [one] One waits for an answer.
   *[other] { $count } wait for an answer.
}
custody-public-here = Public pages and the record
custody-column-activity = Activity
custody-column-basis = Basis
custody-column-state = State
custody-column-until = Held until
custody-column-named = Tickets
custody-column-ground = Ground
custody-column-when = When
custody-column-handed = Rows handed out
custody-column-year = Year
custody-column-times = Times
custody-state-proposed = Waits for a second person
custody-state-active = Held
custody-state-ending = Over, about to be destroyed
custody-state-approved = Approved
custody-state-handed = Handed out
custody-state-looked-up = Looked up
custody-state-dropped = Dropped
custody-state-ended = Ended
custody-proposed = Proposed
custody-approved = Approved
custody-ended = Ended
custody-approve = Approve
custody-drop = Drop
custody-take-back = Take back the proposal
custody-own-proposal = You proposed this; a colleague has to approve it.
custody-draw = Draw
custody-draw-empty = Choose a draw
custody-draws-none = No activity has been published yet.
custody-tickets = Ticket numbers
custody-tickets-hint = Such as 317-7, several with spaces between. Only the contacts of these tickets are held.
custody-tickets-disclosure-hint = Such as 317-7, several with spaces between. Leave it empty to look up a misused ID number, and for research.
custody-tickets-empty = Enter ticket numbers
# $word: what was typed
custody-tickets-shape = “{ $word }” is not a ticket number; write it as on the receipt, such as 317-7
# $max: a number
custody-tickets-many = At most { $max } tickets at a time
custody-tickets-research = Research gets tables only; leave the ticket numbers empty
# $ticket: a ticket number
custody-no-ticket-at = { $ticket } has no contact: it is not in this draw, or the person withdrew the entry or had the data erased
custody-document = Reference number
custody-document-hint = Number of the letter or case. Needed where a court, prosecutor or the police look into it.
custody-document-number-hint = Number of the letter, case or contract
custody-document-empty = Enter the reference number
custody-reason = Reason
custody-reason-hint = Goes into the audit record and stays. Write what happened; no name, telephone or ID number of anybody.
custody-reason-empty = Enter a reason
# $max: characters
custody-too-long = Use at most { $max } characters
# $words: what is missing
custody-in-chinese = { $words } (Chinese)
custody-in-english = { $words } (English)
custody-passphrase = Your passphrase
custody-passphrase-hint = Handing out data weighs a lot, so we make sure once more that it is you.
custody-passphrase-empty = Enter your passphrase
# $count: a number
custody-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
custody-rows = { $count ->
    [one] { $count } row
   *[other] { $count } rows
}
custody-people = { $count } people
custody-field-name = Name
custody-field-phone = Telephone
custody-field-email = Email
custody-field-postal-code = Postal code
custody-field-county = County or city
custody-field-district = District
custody-field-address = Address

custody-holds-title = Legal holds
custody-holds-lead = Where the law asks for it, the contacts of named tickets outlive the deletion of an activity for a time. Everybody else's data is deleted on its day.
custody-holds-none = Nothing is held.
custody-hold-new = Propose a hold
# $longest: days; $most: rows
custody-hold-new-lead = It begins when a colleague approves it, lasts { $longest } days at most, and can be renewed once, by two again. This site holds { $most } rows a year at most.
custody-hold-title = Legal hold
custody-hold-basis = Basis
custody-hold-basis-empty = Choose a basis
custody-basis-investigation = Investigation by a court, prosecutor or the police
custody-basis-investigation-hint = They wrote to the library (Personal Data Protection Act, Art. 16 (1) and (2))
custody-basis-by-law = required by law
custody-basis-claim = Lawsuit, claim or appeal
custody-basis-claim-hint = Rights of the library or of others are disputed (Art. 11 (3) proviso; Enforcement Rules, Art. 21)
custody-basis-review = Review by an authority or auditors
custody-basis-review-hint = An authority or the audit office reviews the activity
custody-basis-site-rules = The activity's rules were broken
custody-basis-site-rules-hint = The entry was disqualified by a rule, and the person may object
custody-hold-rule = Which rule
custody-hold-rule-hint = Only where the basis is that rules were broken
custody-hold-rule-empty = Choose the rule that was broken
custody-rule-other-person = Entered with somebody else's data
custody-rule-several-names = One person entered under several names
custody-rule-machine = Entered by a program
custody-rule-excluded = Not allowed to take part by the rules
custody-rule-untrue = Untrue statements
custody-hold-days = Days
# $longest: days
custody-hold-days-hint = From the approval on, 1 to { $longest }. Hold no longer than needed.
# $least, $most: numbers
custody-hold-days-wrong = Enter a whole number from { $least } to { $most }
custody-hold-propose = Propose; a colleague approves
custody-hold-renewed = (renewed once)
custody-hold-purge = The activity's data is deleted on
custody-hold-held = Sealed apart
custody-hold-decide = Decide
# $count: days
custody-hold-decide-lead = { $count ->
    [one] When you approve, the contacts of these tickets are kept for { $count } day from today. On the last day the key of this hold is destroyed by itself.
   *[other] When you approve, the contacts of these tickets are kept for { $count } days from today. On the last day the key of this hold is destroyed by itself.
}
custody-hold-change-title = A change that waits
# $who: a name; $count: days
custody-hold-change-renew = { $count ->
    [one] { $who } proposes { $count } day more from the approval on.
   *[other] { $who } proposes { $count } days more from the approval on.
}
custody-hold-change-end = { $who } proposes to end this hold now.
custody-hold-renew-title = Renew or end early
custody-hold-renew-lead = A hold is renewed once, and a colleague approves it.
custody-hold-renew = Propose to renew
custody-hold-end-lead = When it is not needed any more, end it: the rows sealed apart are destroyed. A colleague approves.
custody-hold-end = Propose to end now
# $draw: title of activity and draw; $date: a day
custody-hold-draw = { $draw } (data of the activity deleted on { $date })
custody-hold-days-purge = A hold matters only if it lasts beyond the day on which the data of the activity is deleted.
# $date: a day
custody-hold-end-early = End it early when it is not needed any more; a colleague has to approve that too. The data of the activity is deleted on { $date } all the same.
custody-hold-short-title = Nothing is kept longer like this
# $date: a day; $days: a number of days
custody-hold-short = The data of the activity is deleted on { $date }, and this hold ends before that. To keep it beyond that day, the hold needs { $days } days from today or more.
# $longest: a number of days
custody-hold-short-later = A hold lasts { $longest } days at most; propose it closer to that day.
custody-hold-over = This hold is over; its key is destroyed by itself within an hour.

custody-disclosures-title = Register of disclosures
custody-disclosures-lead = Whatever is handed to somebody outside, by law or by an exception of the privacy policy, is registered here. The register names nobody, and its counts are public.
custody-disclosures-none = The register is empty.
custody-disclosure-new = Register a disclosure
custody-disclosure-new-lead = Two colleagues confirm with their passphrases; then only the fields and tickets that were asked for leave, in a file given once.
custody-disclosure-propose = Propose; a colleague approves
custody-shut-title = Nothing can be opened now
custody-shut = The operator does not allow contacts of entries that did not win to be opened (setting named_openings_per_year is 0). When a letter comes, the operator changes the setting and restarts first, then the second person approves.
custody-ground = Ground
custody-ground-empty = Choose a ground
custody-ground-shut = The operator's settings do not allow this ground; choose another one
custody-ground-judicial = Request of a judicial authority
custody-ground-judicial-hint = A court, prosecutor or judicial police wrote, by legal procedure
custody-ground-site-rules = Rules of the site were broken and harm was done
custody-ground-site-rules-hint = To deal with the harm, where there is no other way
custody-ground-benefit = A benefit that the government gives
custody-ground-benefit-hint = Only where the operator allows it, with a written reason
custody-ground-others = Rights of other people
custody-ground-others-hint = Somebody says another person entered with their ID: name no ticket; once approved, it is looked up at the desk
custody-ground-research = Research
custody-ground-research-hint = By the library or on its commission. Gets published tables and no row of anybody
custody-agency = Handed to
custody-agency-hint = Name of the authority or institution
custody-agency-empty = Enter who gets it
custody-basis = Legal basis
custody-basis-hint = Article or rule, such as Code of Criminal Procedure, Art. 229
custody-basis-empty = Enter the legal basis
custody-fields = Fields asked for
custody-fields-hint = Tick only what the letter names; nothing else leaves.
custody-fields-empty = Tick the fields to hand out
custody-expires = The receiver keeps it until
custody-expires-hint = Needed for research; as in the contract, such as 31 Dec 2027
custody-expires-empty = Enter until when the contract lets them keep it
custody-disclosure-decide = Decide
# $count: rows
custody-disclosure-decide-rows = { $count ->
    [one] When you approve, { $count } row is downloaded at once, and only now. Each opening is in the audit record first, and the person can see it.
   *[other] When you approve, { $count } rows are downloaded at once, and only now. Each opening is in the audit record first, and the person can see it.
}
custody-disclosure-decide-lookup = When you approve, one ID number can be looked up at the desk; it gives ticket numbers and nothing of whoever entered.
custody-disclosure-decide-tables = When you approve, the published tables of this activity are downloaded; nothing in them is of one person.
custody-disclosure-approve = Approve and download
custody-disclosure-once = The file was given once and no copy is here. To hand it out again, register it anew.
# $agency, $document: texts; $who: a name; $when: a moment; $count: rows; $id: a code
custody-disclosure-mark = { $count ->
    [one] Handed to { $agency }, reference { $document }; approved by { $who } on { $when }; { $count } row; register { $id }
   *[other] Handed to { $agency }, reference { $document }; approved by { $who } on { $when }; { $count } rows; register { $id }
}
custody-lookup-title = Look up an ID number
custody-lookup-lead = Look at the person's ID card first. The number is compared and not kept.
custody-lookup-hint = One look only
custody-lookup = Look up
custody-lookup-once = The one look-up was used. Nothing about anybody was handed over, and the ID number is not kept.
custody-found-title = Result
# $tickets: ticket numbers
custody-found = Somebody entered with this ID number; ticket { $tickets }.
custody-found-next = If it was not the person, correct the list while objections are open, or mark the winner not eligible. To keep evidence, propose a hold.
custody-found-none = Nobody entered this draw with this ID number.
custody-public-title = How often we handed out data
custody-public-lead = What people enter is used for the activity alone. Whenever the law or an exception of the privacy policy made us hand it out, it is listed here.
custody-public-none = So far it has not happened once.
custody-public-grounds = Each time two members of staff agreed, and only the fields that were asked for left. With your receipt code, “My entry” shows when your data was opened.

custody-tax-title = Prize income
custody-tax-lead = Data of winners whom the Income Tax Act makes us report: one key for each year, read by accountants only.
custody-tax-none = No winner has been taken down yet.
custody-tax-desk-title = Prize income of a winner
# $value: dollars
custody-tax-twd = TWD { $value }
# $resident, $other: dollars
custody-tax-both = residents TWD { $resident }; others TWD { $other }
# $limit: dollars
custody-tax-needed = This prize is worth more than TWD { $limit } and has to be on a statement: take down the winner's details.
# $limit: dollars; $year: a year
custody-tax-maybe = This prize is worth TWD { $limit } or less. But when one person's prizes of { $year }, over all activities here, come to more than TWD { $limit }, or anything was withheld, each has to be on a statement; so take it down. After the year is filed, those who need no statement are deleted at once.
custody-tax-say-title = Tell the winner first
# $until: a day; $limit: dollars
custody-tax-say = “By Articles 88, 89 and 92 of the Income Tax Act we take down your name, ID number and registered address, for withholding and filing only. They are sealed apart, only accountants can read them, and they are deleted by { $until } at the latest; if your prizes of the year come to TWD { $limit } or less and nothing was withheld, right after filing.”
custody-tax-id = ID number or resident certificate number
custody-tax-id-hint = It is compared with the one of the entry first, and taken down only if it is the same.
custody-tax-id-hint-second = Entries of this activity gave no ID number, so another librarian has to look at the card and confirm.
custody-tax-name-hint = As on the card
custody-tax-address-hint = The registered address; for a resident certificate, the one on it
custody-tax-address-empty = Enter the registered address
custody-tax-residency = Is the winner a resident this year?
custody-tax-residency-hint = It depends on living in Taiwan, not on nationality or the kind of card. Ask the winner.
custody-tax-residency-empty = Choose whether the winner is a resident
custody-tax-resident = Resident
custody-tax-resident-hint = Registered and usually living in Taiwan, or here for 183 days or more this year
custody-tax-other = Not a resident
custody-tax-other-hint = Anybody else; tax from the first dollar
custody-tax-seen = I have seen the original card and told the winner the above
custody-tax-again = For safety, the number and this box are filled in anew each time.
custody-tax-seen-empty = Look at the original card and tell the winner, then tick this
custody-tax-keep = Take down and seal
custody-tax-kept-title = Taken down
# $residency: words; $withheld: dollars
custody-tax-kept = { $residency }, TWD { $withheld } withheld. The details are sealed and not shown here.
custody-tax-kept-correct = To correct the name, the address or the residency, ask an accountant, under “Data in custody”, “Tax on prizes”.
custody-tax-waits = There was no ID number to compare, so another librarian has to look at the card.
custody-tax-waits-own = You took it down; another librarian opens this page with their own account and confirms.
custody-tax-confirm = I have seen the card and it is right
custody-tax-column-name = Name
custody-tax-column-id = ID number
custody-tax-column-address = Registered address
custody-tax-column-residency = Residency
custody-tax-column-kind = Income code
custody-tax-column-paid = Handed over
custody-tax-column-prize = Prize
custody-tax-column-ticket = Ticket
custody-tax-column-value = Value (TWD)
custody-tax-column-withheld = Withheld (TWD)
custody-tax-column-total = Year's total (TWD)
# $year: a year; $who: a name; $when: a moment; $count: rows
custody-tax-mark = { $count ->
    [one] Year { $year }; taken by { $who } on { $when }; { $count } row; for filing only
   *[other] Year { $year }; taken by { $who } on { $when }; { $count } rows; for filing only
}
# $year: a year
custody-tax-year-title = Prize income of { $year }
custody-tax-listed = Rows on statements
custody-tax-sum = Value of prizes (TWD)
custody-tax-statement = Statement
custody-tax-yes = Needed
custody-tax-no = Not needed
custody-tax-second = Waits for a second person
# $date: a day
custody-tax-pay-by = Tax withheld is paid by { $date } (later where that is a holiday)
custody-tax-row-title = A payee
custody-tax-row-correct = Correct
custody-tax-row-lead = What was taken down is sealed and not shown. With the ID card before you, enter every field again; the old content is replaced, and the audit record says so.
custody-tax-row-id-hint = Confirms that it is the same person: it has to be the number taken down.
custody-tax-row-id-second = Where it differs from the number taken down, a colleague has to look at the card and confirm.
custody-tax-row-seen = I looked at the ID card
custody-tax-row-save = Correct and seal again
custody-tax-row-own = You entered this number; ask a colleague to look at the card and confirm on this page with their own account.
custody-tax-row-filed = The year is marked as filed; it can no longer be corrected.
custody-tax-row-differs = It is not the number taken down; look at the card again
custody-tax-year-none = There are no rows of this year any more.
# $limit: dollars
custody-tax-total-hint = The year's total is one person's over all activities; above TWD { $limit }, or where anything was withheld, a statement is needed. No names are shown here.
custody-tax-file-title = File for the statements
# $count: rows
custody-tax-file-lead = { $count ->
    [one] Opens { $count } row and writes that into the audit record. Keep the file on the computer used for filing and delete it afterwards.
   *[other] Opens { $count } rows and writes that into the audit record. Keep the file on the computer used for filing and delete it afterwards.
}
custody-tax-file = Download
# $count: rows
custody-tax-file-waits = { $count } wait for another librarian; then the file can be downloaded.
custody-tax-filed = Filed
custody-tax-not-filed = Not filed yet
custody-tax-filed-title = Filing
# $day: a day of January
custody-tax-running = The year has not ended. Statements are filed by { $day } January of the next one (later where that is a holiday).
# $limit: dollars; $years: a number
custody-tax-filed-lead = Once filed, people whose total is TWD { $limit } or less, with nothing withheld, are deleted at once; the others are kept for { $years } years after the year of filing, then the key is destroyed.
custody-tax-sure = The statements of this year are filed
custody-tax-sure-empty = Tick this once the statements are filed
custody-tax-filed-button = Note that it is filed
# $date: a day; $count: rows
custody-tax-filed-done = { $count ->
    [one] Filed on { $date }; { $count } row that needed no statement is deleted.
   *[other] Filed on { $date }; { $count } rows that needed no statement are deleted.
}
custody-tax-filed-until = The rest is destroyed after { $date }.
custody-tax-delete = Destroyed after
custody-tax-erased-on = Destroyed on { $date }
custody-tax-erased-title = Destroyed
custody-tax-erased = { $count ->
    [one] The key of this year and { $count } row were destroyed on { $date }.
   *[other] The key of this year and { $count } rows were destroyed on { $date }.
}
custody-tax-rules = Rules
custody-tax-rules-lead = The rules of the day of handover count. When a number changes, the operator adds a set of rules as the setting tax_rules; look again every January.
# $since: a day
custody-tax-rules-from = From { $since } on
# $free: dollars; $percent, $day: numbers
custody-tax-rule-resident = Residents: { $percent }% of prizes worth more than TWD { $free } (nothing at exactly { $free }), paid by day { $day } of the next month.
# $percent, $days: numbers
custody-tax-rule-other = Others: { $percent }% from the first dollar, paid and filed within { $days } days.
custody-tax-rule-more = { $days } days more when three or more public holidays in a row fall into them.
# $limit: dollars; $day: a day of January
custody-tax-rule-year = No statement for one person whose total of the year is TWD { $limit } or less and from whom nothing was withheld; statements by { $day } January.
# $years: a number
custody-tax-rule-keep = Rows are kept for { $years } years after the year of filing.
# $source: law; $date: a day
custody-tax-source = Source: { $source }. Looked up on { $date }.

custody-incidents-title = Incidents
custody-incidents-lead = When personal data leaked, or may have: write down what happened and what was done, tell people, and note the report.
# $count: a number
custody-incidents-open = { $count ->
    [one] One is open.
   *[other] { $count } are open.
}
# $hours: a number
custody-incidents-hours = Report to the authority within { $hours } hours of noticing (the operator's setting).
custody-incidents-no-hours = The operator set no time for reports; report as soon as you can.
custody-incidents-none = None is on record.
custody-incident-new = Record an incident
custody-incident-new-lead = Write it down now; the words can be changed. People see them only after a colleague has approved them.
custody-incident-title = Incident
custody-incident-noticed = Noticed
custody-incident-noticed-hint = Such as 2026-11-22 14:05
custody-incident-noticed-wrong = Enter the day and time at which it was noticed, not later than now
custody-incident-activities = Activities concerned
custody-incident-activities-empty = Tick at least one activity
custody-incident-facts = What happened
custody-incident-facts-zh = What happened (Chinese)
custody-incident-facts-en = What happened (English)
custody-incident-facts-hint = People read this. Say when, how much and which data; no names.
custody-incident-facts-empty = Say what happened, in both languages
custody-incident-measures-zh = What was done, and what people can do (Chinese)
custody-incident-measures-en = What was done, and what people can do (English)
custody-incident-measures-hint = Such as: passwords were changed; beware of calls that claim to be the library.
custody-incident-measures-empty = Say what was done, in both languages
custody-incident-record = Record
custody-incident-recorded = Written by
custody-incident-report = Report to the authority
# $date: a moment
custody-incident-report-by = by { $date }
custody-incident-reported-on = reported on { $date }
custody-incident-report-lead = After reporting, note the number that the authority gave.
custody-incident-number = Number of the report
custody-incident-number-empty = Enter the number of the report
custody-incident-reported = Note the report
custody-incident-late-title = The time for the report is over
custody-incident-late = It was due by { $date }. Report now and note it below.
custody-incident-open = On record
custody-incident-told = People are told
custody-incident-closed = Closed
custody-incident-told-label = Approved and told
custody-incident-affected = Who is affected
custody-incident-list = Download ticket numbers
custody-incident-list-hint = The list has ticket numbers only, no names and no contacts.
custody-incident-words = What people read
custody-incident-tell-title = Tell people
custody-incident-tell-lead = When you approve, the words stand on the activity's page and on “My entry” of the people affected.
custody-incident-tell = Approve and tell
custody-incident-tell-once = After the approval the words cannot be changed, and letters cannot follow later.
custody-incident-reword = Change the words
custody-incident-reword-lead = Whoever changes them cannot approve them.
custody-incident-close-lead = When it is dealt with, close it: the words leave the pages, the record stays.
custody-incident-close = Close
custody-incident-by-mail = Also write to everybody affected by e-mail
custody-incident-by-mail-hint = One letter each. Addresses are opened inside the vault; the web program does not see them.
custody-incident-no-mail = The operator does not allow letters (setting breach_mail), so only the pages tell.
custody-incident-by-rule = The system
custody-incident-raised = A rule opened this by itself. See what it was:
# $hours: whole hours
custody-incident-left = { $hours ->
    [one] ({ $hours } hour left)
   *[other] ({ $hours } hours left)
}
custody-incident-nobody = No activity has been named yet.
custody-incident-concern = Add affected activities
custody-unworded = These words are the system's. Write them anew so that people understand them, and a colleague approves.
custody-nobody-concerned = Add the affected activities first, so that it is known whom to tell.
custody-steps = What was done
custody-step-add = Add a step
custody-step-recorded = Opened
custody-step-seen-again = Reached again
custody-step-reworded = Words written anew
custody-step-note = What was found out or done
# $count: number of people
custody-step-people = { $count ->
    [one] One person affected
   *[other] { $count } people affected
}
custody-step-concerned = Activity added
custody-step-not-needed = Decided that nobody has to be told
custody-step-reported = Reported
custody-step-told = People told
custody-step-closed = Closed
custody-step-hint = It is kept for ever; no names, ID or telephone numbers.
custody-step-empty = Write something
custody-count-label = How many people
custody-people-hint = Where you are not sure, estimate, and add a step later.
custody-people-wrong = Enter how many people
custody-people-add = Record the number
custody-data = Which data
custody-data-hint = For example name and telephone number
custody-data-empty = Say which data
custody-dismiss-title = Nobody has to be told
custody-dismiss-lead = When it is clear that no personal data was exposed, write the reason and close it.
custody-dismiss-reason = Why nobody has to be told
custody-dismiss = Decide so and close
custody-letters = Letters
# $title: the activity
custody-letters-locked = The contacts of “{ $title }” open after two librarians have entered their shares; until then no letter leaves.
custody-letters-unlock = Enter a share
custody-letter-waiting = To be sent
custody-letter-sent = Sent
custody-letter-no-address = No e-mail address
custody-letter-refused = Refused by the mail server
custody-letter-uncertain = Not certain; not sent again
custody-told-title = Important notice about personal data
# $date: a day
custody-told-when = Notice of { $date }
custody-affected-draw = Draw
custody-affected-ticket = Ticket
# $id: a code; $who: a name; $when: a moment; $count: people
custody-affected-mark = Incident { $id }; taken by { $who } on { $when }; people: { $count }, tickets: { $tickets }

# $basis: the basis of a hold; $date: a day
custody-kept-hold = Contact details (held)
custody-kept-hold-why = On the basis “{ $basis }”, decided by two members of staff. Deleted by { $date } at the latest; everything else goes on its day.
# $year: a year
custody-kept-tax = Prize income of { $year }: name, ID number and registered address
# $date: a day
custody-kept-tax-why = For the statement under the Income Tax Act; deleted by { $date } at the latest.
custody-kept-tax-open = For the statement under the Income Tax Act; deleted by { $date } at the latest, and at once after the filing where no statement is needed.

custody-providers-title = Partners
custody-providers-lead = People may choose to let somebody outside have their contact, such as the bookshop that gives the prizes. Nobody's data is given without their tick.
custody-providers-none = There is none yet.
custody-provider = Partner
custody-provider-empty = Choose a partner
custody-provider-new = New partner
custody-provider-change = Change partner
custody-provider-name-zh = Name (Chinese)
custody-provider-name-en = Name (English)
custody-provider-name-empty = Enter the name in both languages
custody-provider-twice = There is a partner of that name; change that one in the list
custody-provider-address = Where people ask about their data
custody-provider-address-hint = Web address, e-mail or telephone of the partner's privacy contact; the form shows it
custody-provider-address-empty = Enter how the partner is reached about personal data
custody-provider-active = In use
custody-provider-ended = Not offered any more
custody-provider-active-label = New activities may offer this partner
custody-provider-save = Save
custody-offers-title = Shared with partners
custody-offers-lead = The form lists each partner before its fields, as a box that is not ticked; people can enter without ticking it. Nothing changes after publishing.
custody-offers-none = This activity shares nothing with anybody outside.
custody-offer-new = Add a partner
custody-offer-fields = Fields
custody-offer-fields-empty = Tick the fields to share
custody-offer-purpose = Purpose
custody-offer-purpose-zh = Purpose (Chinese)
custody-offer-purpose-en = Purpose (English)
custody-offer-purpose-hint = Such as sending the sponsor's vouchers
custody-offer-purpose-empty = Enter the purpose in both languages
custody-offer-until = Used until
custody-offer-until-hint = Such as 2026-12-31
custody-offer-until-wrong = Enter a day after the activity opens, such as 2026-12-31
custody-offer-save = Add to the form
custody-offer-remove = Remove
custody-offer-people = Who agreed
# $people, $handed: numbers
custody-offer-counts = { $people } people; { $handed } handed over
# $count: people
custody-offer-export-hint = { $count ->
    [one] Opens { $count } row, on record, and the person can see it. Say why now.
   *[other] Opens { $count } rows, on record, and each person can see it. Say why now.
}
custody-offer-export = Download the partner's file
custody-offer-export-admin = The file for a partner is taken by an administrator.
custody-offer-no-provider = A privacy officer adds partners under “Partners” first.
custody-offer-no-field = This activity asks for no field that could be shared.
# $provider, $purpose: texts; $until: a day; $who: a name; $when: a moment; $count: people
custody-provider-mark = For { $provider }, { $purpose }, until { $until }; taken by { $who } on { $when }; { $count } people

custody-unknown = There is nothing by that name.
    .next = Choose it again from “Data in custody”.
custody-moved = Somebody else decided a moment ago, or the content changed.
    .next = Reload the page and look at it before you decide.
custody-second-person = Whoever proposed it cannot approve it.
    .next = A colleague signs in and approves it.
custody-no-ticket = There is no contact behind the ticket.
    .next = Check the number; a withdrawn entry has no contact.
custody-purged = The activity's data is deleted, and no hold has these tickets.
    .next = Nobody can read it any more. Answer with that fact.
custody-not-allowed = The operator's settings do not allow it, or the number of the year is used up. Nothing was opened.
    .next = Ask the operator to check named_openings_per_year, held_rows_per_year and breach_mail.
custody-renewed-once = This hold was renewed once and cannot be renewed again.
    .next = On its last day the data is destroyed by itself.
custody-not-longer = The hold would not last longer than it does now.
    .next = Enter more days; to shorten it, propose to end it now.
custody-no-tables = This activity has no published tables.
    .next = Tables are made after the close. Try later, or choose another activity.
custody-not-paid = The prize was not handed over yet.
    .title = Not yet
    .next = Compare the ID on the winner's page and hand it over first.
custody-taken-down = This prize is taken down already.
    .next = Go back to the winner's page.
custody-year-shut = The year cannot be changed now: it has not ended, is filed, or rows wait for a second person.
    .next = See the page of the year.

audit-act-custody-hold-proposed = Hold proposed
audit-act-custody-hold-approved = Hold approved
audit-act-custody-hold-dropped = Hold dropped
audit-act-custody-hold-change-proposed = Change of a hold proposed
audit-act-custody-hold-changed = Hold changed
audit-act-custody-hold-ended = Hold ended, data destroyed
audit-act-custody-rows-held = Held rows sealed apart
audit-act-custody-disclosure-proposed = Disclosure proposed
audit-act-custody-disclosure-approved = Disclosure approved
audit-act-custody-disclosure-refused = The vault did not open; nothing handed out
audit-act-custody-disclosure-dropped = Disclosure dropped
audit-act-custody-id-looked-up = ID number looked up for misuse
audit-act-custody-payee-taken-down = Prize income taken down
audit-act-custody-payee-confirmed = Card of a payee confirmed
audit-act-custody-payee-corrected = Payee corrected
audit-act-custody-payee-removed = Handover taken back, payee deleted
audit-act-custody-tax-file-taken = File for tax statements taken
audit-act-custody-year-filed = Year of prize income filed
audit-act-custody-year-erased = Year of prize income destroyed
audit-act-custody-incident-recorded = Incident recorded
audit-act-custody-incident-reworded = Words of an incident changed
audit-act-custody-incident-told = Incident approved and told
audit-act-custody-incident-reported = Report of an incident noted
audit-act-custody-incident-closed = Incident closed
audit-act-custody-provider-saved = Partner saved
audit-act-custody-offer-made = Partner offered in an activity
audit-act-custody-offer-removed = Partner removed from an activity
audit-act-custody-provider-exported = Partner's file taken
