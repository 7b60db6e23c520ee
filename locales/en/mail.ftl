# Letters to winners. No link, no question for data.

mail-subject-won = [{ $library }] You won in our draw
mail-subject-promoted = [{ $library }] A prize in our draw has passed to you
mail-subject-reminder = [{ $library }] Your time to collect a prize is ending
mail-greeting = Dear { $name },
mail-greeting-reader = Dear reader,
mail-won = The draw "{ $title }" has taken place and you are a winner. Your prize: { $prize }.
mail-promoted = In the draw "{ $title }" a winner declined or did not come in time, and by the order of the draw the prize is now yours: { $prize }.
mail-reminder = You won in the draw "{ $title }" and have not collected your prize yet: { $prize }. The time is nearly over.
mail-duplicate = In the draw "{ $title }" another entry of the same person as this one won and the prize has not been collected: { $prize }. If that is you, please collect it in time.
mail-ticket = Your number: { $ticket }
mail-deadline = Collect it before: { $deadline }. After that the prize passes to the next in order.
mail-how = Please come to the library's desk in person with your ID card. Staff compare it and keep no copy.
mail-decline = If you cannot come or do not want the prize, call { $phone }.
mail-tax-listed = By the Income Tax Act this prize is part of your income of the year; we will ask you for the statement's details when you collect it.
mail-tax-withheld = By the Income Tax Act tax is withheld from this prize; we will explain it and ask you for the statement's details when you collect it.
mail-check-title = How to check that this mail is genuine
mail-check-site = Type { $host } into your browser yourself and enter your receipt code under "Find my entry". This mail has no link and needs no reply.
mail-check-phone = Or call us on { $phone }.
mail-check-money = We never ask you to pay, to use a cash machine, or for a card or an account.
mail-check-165 = If in doubt, call the anti-fraud line 165.
mail-why = You receive this mail because you entered "{ $title }" at { $library } and agreed to be told by e-mail if you win.
mail-purge = Your personal data will be destroyed on { $purge }.
mail-contact = Telephone { $phone }, e-mail { $email }
mail-subject-seat-offered = [{ $library }] A place is yours if you want it
mail-subject-seat-cancelled = [{ $library }] A session is cancelled
mail-subject-seat-taken-back = [{ $library }] Your place was taken back
mail-seat-offered = A place has come free in "{ $title }", for which you wait, and it is your turn.
mail-seat-cancelled = A session of "{ $title }", for which you entered, is cancelled. Reason: { $reason }
mail-seat-taken-back = The library took back your place in a session of "{ $title }". Reason: { $reason }
mail-seat-session = Session: { $session }, { $starts }
mail-seat-place = Where: { $place }
mail-seat-number = Session number: { $number }
mail-seat-other = While entry is open you can enter for another session.
mail-seat-taken-back-then = If that is a mistake, please call us or come to the desk before the session begins.
mail-seat-deadline = Before { $deadline }, go to our website, enter your receipt code under "Find my entry" and press "I take the place". After that it goes to the next person.
mail-seat-why = You receive this mail because you entered "{ $title }" at { $library } and agreed to be told about its sessions by e-mail.
# $library: name of the library
mail-subject-incident = [{ $library }] Important notice about your personal data
# $library: name of the library; $title: name of the activity
mail-incident = You entered “{ $title }” of { $library }. By Article 12 of the Personal Data Protection Act we tell you of the following.
mail-incident-why = You get this letter because you gave { $library } this address when you entered “{ $title }”. It is sent once.
mail-subject-feedback = { $library }: an answer to your feedback
mail-feedback = You wrote to { $library }. This is the answer:
mail-feedback-status = What you wrote and the answer are on our site too: type { $host } into your browser yourself, go to the status page of “Feedback” and enter your reference code. This letter has no link; please do not reply to it.
mail-feedback-why = You get this letter because you wrote to { $library } and chose to have the answer sent to this address.
