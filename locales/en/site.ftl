# The frame of every page: header, footer, forms, error pages.

site-name = Library draws
site-description = Surveys, contests and public draws of the library. Anyone can check a draw; personal data is deleted on time.
# $page the page's own title, $site the name of the site
site-page-title = { $page } – { $site }
site-skip = Skip to main content
site-nav = Main menu
site-nav-activities = Activities
site-nav-draws = Public draws
site-nav-entry = Find my entry
site-nav-verify = Verify
site-nav-staff-today = Today
site-nav-staff-activities = Activities
site-nav-admin = Administration
site-nav-public = Public pages
site-nav-sign-out = Sign out
site-nav-sign-in = Staff sign-in
site-nav-desk = Back to your work
site-other-language = 中文
# $now date and time of the test clock
site-test-clock = Test clock: it is { $now }. This is not a real site.
site-footer = Help
site-footer-contact = Contact the library
site-footer-scam = Beware of scams: the library never asks you to transfer money, give a card number or use an ATM. In doubt, call 165.
site-footer-promise = Anyone can check a draw; personal data is deleted on time.
site-back = Back
site-optional = { " " }(optional)
site-error-prefix = { "Error: " }
# $count fields with a message
site-error-count = { $count ->
    [one] { $count } item needs a correction
   *[other] { $count } items need a correction
}
site-error-not-done = This is not done yet
site-choose = Choose one
site-change = Change
site-colon = {": "}
site-done = Done. What you see below is up to date.
site-year = Year
site-month = Month
site-day = Day
site-hour = Time
site-date-hint = For example 2026 11 21
site-datetime-hint = For example 2026 11 21, time 17:00 (24-hour clock)
site-pages = Pages
site-page-previous = Previous
site-page-next = Next
# $page this page, $pages all pages
site-page-of = Page { $page } of { $pages }
site-print = Print
site-copy = Copy
site-copied = Copied

error-home = Go to the home page
# $reference 8 letters and digits
error-reference = Reference { $reference }
error-reference-hint = Please tell us this reference when you contact us.
error-saved-label = Your data
error-next-label = What to do next
error-saved-nothing = Nothing was changed.
error-saved-not-sent = Nothing was sent.
error-saved-unsure = This was probably not sent. Before you send it again, look at “Find my entry” or the list.
# $time hours and minutes
error-wait = Try again after { $time }.

error-bad-request = We could not read this request
    .what = What arrived is incomplete or is not a form of this site.
    .next = Go back, reload the page and try again.
error-unauthorized = Please sign in
    .what = This page needs a staff sign-in, or yours has ended.
    .next = Sign in and come back to this page.
error-forbidden = This is not allowed
    .what = You have no permission for this page, or the request did not come from this site.
    .next = Use the pages of this site; for permission, ask an administrator.
error-not-found = Page not found
    .what = The address may be mistyped, or the page has moved.
    .next = Check the address, or start from the home page.
error-slow = Not everything arrived
    .what = The connection was too slow or broke.
    .next = Check your connection and send it again.
error-conflict = Something changed meanwhile
    .what = While you were working, this content changed.
    .next = Reload the page, check it and try again.
error-gone = This page was removed
    .what = It was deleted or removed as announced and will not come back.
    .next = You can look for other activities from the home page.
error-too-large = Too long
    .what = What was sent is longer than the limit.
    .next = Shorten the text and send it again.
error-misdirected = This is not an address of ours
    .what = The name or address you used for this site is not one that the library uses.
    .next = Use the address that the library has published. If you run this server, check public_origin and hosts in its settings.
error-invalid = Something needs a correction
    .what = What was sent holds something we cannot accept.
    .next = Go back, correct it and send it again.
error-too-many = Too many tries
    .what = There were too many tries in a short time.
    .next = Try again in a minute.
error-broken = Sorry, something went wrong
    .what = The problem is on our side, not yours.
    .next = Try again later. If it still fails, contact the library.
error-again = Send it again
error-again-kept = What you typed is still on this page. Keep it open, wait a moment, then press the button below.
db-full = The system has no room left and cannot take more just now. Whatever was received before is safe.
    .title = Nothing can be saved just now
    .next = Try again in a few minutes. If it does not come back, contact the library.
db-read-only = The system can only be read just now and saves nothing. Whatever was received before is safe.
    .title = Nothing can be saved just now
    .next = Try again in a few minutes. If it does not come back, contact the library.
error-unavailable = Not available just now
    .what = Many people are using the site, or it is being maintained.
    .next = Try again in a minute.

site-waiting-title = Many people are here, please wait
site-waiting-why = More people are using this site than it can serve at once, and it was not your turn yet.
# $seconds a number from 5 to 10
site-waiting-again = This page tries again by itself after { $seconds } seconds; you need not do anything.
site-waiting-now = Try again now
site-waiting-kept = What you filled in was not sent, and all of it is kept on this page. Wait { $seconds } seconds, then use the button below. It is gone when you close this page.
site-waiting-back = What you filled in was not sent. Wait a minute, go back and send it again.
site-blocked-title = This network cannot send forms for a while
site-blocked-why = Too many tries that look like those of a program came from the network you are in, so the site pauses. This is not about you.
site-blocked-until = Sending works again from { $time }. All pages can still be read.
site-blocked-kept = What you filled in was not sent, and all of it is kept on this page. Use the button below after { $time }. It is gone when you close this page.
site-blocked-back = What you filled in was not sent. When the time has come, go back and send it again.
site-blocked-call = If it is urgent, call the library or come to the desk, and staff will help you.
site-form-fast = Many forms came from this network in a short time. What you typed is still here: look it over and send it again.
db-undecided = The system lost its connection just as you sent this, so it is not known yet whether it was received.
    .title = Not known yet whether it was received
    .next = Wait a minute, then press “Send it again”. An entry that is sent twice counts once: if it was received, you get the same receipt. For everything else look under “Find my entry” with your receipt code.
    .staff = Look at the list first, and then decide whether to do it again.
