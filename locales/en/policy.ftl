# The notice of Art. 8 of the Personal Data Protection Act, made from the activity's settings.

policy-item-agency = Who collects
policy-item-purpose = What for
policy-item-categories = What is collected
policy-item-period = How long, where, who and how
policy-item-rights = Your rights
policy-item-effect = If you do not give it

policy-purpose-draw = Entry, draw and winner notices of “{ $title }” (146 library administration; 157 surveys, statistics and research).
policy-purpose-survey = Statistics of the survey “{ $title }” (157 surveys, statistics and research).
policy-category = { $field }: { $purpose }
policy-categories-none = Only your answers; no name, ID number or contact.
policy-kept = From entry until it is deleted on { $date }; in Taiwan, by this library, electronically, given to nobody else.
policy-kept-tax = {" "}The ID number itself is not kept at entry; that of winners who must be reported by law is kept apart.
policy-kept-masked = {" "}Where a draw is shown in public, winning ticket numbers are shown, and the masked name of a winner may be, such as J*** L***.
policy-kept-unlinked = {" "}Answers are kept apart from entries and cannot be traced to you, so they cannot be corrected or withdrawn once sent.
policy-rights = To ask, read, copy, add, correct, stop the use of, and delete your data: use “Find my entry”, or ask the library ({ $contact }).
policy-effect-draw = You cannot take part in the draw or be told if you win; other library services are not affected.
policy-effect-survey = You may leave it; other library services are not affected.

policy-field-name = Name
policy-field-national-id = ID number
policy-field-phone = Telephone
policy-field-email = E-mail
policy-field-address = Address

policy-purpose-name = to check who you are when a prize is handed over
policy-purpose-national-id = to make sure that each person enters once, as the basis of the draw; it makes a code and is not kept
policy-purpose-phone = only to tell you if you win
policy-purpose-email = only to tell you if you win
policy-purpose-address = only to tell you if you win and to send the prize
