# How a draw works, for those who see it for the first time.

how-title = How a draw works, and what stops cheating
how-lead = You need to know nothing beforehand. At the end this page says what the method cannot prove.
how-story = Five steps
how-try = What somebody might try
how-stop = Why it does not work

how-1-title = The rules are fixed first
how-1-text = Before entry opens, the prizes, the numbers, the dates and “which public random number will be used” are written in one note, which the library signs and publishes. A signature is like a seal: change one letter, and it does not fit any more.
how-1-picture = A sealed note is handed to everybody.
how-1-try = Change the rules or the time of the draw after seeing who has entered.
how-1-stop = The note has a fingerprint, a row of characters computed from the whole text. One letter changed gives quite another fingerprint, and anybody can keep the first one.
how-2-title = Whoever enters gets a proof
how-2-text = As soon as you enter you hold a receipt with a ticket number, a fingerprint and the library’s signature. The fingerprint says nothing about who you are, and the library does not keep your ID number.
how-2-picture = A person who has entered receives a sealed receipt.
how-2-try = Quietly take somebody’s entry out.
how-2-stop = That person holds the library’s signature. If the ticket is not in the list, the signature is the evidence, and the library cannot deny it.
how-3-title = The list is sealed
how-3-text = After entry closes, all ticket numbers and fingerprints are published. Second entries and withdrawn ones are struck through with the reason, and anybody may object. Two by two the fingerprints are joined into one, the fingerprint of the list; then the list is sealed.
how-3-picture = Many small boxes are joined two by two until one is left; one path is marked in red.
how-3-try = Slip in a few more tickets after that, or exchange some.
how-3-stop = One more, one less or another one changes the fingerprint of the list. It would differ from the published one, and whoever compares them sees it.
how-4-title = We wait for a number that nobody controls
how-4-text = Only after the list is sealed does the public random number come out that the rules named. It is called drand: universities and organisations around the world make one together every few seconds, and nobody knows it beforehand.
how-4-picture = Several places on a globe make one number together; a clock says that it has to be waited for.
how-4-try = Choose a random number that lets friends win, or draw again until the result pleases.
how-4-stop = Which number counts was fixed in the first step. If it is late, it is waited for; no other source is used, and there is no button to draw again.
how-5-title = Whoever computes it gets the same
how-5-text = Rules, list and random number are public, and a public method puts the tickets in order: prizes first, then reserves. If somebody declines, the prize passes on in that same order. Your computer gets exactly what the library’s gets.
how-5-picture = Three computers compute for themselves and get the same list.
how-5-try = Announce other winners than those that were computed.
how-5-stop = Anybody who computes it again from the bundle finds out. The library offers three verifiers written apart from each other, and the specification is enough to write one more.

how-limits = What this method cannot prove
how-limits-lead = Mathematics does not solve everything. These things need other means, and you should know them.
how-limit-time = When the list was sealed
how-limit-time-text = Without witnesses outside the library nobody can prove that the list was sealed before the random number came out. The report then says “time not proven”. Other libraries can be witnesses; you can photograph the fingerprint of the list when it is sealed.
how-limit-refused = An entry that is not taken
how-limit-refused-text = If the site refused somebody’s entry on purpose, that person would have no receipt, and mathematics could not help. No receipt means not entered: go to the desk instead, and tell others.
how-limit-ghosts = Whether there are people behind the tickets
how-limit-ghosts-text = The list has fingerprints only. Somebody from outside can look at a sample: if people are found behind all of 59 tickets, we can be 95% sure that fewer than 5% are invented.
how-limit-persons = Whether two entries are one person
how-limit-persons-text = Second entries are found by a code made from the ID number, and the library makes that code. If it took two people for one, this would come out only among the drawn tickets, which are opened, or in the sample.
how-limit-beacon = The public random number itself
how-limit-beacon-text = If most of the organisations behind drand conspired, they could know the number early. For valuable prizes a second source is mixed in, such as a lottery issue named beforehand; both are needed.
how-limit-key = The key, until personal data is deleted
how-limit-key-text = If the library’s key leaked before that day, whoever has it could find out by guessing who entered. It is therefore kept apart and destroyed on time.
how-limit-program = The program that runs on the server
how-limit-program-text = You cannot see whether the server runs the published program. So nothing rests on it: public files are enough, and programs written by others check them too.
how-limit-quantum = A long time from now
how-limit-quantum-text = Computers of the future may be able to forge the signatures of today. List and result rest on fingerprints for the most part, which stay sound, and signatures of a new kind can be added.

how-yourself = Check it yourself
how-yourself-browser = Compute this draw again in your browser
how-yourself-file = Check a bundle that you downloaded, without a connection
how-yourself-source = Read the verifier’s source, or take it to your own computer
how-yourself-journal = See the public journal of every note
