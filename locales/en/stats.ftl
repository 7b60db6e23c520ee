# Statistics.

stats-title = Statistics
stats-lead = Numbers of people only, never one person's data. Fewer than { $threshold } people are put together or not published; all other counts are rounded one by one to multiples of { $base }. Written answers are not published.
# $time date and time
stats-due = These tables were named before anybody could enter. They are made once and published after { $time }; until then nobody sees a number.
stats-people = About { $count } people.
stats-several = People could choose several, so the lines add up to more.
stats-column-line = Line
stats-column-count = People
stats-withheld = Not published
stats-other = Other
# $other the word, $count how many lines were put together
stats-other-of = { $other } ({ $count } lines together)
stats-not-said = Not answered
stats-too-few = Fewer than { $threshold } people; not published.
stats-not-published = This table is not published: somebody could work out a number below { $threshold } from it.
stats-none = Nothing is counted in this activity.
stats-chart = Bars of { $title }; the table below has the same numbers
stats-open-data = Open data
# $source the library, $title the activity, $licence the terms
stats-source = Please name the source: { $source }, statistics of “{ $title }” ({ $licence }).
stats-made-at = Made
stats-hash = SHA-256 of the JSON file
stats-hash-what = This fingerprint is signed and stands in the public journal; if a letter of the file is changed, it no longer fits.
stats-too-early = Counts are made after the close
    .next = Come back when the list is sealed.
stats-unreadable = The counts cannot be read
    .next = Ask the person who runs this system.

stats-dimension-day = Day of entry
stats-dimension-county = County or city
stats-dimension-area = County and first three digits of the postal code
stats-dimension-pool = Draw picked

stats-declare-title = Statistics
stats-declare-lead = What will be counted is named before publishing. Afterwards nothing is added or taken out, and the privacy notice says it.
stats-declare-rule = Counts are made once, when the list is sealed. Each has at least { $threshold } people and is rounded to a multiple of { $base }; smaller ones are put together, and a table that stays too small is not published.
stats-declare-by-itself = Each question has a table of its own
stats-declare-own = Further tables
stats-declare-none = None yet. There need not be any.
stats-declare-add = Add a table
stats-declare-linked = Answers are linked to entries, so questions can be crossed with county, day and so on.
stats-declare-unlinked = Answers are linked to nobody, so questions can be crossed with questions only.
stats-declare-rows = Count by
stats-declare-columns = And crossed with (optional)
stats-declare-button = Add
stats-declare-remove = Remove
stats-declare-frozen = The activity is public; its tables can no longer change.
stats-flaw-not-asked = Choose something that this activity asks.
stats-flaw-same = Both are the same; choose two different ones.
stats-flaw-twice = This table is there already.
stats-flaw-too-many = There can be 12 at most. Remove one first.
stats-flaw-not-crossed = Questions with several answers and questions about a day cannot be crossed; count them alone.
stats-flaw-unlinked = Answers are linked to nobody and cannot be crossed with the entry. Choose two questions, or one line alone.
stats-flaw-circle = Together with the other tables this would tell of three things at once. Remove a crossed table first.

stats-notice = Published statistics
# Part of the privacy notice; $tables are their names
stats-in-notice = When the list is sealed these numbers of people are counted once and published, without anybody's data: { $tables }.

# How often pages are read
stats-twice = Other counts were stored at the same moment
    .next = Please try again.
stats-views-title = How often pages are read
stats-views-lead = How often each kind of page was read, day by day. Numbers only, nothing about anybody.
stats-views-all = Pages read
stats-views-visits = Visits
stats-views-over = Of the last 30 days, those that are over.
stats-views-how = Each page that is opened counts once, whoever opens it, and programs such as search engines are not told apart. Pages on which somebody enters, holds a receipt or sees own data do not count, so that nobody can tell when somebody entered. The numbers are of nobody and are kept. Visits are only those of people who chose to be counted on “{ $link }”.
stats-views-by-kind = By kind of page
stats-views-by-day = By day
stats-views-kind = Kind of page
stats-views-day = Day
stats-views-zh = Chinese
stats-views-en = English
stats-views-home = first page
stats-views-activities = lists of activities
stats-views-activity = activities, rules and notices
stats-views-draws = results and how to check them
stats-views-newsletter = newsletter
stats-views-privacy = personal data and privacy
stats-views-other = other pages
