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
