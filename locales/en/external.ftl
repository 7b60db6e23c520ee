# Activities that others hold: the card, the way out, the form of staff. Words: docs/glossary.md.
# external-words and external-words-data are fixed; a new text is a new version, WORDS in
# src/external/mod.rs.

external-unknown = There is no such activity
    .next = Choose again from the list of activities.
external-moved = Somebody has just changed this activity
    .next = Load the page again and look at it.
external-slug-taken = This address is taken
    .next = Choose another one.
external-no-policy = The privacy policy of the other site is missing
    .next = Fill it in, or tick to publish all the same.

external-words = This activity is held by { $host } on a site of its own. Our privacy policy and the way we handle data do not apply there, and the library is not jointly responsible for it; that site has its own privacy policy.
external-words-data = What you enter there is collected by that site. The library does not receive it.
external-words-version = Version { $version } of these words
external-held-by = Held by { $host } on { $site }. The library takes no entries for it and draws nothing.
external-on = On
external-over = Over
external-leave = Go to the site of { $host }
external-counted = Pressing this adds one to today’s count; nobody is recorded.
external-leave-title = You are leaving our site
external-leave-lead = Next is the site of { $host } ({ $site }).
external-policy-of = Privacy policy of { $host }:
external-policy-unknown = We found no privacy policy of { $host }. Look for it there before you enter anything.
external-policy-title = Privacy policy there
external-go = Leave for { $site }
external-stay = Stay here

external-list-title = Activities of others
external-list-lead = A card and a link: no entries, no data, no draw.
external-none = There is no activity of others yet.
external-new = New activity of others
external-edit-title = Activity of others
external-host = Held by
external-host-zh = Held by (Chinese)
external-host-en = Held by (English)
external-host-hint = For example: Some Museum
external-host-missing = Say who holds it, in both languages
external-title-missing = Write the title in both languages
external-text-missing = Write the text in both languages
external-slug-unfit = The address has 3 to 60 lower-case letters, digits and hyphens
external-link = Address of the activity
external-link-hint = A page of the other site, such as https://museum.example.org/lottery
external-link-unfit = Write the whole address of a page of the other site, beginning with https://
external-policy = Address of the other site’s privacy policy
external-policy-hint = Shown on the page of the activity and before people leave.
external-policy-unfit = Write a whole address, beginning with https://, or leave it empty
external-opens = Begins
external-closes = Ends
external-opens-unfit = Write the date and time when it begins
external-closes-unfit = Write the date and time when it ends, after it begins
external-publish-title = Publish
external-publish = Publish
external-policy-missing = The privacy policy of the other site is missing. People will read that none was found before they leave.
external-policy-sure = The other site has no public privacy policy; publish all the same
external-policy-sure-missing = Write the address of the policy, or tick to publish all the same
external-withdraw-title = Take it off the site
external-withdraw = Withdraw
external-moved-words = Somebody has just changed it, and nothing was saved. What you typed is still here; load the page again to see what is new.
external-state-draft = Draft
external-state-published = Public
external-state-withdrawn = Withdrawn
external-leavings = How many left
external-leavings-what = Totals of each day; nobody is recorded.
external-column-day = Day
external-column-words = Version of the words
external-column-presses = Times
