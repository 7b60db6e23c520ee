# Alarms: what was noticed, what was done by itself.

response-title = Detection and response
response-lead = When the system sees signs of an attack it holds them off by itself, writes it into the record and tells you by mail. Here is what happened and what was done.
response-frozen-title = Personal data is not opened
# $date: a day and an hour
response-frozen = Since { $date } no member of staff can open or export personal data. Find out why first; then an administrator lifts it below. Notices still leave from inside the vault.
response-no-letters = Nobody gets a letter about alarms. Ask the operator to set up a mail server and watch.alarm_to.
response-running = What holds now
response-running-none = Nothing is held against anybody.
# $date: a day and an hour
response-until = ends by itself on { $date }
response-until-lifted = an administrator has to lift it
response-incident = See the incident
response-reason = Reason for lifting
response-reason-hint = It stays in the record for ever; no names, ID or telephone numbers.
response-reason-empty = Write the reason for lifting
response-reason-long = The reason is too long; use at most 200 characters
response-lift = Lift
response-over = This is over already, or somebody lifted it a moment ago.
response-admin-lifts = Only an administrator can lift this.
response-counts = Signs seen lately
response-column-sign = Sign
response-column-hour = Last hour
response-column-day = Last day
response-counts-hint = These are counts only. Of a network there is a code that is void after seven days; it leads to nobody.
response-rules = Rules
response-rules-lead = The operator sets the numbers (watch).
# $count: how many networks
response-networks = { $count ->
    [one] One network of the library is named and is never blocked.
   *[other] { $count } networks of the library are named and are never blocked.
}
response-networks-none = No network of the library is named (watch.library_networks), so its own computers may be blocked too.
# $minutes: a number
response-letters = Between two letters are at least { $minutes } minutes.
response-past = What was done before
response-past-none = Nothing yet.
response-one-network = one network
# $date: a day and an hour; $name: an account; $reason: words of staff
response-lifted = Lifted on { $date } by { $name }: { $reason }
response-lifted-at-machine = whoever runs the machine
# $date: a day and an hour
response-ended = Ended by itself on { $date }
response-alarm-only = Told
response-and = {" and "}
response-off = Switched off
# $n: a number
response-within-minutes = within { $n } minutes
# $n: a number
response-within-hours = { $n ->
    [one] within an hour
   *[other] within { $n } hours
}
# $n: a number
response-within-days = { $n ->
    [one] within a day
   *[other] within { $n } days
}
# $most: how often; $span: one of the three above
response-when-network = { $most } times { $span } from one network
# $most: how often; $span: one of the three above
response-when-account = { $most ->
    [one] once
   *[other] { $most } times
} { $span } by one account
# $most: how often; $span: one of the three above
response-when-all = { $most } times { $span } on the whole site
# $words: one of the three above; $from, $to: hours of the day
response-when-night = { $words }, between { $from } and { $to } o’clock
# $what: a rule in words; $count: how often
response-happened = { $what } ({ $count ->
    [one] once
   *[other] { $count } times
}).

response-rule-passphrases = One network keeps guessing passphrases or codes of staff
response-rule-lock-out = An account was locked after failed tries
response-rule-lock-outs = Accounts were locked several times in a day
response-rule-codes = One network keeps trying receipt codes or secret links
response-rule-persons = One network keeps asking who has entered
response-rule-robots = One network sends forms like a program
response-rule-rush = Many networks send forms like programs
response-rule-other-sites = Other sites send forms here
response-rule-refused = One network keeps sending requests that are turned away
response-rule-scripts = Browsers report foreign parts on our pages
response-rule-exports = One account exports personal data again and again
response-rule-openings = One account opens one person after the other
response-rule-night = Personal data opened or exported at night

response-kind-alarm = Alarm only
response-kind-slow = Forms of this network are slowed
response-kind-press = All forms are slowed
response-kind-block = This network sends no form for a while
response-kind-lock = Account locked
response-kind-freeze = Personal data is not opened

response-sign-sign-in = Wrong passphrase of staff
response-sign-second-step = Wrong code of a telephone
response-sign-code = Wrong receipt code or link
response-sign-person = Heard “already registered”, or was not the person
response-sign-trap = Filled the field that people do not see
response-sign-hasty = Form sent faster than a person can
response-sign-other-site = Form from another site
response-sign-refused = Request turned away
response-sign-script = Report of a browser
response-sign-locked = Account locked
response-sign-export = Personal data exported
response-sign-opening = Personal data opened

# $library: the library's name
response-mail-subject = [{ $library }] System alarm
# $library: the library's name
response-mail-lead = The draw system of { $library } has something to tell you.
# $date: a day and an hour; $happened: a sentence; $done: what was done
response-mail-alarm = { $date }: { $happened } Done by itself: { $done }.
# $date: a day and an hour; $happened: a sentence; $name: an account; $done: what was done
response-mail-account = { $date }: { $happened } Account: { $name }. Done by itself: { $done }.
# $count: how many
response-mail-more = { $count } more.
response-mail-page = Details, and how to lift it, after signing in:
# $date: a day and an hour
response-mail-incident = The incident noticed on { $date } has no decision yet: decide whether people and the authority are told.
# $date, $by: a day and an hour; $hours: a number
response-mail-incident-clock = The incident noticed on { $date } is to be reported by { $by }; { $hours } hours are left.
# $date, $by: a day and an hour
response-mail-incident-late = The incident noticed on { $date } was to be reported by { $by }, which is over.
response-mail-register = The incidents:
response-mail-genuine = This letter never asks for your passphrase or for a download.
