# Fields about a person: each message says what to do. Words: docs/glossary.md.

identity-name-empty = Enter your name
identity-name-long = Name must be { $max } characters or fewer; it is { $found } now

identity-id-empty = Enter your national ID number or UI number
identity-id-shape = ID number must be 1 letter and 9 digits, like A123456789
identity-id-card = Enter the 10-character UI number; the 12-digit number is the number of the card
identity-id-second = The second character of the ID number must be 1, 2, 8 or 9 (A to D in an old UI number). Check it against your card
identity-id-check = Check the ID number again: one character does not match
identity-id-old = Old UI numbers ended on 1 January 2031. Enter your new UI number

identity-card-empty = Enter the number of your library card
identity-card-shape = Card number must be 4 to 32 letters and digits, as it stands on the card

identity-phone-empty = Enter a mobile or landline number
identity-phone-shape = Enter a mobile or landline number, like 0912 345 678 or 02 2755 2823
identity-phone-mobile = Enter a mobile number, like 0912 345 678
identity-phone-landline = Enter the landline number with its area code, like 02 2755 2823 or 037 123456
identity-phone-voip = An internet phone number starts with 070 and has 11 digits, like 070 1012 3456
identity-phone-service = Enter a mobile or landline number that reaches you; service numbers like 0800, 099 or 1999 do not
identity-phone-foreign = Enter a mobile or landline number in Taiwan, like 0912 345 678
identity-phone-extension = Extension must be 1 to 6 digits, like 02-27552823#2118

identity-email-empty = Enter your email address
identity-email-shape = Enter an email address in Latin letters without spaces, like name@example.com
identity-email-long = Email address must be { $max } characters or fewer; it is { $found } now
identity-email-suggestion = Did you mean { $address }? If it is right as it stands, go on

identity-postal-empty = Enter the postal code
identity-postal-shape = Postal code must be 3, 5 or 6 digits, like 100 or 100201
identity-postal-unknown = No place has this postal code. Check its first 3 digits, or leave it empty
identity-postal-undeliverable = Nothing is delivered to the place of this postal code. Enter another address
identity-county-empty = Select the county or city
identity-county-unknown = Select the county or city from the list
identity-district-empty = Enter the district or township
identity-district-shape = Enter the full name of the district or township, like 中正區 or Zhongzheng District
identity-address-empty = Enter the road, lane and house number
identity-address-long = Address must be { $max } characters or fewer; it is { $found } now

identity-date-empty = Enter the date
identity-date-shape = Enter year, month and day, like 115/11/21 or 2026-11-21
identity-date-day = The calendar has no such day. Check the year, month and day
identity-date-roc = You chose the ROC calendar: its years have 1 to 3 digits, like 115/11/21
identity-date-ce = You chose the common calendar: its years have 4 digits, like 2026-11-21
identity-date-calendar = Write the year with 4 digits, or with 3 in the ROC calendar, like 2026-11-21 or 115/11/21
identity-time-shape = Add the time after the date, from 00:00 to 23:59, like 2026-11-21 17:20
