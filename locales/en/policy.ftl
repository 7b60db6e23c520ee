# The notice of Art. 8 of the Personal Data Protection Act, made from the activity's settings.

policy-item-agency = Who collects
policy-item-purpose = What for
policy-item-categories = What is collected
policy-item-period = How long, where, who and how
policy-item-rights = Your rights
policy-item-effect = If you do not give it

policy-purpose-draw = Entry, draw and winner notices of “{ $title }” ({ $codes }).
policy-purpose-seats = Entry, places and waiting list of “{ $title }” ({ $codes }).
policy-purpose-survey = Statistics of the survey “{ $title }” ({ $codes }).
policy-category = { $field } ({ $code }): { $purpose }
policy-categories-none = Only your answers; no name, ID number or contact.
policy-kept = From entry until it is deleted on { $date }; in Taiwan, by this library and those who work for it, electronically. Given to nobody else unless you tick a box of its own for it, the law demands it, or one of the exceptions applies that the page “Your personal data” (/privacy) lists one by one.
# $date: a day
policy-kept-latest = {" "}If the draw or the handing over of prizes is not over on that day, on { $date } at the latest.
policy-kept-tax = {" "}The ID number itself is not kept at entry; that of winners who must be reported by law is kept apart.
policy-kept-masked = {" "}Where a draw is shown in public, winning ticket numbers are shown, and the masked name of a winner may be, such as J*** L***.
policy-kept-unlinked = {" "}Answers are kept apart from entries and cannot be traced to you, so they cannot be corrected or withdrawn once sent.
policy-rights = To ask, read, copy, add, correct, stop the use of, and delete your data: use “Find my entry”, or ask the library ({ $contact }).
policy-effect-draw = You cannot take part in the draw or be told if you win; other library services are not affected.
policy-effect-seats = You cannot have a place or wait for one; other library services are not affected.
policy-effect-survey = You may leave it; other library services are not affected.

policy-field-name = Name
policy-field-national-id = ID number
policy-field-phone = Telephone
policy-field-email = Email
policy-field-address = Address

policy-purpose-name = to check who you are when a prize is handed over
policy-purpose-national-id = to make sure that each person enters once, as the basis of the draw; it makes a code and is not kept
policy-purpose-phone = only to tell you if you win
policy-purpose-email = only to tell you if you win
policy-purpose-address = only to tell you if you win and to send the prize
policy-purpose-name-seats = to check who you are at the door
policy-purpose-national-id-seats = to count sessions a person and to compare at the door; it makes a code and is not kept
policy-purpose-contact-seats = only to tell you about the waiting list and your session

policy-uses = {" "}Contacts are opened for these: { $uses }. Beside them they are opened only for yourself with the receipt code, for partners whom you ticked, to write to you about a data breach, and where the law demands it or one of the exceptions on the page “Your personal data” applies. Anything else needs a new notice first, and is done only with those who enter after it.
policy-use-winner-notice = to mail a winner
policy-use-winner-call = to call a winner whom mail does not reach
policy-use-winner-export = to list winners, so that they are reached and prizes are sent
policy-use-prize-handover = to compare the name when a prize is collected
policy-use-live-reveal = to show the masked name in the hall at a public draw
policy-use-seat-notice = to write that a place came free or a session is cancelled
policy-category-besides = Questions ask besides: { $codes }

policy-code-146 = library and publication administration
policy-code-157 = surveys, statistics and research
policy-code-109 = education and training administration
policy-code-120 = tax administration
policy-code-129 = accounting and related services
policy-code-135 = information and communication services
policy-code-136 = information, communication and database management
policy-code-137 = information security management
policy-code-152 = advertising and commercial conduct
policy-code-040 = marketing
policy-code-069 = contracts and similar legal matters
policy-code-090 = consumer and customer services
policy-code-c001 = what identifies a person
policy-code-c003 = identifiers in government records
policy-code-c011 = description of a person
policy-code-c051 = school records
policy-code-c132 = unclassified data

