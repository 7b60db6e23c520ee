# The public journal
journal-title = Public journal
journal-lead = Every promise about every draw is signed and written here, in order. The journal only grows: nothing is changed, nothing is removed.
journal-count = { $count ->
    [one] 1 note.
   *[other] { $count } notes, the newest first.
}
journal-feed = Subscribe (Atom)
journal-none = There is no note yet. The first published draw writes it.
journal-numbered = Note { $number }: { $kind }
journal-of = { $kind }: { $title }
journal-to-draw = See the draw
journal-activity = Activity
journal-written = Written
journal-fingerprint = Fingerprint
journal-text = Text
journal-text-more = These are the first { $count } lines; the text file has all of them.
journal-text-file = The text alone (text file)
journal-proof = Proof
journal-proof-what = This file proves the place of this note in the journal. If it is ever changed or left out, the proof no longer fits.
journal-proof-cosigned = { $count ->
    [one] 1 witness has cosigned it.
   *[other] { $count } witnesses have cosigned it.
}
journal-proof-alone = It carries the library's signature only; not enough witnesses have cosigned it yet.
journal-proof-file = Download the proof

journal-manifest = Rules published
journal-manifest-what = Before anybody enters: the rules, the prizes, the dates and which round of public randomness decides.
journal-key = Key and witnesses fixed
journal-key-what = Fixes the key that recognises one person's entries, and who witnesses this draw.
journal-anchor = Growth of the list
journal-anchor-what = How many tickets there are so far, and the list's fingerprint; every later list must extend this one.
journal-close = List closed
journal-close-what = How many tickets are in the list, and which of them do not take part.
journal-freeze = List sealed
journal-freeze-what = Names the list that is drawn from; written before the public randomness exists.
journal-reveal = Library's secret opened
journal-reveal-what = Opens the secret number that was sealed beforehand, so that anybody can compare it.
journal-result = Result
journal-result-what = What the list and the public randomness give; everybody who computes it gets the same.
journal-settle = Reserves moved up
journal-settle-what = A prize was declined or not claimed; the same order goes on, and nothing is drawn again.
journal-cancel = Cancelled
journal-cancel-what = This draw does not take place, with the code of the reason.
journal-audit = Outside audit
journal-audit-what = An outsider checked whether there are real people behind a sample of tickets.
journal-purge = Personal data deleted
journal-purge-what = Personal data has been deleted; this is the fingerprint of the certificate.
journal-audit-head = Head of the audit record
journal-audit-head-what = How many acts of staff are on record at this moment, and their fingerprint. If the newest are cut off later, or any is changed, it no longer fits.
journal-statistics = Statistics published
journal-statistics-what = The statistics of an activity are published; this is the fingerprint of their file of open data.
journal-hold-end = End of a legal hold
journal-hold-end-what = A few rows that the law required to be kept have come to their end: their key is destroyed and they are deleted.
journal-tax-erased = Tax data deleted
journal-tax-erased-what = What was kept of winners for the tax authority has passed its date and is deleted.
journal-site = Statement of the library
journal-site-what = What the library states about its own work; no check of a draw depends on it.
journal-other = Other
journal-other-what = This version does not know this kind of note; its text is kept as it is.

journal-witnesses = Witnesses
journal-witnesses-what = There are { $count } witnesses, and at least { $quorum } of them must cosign. A witness records when it saw the journal and refuses one that contradicts what it saw before.
journal-witnesses-none = The library has named no witnesses, so nobody outside can prove when a note was written.
journal-witness-current = Has cosigned the newest note
journal-witness-behind = Waiting for its cosignature
journal-witness-unreachable = Cannot be reached; it is asked again
journal-witness-not-followed = Does not follow our journal yet
journal-witness-unreadable = Its answer cannot be read; it is asked again
journal-witness-unsigned = Its cosignature was not made with its key and is not used
journal-witness-clock = Its clock is more than 5 minutes from ours; the cosignature is not used
journal-witness-other = It has seen another journal; please tell the administrator

journal-machines = For programs
journal-machines-what = The journal is served as C2SP tlog-tiles, so any compatible program can follow and check it. Witnesses of other libraries follow this key.
journal-checkpoint = Newest checkpoint
journal-key-of-log = Key of the journal, for monitors and witnesses
journal-key-of-site = Key of the library, for checking draws and receipts
