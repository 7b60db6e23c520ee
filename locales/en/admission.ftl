# Who may enter: the list of library cards, and invitation codes. Words: docs/glossary.md.

admission-shut = This activity cannot be changed in this way now
    .next = Go back to the activity to see where it is now.

admission-no-code = This invitation code cannot be used
    .next = Compare it with the invitation and type it again, or ask the library.

admission-title = Who may enter
admission-everybody = This activity is open to everybody: no list is needed.
admission-change = Change who may enter

admission-cards-title = List of library cards
admission-cards-count = Cards on the list
admission-cards-what = The list keeps codes computed from the numbers and no number, and goes with the personal data. The database does not tell which card of the list was entered.
admission-cards-add = Import numbers
admission-cards-format = A text file with one number a line, or a CSV with the number in the first column; a heading may stand above. { $most } cards at most; import as often as you like, what is on the list is passed over.
admission-cards-only-added = After publishing cards can be added and not removed: nobody who may enter is kept out later.
admission-cards-file = File with the list
admission-cards-import = Import
admission-cards-paste = Or paste numbers
admission-cards-paste-label = One number a line
admission-cards-added = { $added } added, { $known } on the list already.
admission-cards-going = The import goes on. Open this page again in a minute: the number of cards grows until it is done, and the record of acts then says how many were added.
admission-cards-waiting = { " " }{ $waiting } were not imported: the vault computes so many numbers a day. Import the same file again tomorrow.
admission-cards-unreadable = Line { $lines } is no card number. Mend it and import again; nothing was imported this time
admission-cards-empty = There is no number in the file: choose one with a number a line
admission-cards-many = { $most } cards at most in one file: divide it
admission-cards-none = Import the numbers of the library cards that may enter
admission-card-unlisted = This number is not on the list of those who may enter. Compare it with your card; if it is right, please ask the library
admission-clear-title = Clear the list
admission-clear-sure = Take all library cards off the list
admission-clear-sure-empty = Tick the box to clear the list
admission-clear = Clear the list

admission-codes-title = Invitation codes
admission-codes-what = Of a code its fingerprint is kept until it is used, and nothing says which entry used it. Taking an entry back does not give the code back.
admission-codes-made-at = Made
admission-codes-used = Used
admission-codes-unused = Not used yet
admission-codes-withdrawn = Taken back
admission-codes-withdraw-sure = I am sure: the { $count } unused codes of this batch let nobody in any more
admission-codes-withdraw-unsure = Tick that you are sure first
admission-codes-withdraw = Take back what is unused
admission-codes-make = Make codes
admission-codes-once = Codes are shown this once: print or download them now. If they are lost, take the batch back and make another.
admission-codes-count = How many
admission-codes-count-hint = { $most } in a batch at most, and as many batches as you like
admission-codes-count-unfit = Enter a number from 1 to { $most }
admission-codes-print = Make and print
admission-codes-csv = Make and download as CSV
admission-code-unfit = Enter the code of your invitation, 21 characters; one of them may be mistyped
admission-code-unknown = This code cannot be used: it was used or taken back, or belongs to another activity. If in doubt, ask the library
admission-sheet-title = Invitations
admission-sheet-once = This page does not come again once you leave it. Print it and cut along the lines.
admission-sheet-qr = QR code of the invitation
admission-sheet-how = Scan it, or type the code at this address; it works once:

admission-link-title = Confirm your e-mail address first
admission-link-lead = This activity needs an e-mail address at which you can be reached. Type it, and we send you a link that opens the form.
admission-link-hint = The form has to name the same address. It is not stored in this step
admission-link-send = Send me the link
admission-link-sent-title = The link is on its way
admission-link-sent-lead = Open your mailbox and follow the link to the form. It is good for 24 hours; entries close on { $closes }.
admission-link-sent-none = Nothing there after a few minutes? Look in the folder for spam, and whether the address was right. One address gets at most three such letters a day.
admission-link-again = Send it again
admission-link-refused = The mail server takes no letters to this address; please look at it again
admission-link-not-now = No letter can leave at the moment. Your address is still there: please press again in a few minutes.
admission-link-old = This link is no longer good: a link is good for 24 hours. Please ask for a new one.
admission-link-good-title = Your address is confirmed
admission-link-good-lead = Go on to the form, and type the address at which this letter came.
admission-link-go = Fill in the form
admission-link-other = The link was not sent to this address. Type the one that got it, or ask for another link from the activity's page
admission-link-gone = The form lay open for longer than its link was good, or was not opened by one. Please ask for a new link on the activity's page
admission-email-what = Whoever wants to enter types an address, gets a link, and opens the form by it; the form has to name the address that got the link. A link is good for 24 hours, and no address is stored before the entry.
admission-email-no-server = This site has no mail server, so that no link can leave and nobody can enter. An admin has to set smtp_url first.

admission-mail-subject = [{ $library }] Your link to enter
admission-mail-link = Somebody asked with this address for the link to enter “{ $title }”. If it was you, open this link within 24 hours and fill in the form:
admission-mail-closes = Entries close on { $closes }.
admission-mail-not-you = If it was not you, ignore this mail. We have not stored this address and do not write again.