policy-class-entries = Entries
policy-class-winners = The day has come, and prizes are not settled
policy-class-holds = Data held back by law
policy-class-tax = Tax data of winners
policy-class-requests = Requests about personal data
policy-class-feedback = Feedback
policy-class-access-log = Access log
policy-class-backups = Backups of the database
policy-from-entries = After the days to claim (a survey: after closing), at most:{" "}
policy-from-winners = After the published day of deletion, at most:{" "}
policy-from-holds = From the day two members of staff agreed, renewable once, each time at most:{" "}
policy-from-tax = From the end of the year of filing:{" "}
policy-from-requests = From the day of the answer:{" "}
policy-from-feedback = From the day it is closed (closed or not, it goes two years after the last letter):{" "}
policy-from-access-log = From the day a line is written:{" "}
policy-from-backups = From the day of the backup:{" "}
policy-basis-entries = Data goes when its purpose is reached (Personal Data Protection Act, Art. 11(3)). The day is published before the first entry.
policy-basis-winners = A winner may still claim, or the public randomness is not out, so the purpose is not reached (Personal Data Protection Act, Art. 11(3)). After that everything goes in any case.
policy-basis-holds = A legal procedure or the rights of others need it (Personal Data Protection Act, Art. 11(2) and 11(3), proviso). Only named tickets are kept.
policy-basis-tax = Prizes that must be reported (Income Tax Act, Art. 88, 89, 92; Personal Data Protection Act, Art. 11(3), proviso). Nothing is kept of other winners.
policy-basis-requests = To show that it was answered in time (Personal Data Protection Act, Art. 13).
policy-basis-feedback = To deal with it and to show how it was dealt with (Personal Data Protection Act, Art. 15(1) and 11(3)).
policy-basis-access-log = Information security (Personal Data Protection Act, Art. 18). No line leads to a person who entered.
policy-basis-backups = Against loss of data (Personal Data Protection Act, Art. 18). Backups hold no key, so personal data in them cannot be read after the deletion.
policy-lasting-proofs = Proof of a draw: rules, list of fingerprints, randomness, order. Anyone can work it out again.
policy-lasting-certificates = Certificates of deletion: when, how many rows, what the scan found.
policy-lasting-statistics = Counts of people: small ones are not published, and none leads to a person.
policy-lasting-record = The audit record: which member of staff did what and when. It holds numbers of rows; no name and no contact of patrons.
policy-lasting-accounts = Accounts of staff: one that is disabled cannot sign in, but its name stays, so that the audit record says who acted.
policy-lasting-disclosures = The register of what was handed over by law: ground, agency and how many rows. What was handed over is not in it.
policy-span-none = 0 days
policy-span-days = { $count ->
    [one] 1 day
   *[other] { $count } days
}
policy-span-years = { $count ->
    [one] 1 year
   *[other] { $count } years
}
policy-set-by-library = Set by the library, from { $min } to { $max } days.
policy-set-by-file = Set by { $name } in the settings file, from { $min } to { $max } days.
policy-set-by-program = Fixed, and never longer.

policy-retention-title = Retention periods
policy-retention-lead = Each kind of data has bounds. A published activity keeps the day it promised, whatever changes here.
policy-column-class = Data
policy-retention-set = Change a period
policy-retention-set-text = The change and its reason are published on “{ $link }” and written into the record of acts.
policy-choose-class = Choose the data
policy-days = Days
policy-days-between = Type a number of days from { $min } to { $max }
policy-reason = Reason (public)
policy-reason-hint = For example: winners answer within 10 days on average, so no longer time is needed. Write nothing about any person.
policy-reason-empty = Write the reason, at most 300 characters
policy-retention-button = Set and publish
policy-processors-title = Who works on data for us
policy-processors-lead = Such as who runs the server or sends the prizes. The list is published on “{ $link }”.
policy-processor-add = Add to the list
policy-processor-end = No longer works for us: { $name }
policy-processor-end-what = It ends today; the public register says so, and it cannot be undone. Add it again if it works for the library once more.
policy-processor-name-zh = Name (Chinese)
policy-processor-name-en = Name (English)
policy-processor-task-zh = What it does (Chinese)
policy-processor-task-en = What it does (English)
policy-processor-task-hint = For example: runs the server and sees encrypted data only
policy-processor-name-empty = Write the name in both languages
policy-processor-task-empty = Write what it does in both languages
policy-codes-title = Purposes and categories
policy-codes-lead = The regulations give each purpose and each category of data a number, which stands in the notice. The usual ones fit most activities.
policy-codes-purposes = Purposes of this activity
policy-codes-purposes-hint = A draw has no number of its own; the notice says it in words.
policy-codes-empty = Choose at least one purpose
policy-codes-of-fields = The fields of the form belong to these categories, which stay:
policy-codes-categories = Categories that questions ask besides
policy-codes-categories-hint = For example C011 where a question asks age or sex, C051 where it asks the school.
policy-unknown = There is no such line
    .next = Go back to the list and choose again.
policy-moved = Somebody set it at the same time
    .next = Load the page again, look at the new value, then set yours.

policy-file-entries = Entries of activities
policy-file-entries-basis = Consent of the person (Personal Data Protection Act, Art. 15(2); for private libraries Art. 19(1)(5))
policy-file-entries-holds = Name, telephone, e-mail, address and answers, all encrypted; ID numbers are not kept, only a code that fits when the same person enters again.
policy-file-tax = Tax data of prizes
policy-file-tax-basis = Duty by law (Income Tax Act, Art. 88, 89, 92; Personal Data Protection Act, Art. 15(1))
policy-file-tax-holds = Name, ID number, registered address, value of the prize and tax withheld, of winners who must be reported; encrypted with a key of its own.
policy-file-requests = Requests about personal data
policy-file-requests-basis = Duty by law (Personal Data Protection Act, Art. 3, 10, 11, 13)
policy-file-requests-holds = What was asked, how to reach the person, and the answer; encrypted with a key for each quarter.
policy-file-feedback = Feedback
policy-file-feedback-basis = Duty by law (Personal Data Protection Act, Art. 15(1))
policy-file-feedback-holds = What was written, the e-mail address where one was left, and the answers, encrypted with a key for each month; how it was dealt with.
policy-file-holds = Data held back
policy-file-holds-basis = A legal procedure or the rights of others need it (Personal Data Protection Act, Art. 11(2) and 11(3), proviso)
policy-file-holds-holds = Entries of named tickets, encrypted with a key of their own.
policy-file-newsletter = Subscribers of the newsletter
policy-file-newsletter-basis = Consent (Personal Data Protection Act, Art. 15(2), 19(1)(5))
policy-file-newsletter-holds = E-mail address, topics, language, and the consent with its hour; the address is encrypted, and after leaving only a code stays that leads back to nobody.
policy-file-members = Accounts of members
policy-file-members-basis = Consent (Personal Data Protection Act, Art. 15(2), 19(1)(5))
policy-file-members-holds = E-mail address, language, the consent with its hour, a keyed mark of who a member is at a provider elsewhere where the account is linked, and the receipts that a member chose to keep; address and receipts are encrypted, and no entry says to which account it belongs.
policy-file-staff = Staff accounts and the record of acts
policy-file-staff-basis = Duty of security (Personal Data Protection Act, Art. 18; Enforcement Rules, Art. 12)
policy-file-staff-holds = Account names and roles of staff, what they did when, and, of those who sign in by a provider elsewhere, a keyed mark of who they are there.
policy-file-access-log = Access log
policy-file-access-log-basis = Duty of security (Personal Data Protection Act, Art. 18; Enforcement Rules, Art. 12)
policy-file-access-log-holds = Time, page and a shortened, keyed code of the network; no name, no account, nothing of an entry.
policy-deleted-on = What you enter is deleted on { $date }.
