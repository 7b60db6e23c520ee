# Accounts of staff.

account-sign-in-title = Staff sign-in
account-sign-in-lead = This is for people who work at the library. Patrons need no account to enter.
account-sign-in-ended = You were away for a while, so we signed you out. Sign in and you return to the page you were on.
account-sign-in-unsent = Your session was over and what you sent was not stored. Sign in and do it once more.
account-sign-in-out = You are signed out.
account-sign-in-cookie = Your browser did not send back the cookie that this site just gave it, so you are not signed in.
account-sign-in-cookie-for = This cookie only keeps you signed in, and it goes when you close the browser. Allow cookies of this site in the settings of your browser, then sign in again. More on the page “{ $link }”.
account-sign-in-slow = The page for the code lay open too long, or the account changed meanwhile. Sign in from the beginning.
account-sign-in-refused = Name or passphrase does not match, or this name is locked for now (5 mismatches in a row lock it for 15 minutes). Check both and try again
account-sign-in-forgotten = If you forgot your passphrase, ask an administrator for a new one-time link.
account-sign-in-button = Sign in
account-name = Sign-in name
account-name-hint = Your own name, for example; 40 characters at most. Colleagues see it in the record.
account-invite-name-hint = The name of your colleague, for example; 40 characters at most. Your colleague signs in with it, and everybody sees it in the record.
account-name-empty = Enter a sign-in name
# $most number of characters
account-name-too-long = The sign-in name must be { $most } characters or fewer
account-name-unprintable = The sign-in name has characters that cannot be seen; type it again
account-name-taken = Somebody else uses this sign-in name; choose another
account-passphrase = Passphrase
account-passphrase-new = New passphrase
account-passphrase-again = New passphrase once more
account-passphrase-hint = At least 12 characters. A few unrelated words are easy to remember and hard to guess; symbols and capitals are not needed.
# $least number of characters
account-passphrase-too-short = Enter a passphrase of { $least } characters or more
# $most number of characters
account-passphrase-too-long = The passphrase must be { $most } characters or fewer
account-passphrase-common = Many people use this passphrase; choose one that nobody else would think of
account-passphrase-name = Choose a passphrase that is not your sign-in name
account-passphrase-again-differs = The two passphrases differ; enter the second one again
account-present = Present passphrase
account-present-differs = The present passphrase does not match; enter it again

account-setup-title = Set up the first administrator
account-setup-lead = This link works once. When you are done you can invite other members of staff.
account-setup-named-title = Set your passphrase
account-setup-named-lead = Choose your passphrase. This link works once; you are signed in when you are done.
account-setup-button = Finish

account-code-title = Enter your code
account-code-lead = If the passphrase is right, the 6 digits of the authenticator on your phone come next.
account-code = Code
account-code-hint = It changes every 30 seconds and works once. Without your phone, enter a recovery code instead.
account-code-refused = The code does not fit or was used already, or this name is locked for now (5 mismatches in a row lock it for 15 minutes). Wait for the next code and try again
account-code-lost = If you lost your phone and have no recovery code, ask an administrator to reset your second step.
account-factor-title = Set up your second step
account-factor-lead = Signing in takes a code from your phone beside your passphrase. Set it up now; it takes about two minutes.
# $at date and time
account-factor-was-reset = An administrator reset your second step on { $at }; the phone and the recovery codes of before do not work any more. If you did not ask for this, tell your administrator at once.
account-factor-app = Open an authenticator on your phone, such as FreeOTP, Aegis, Google Authenticator or Microsoft Authenticator.
account-factor-scan = Scan this picture with it:
account-factor-qr = QR code for the authenticator; the same as text is below
account-factor-by-hand = If it cannot be scanned, choose “enter by hand” and type this (time based, 6 digits, 30 seconds):
account-factor-type = The authenticator shows a code of 6 digits. Type it below to make sure that your phone works.
account-factor-code = Code on your phone
account-factor-code-hint = 6 digits
account-factor-differs = The code does not fit. Type the one your phone shows now; if none fits, set the phone's clock to automatic
account-factor-button = Finish
account-recovery-title = Recovery codes
account-recovery-done = Your second step is set up.
account-recovery-lead = Without your phone, each of these works once in the place of a code. Print them or write them down now and keep them in a safe place; they cannot be shown again once you leave this page.
account-recovery-made = Made on
account-recovery-go-on = I have put them away, go on

account-confirm-title = Confirm that it is you
account-confirm-lead = What comes next weighs, and you last showed who you are more than 10 minutes ago.
account-confirm-kept = Everything you filled in is still on this page and is sent as soon as you confirm; there is nothing to fill in again.
account-confirm-again = What you sent holds something that no page may keep, such as a share or a file, so it was not kept. Confirm, then send it once more.
account-confirm-differs = The passphrase does not match, or this name is locked for now (5 mismatches in a row lock it for 15 minutes). Check it and try again
account-confirm-button = Confirm
account-confirm-form-button = Confirm and send
account-confirm-leave = Leave it, back to the desk
account-own-title = My account
account-own-factor-title = Second step
account-own-factor-since = Set up on
account-own-recovery-left = Recovery codes left
account-passkey = Passkey
account-passkeys-title = Passkeys
account-passkey-name = Name
account-passkey-name-hint = So that you can tell them apart, such as “desk computer”.
account-passkey-added = Added on
account-passkey-used = Last used
account-passkey-unused = Not used yet
account-passkey-add = Add a passkey
account-passkey-add-lead = Use the fingerprint, face, PIN or security key of this device in the place of the code. The codes of your phone and your recovery codes go on working.
account-passkey-lead = When you press the button, your browser asks for your fingerprint, face, PIN or security key. Those stay on your device; we keep a public key only. Do not add a computer that others use too.
account-passkey-make = Create the passkey
account-passkey-none = This browser knows no passkeys, or JavaScript is off. Go on with the codes of your phone.
account-passkey-use = Use a passkey
account-passkey-failed = That was not completed. Try again, or use the code of your phone.
account-passkey-refused = The passkey does not fit or was used already, or this name is locked for now (5 mismatches in a row lock it for 15 minutes). Try again, or enter a code
account-passkey-differs = Nothing was added: what the browser sent does not fit, or the passkey is there already. Try again
account-passkey-remove-lead = Remove the passkey of a device that is lost or no longer used. You are then signed out on other devices.
# $name the name of the passkey
account-passkey-remove = Remove “{ $name }”
account-done-passkey = The passkey is added. You can use it in the place of a code from now on.
account-done-passkey-gone = The passkey is removed and you are signed out on all other devices.
account-own-session-end = Sign out this device
account-own-factor-change = Change the phone
account-own-factor-change-lead = Set up the second step on another phone. The old phone and the recovery codes of before stop working, and you are signed out on other devices.
account-own-recovery-renew = Make new recovery codes
account-own-recovery-renew-lead = Ten new ones, shown once; those of before stop working.
account-own-recovery-few = Few recovery codes are left; make new ones.
account-own-factor-none = This site does not ask for a second step at present.
account-own-role = Role
account-own-passphrase-title = Change passphrase
account-own-passphrase-lead = This signs you out on all other devices.
account-own-passphrase-button = Change passphrase
account-own-sessions-title = Where you are signed in
account-own-sessions-opened = Signed in
account-own-sessions-seen = Last used
account-own-sessions-which = Device
account-own-sessions-here = This device
account-own-sessions-other = Another device
account-own-sessions-lead = You are signed out after 30 minutes without use, and 8 hours after signing in.
account-own-end-others = Sign out elsewhere

account-done-passphrase = Your passphrase is changed and you are signed out on all other devices.
account-done-others = You are signed out on all other devices.
account-done-role = The role is changed; this person has to sign in again.
account-done-disabled = The account is disabled and signed out everywhere.
account-done-enabled = The account can be used again.
account-done-recovery = You came in with a recovery code, and that code is used up. If your phone is lost, see “Second step” below.
account-done-session = That device is signed out.
account-done-reset = The second step is reset and the account is signed out everywhere; its owner sets up another at the next sign-in.
account-done-sessions = The account is signed out everywhere.

account-role = Role
account-role-empty = Choose at least one role
account-role-librarian = Librarian
account-role-librarian-hint = Prepares and publishes activities, looks after entries, notifies winners, hands out prizes; does not draw
account-role-draw-officer = Draw officer
account-role-draw-officer-hint = Corrects a closed list, gives the randomness, shows the draw; prepares nothing and sees no contact of a winner
account-role-admin = Administrator
account-role-admin-hint = All that a librarian and a privacy officer may, and exports winners' data, manages accounts and reads the record
account-role-auditor = Outside auditor
account-role-auditor-hint = Entrant audits only: records whether a person was found behind a sampled ticket
account-role-auditor-alone = An outside auditor can have no role in the library. Tick this one alone, or untick it
account-role-privacy-officer = Privacy officer
account-role-privacy-officer-hint = Holds, disclosures and incidents, and answers to people about their own data
account-role-accountant = Accountant
account-role-accountant-hint = Reads and files the data of prize income; an administrator without this role cannot, and giving a role stays in the record
account-standing = State
account-standing-invited = Invited, no passphrase yet
account-standing-active = In use
account-standing-disabled = Disabled

account-health-title = Administration
account-health-lead = How the system is doing now.
account-health-engine = Database
account-health-staff = Accounts
account-health-waiting = Jobs that wait
account-health-records = Lines in the record
account-health-troubled-title = Jobs in trouble
account-health-troubled-none = No job is in trouble.
account-health-troubled-lead = They are tried again by themselves. If one does not recover, tell your maintainer the code.
account-health-job = Job
account-health-job-activity = Activity
account-health-job-next = Next try
account-health-job-attempts = Tries so far
account-health-job-code = Code
account-health-to-staff = Accounts and roles
account-health-to-audit = Record of acts

account-list-title = Accounts and roles
account-list-invite = Invite staff
account-list-created = Made on
account-invite-title = Invite staff
account-invite-lead = You get a one-time link to hand to your colleague. They choose their own passphrase; you never see it.
account-invite-button = Make the link
account-link-title = Invitation link
# $name sign-in name of the colleague
account-link-lead = Hand this link to “{ $name }” in person. It cannot be shown again once you leave this page.
# $until date and time
account-link-ends = It works once, until { $until }.
account-link-label = One-time link
account-link-back = Back to the accounts
# $name sign-in name
account-staff-title = Account: { $name }
account-staff-back = Accounts and roles
account-staff-sessions = Devices signed in
# $until date and time
account-staff-locked = Locked until { $until } after passphrases that did not match. A new link unlocks it at once.
account-staff-role-button = Change role
account-staff-role-lead = This person then has to sign in again.
# $left number of recovery codes
account-second-set = { $left ->
    [one] Set up, { $left } recovery code left
   *[other] Set up, { $left } recovery codes left
  }
account-second-reset = Reset; the owner has not set up another yet
account-second-none = Not set up yet
account-reset-reason-missing = Enter why you reset it
account-reset-reason-long = The reason must be 300 characters or fewer
account-staff-reset-title = Reset the second step
account-staff-reset-lead = For a colleague who lost the phone and has no recovery code. Make sure first, in person or by a number you know, that it is them. Their passkeys are removed and they are signed out at once; they read of it at the next sign-in and set up another.
account-staff-reset-reason = Reason
account-staff-reset-reason-hint = Such as “phone lost, asked in person”. It stays in the record; write no ID or telephone number.
account-staff-reset-button = Reset the second step
account-staff-link-title = New one-time link
account-staff-link-lead = For a colleague who forgot the passphrase or whose invitation ran out. Earlier links stop working; the present passphrase works until the new link is used.
account-staff-link-button = Make a new link
account-staff-end-title = Devices signed in
account-staff-end-button = Sign out everywhere
account-staff-disable-title = Disable the account
account-staff-disable-lead = The person is signed out at once and cannot sign in. The record stays, and you can enable the account later.
account-staff-disable-button = Disable this account
account-staff-enable-title = Enable the account
account-staff-enable-lead = The person can then sign in with the same passphrase as before.
account-staff-enable-button = Enable again

# $name what people call the provider
account-elsewhere-title = Sign in with { $name }
account-elsewhere-lead = For accounts that are linked; the first time, sign in here and link yours under “My account”.
# $name what people call the provider
account-elsewhere-button = Sign in with { $name }
# $name what people call the provider
account-elsewhere-setup = You can use { $name } in the place of a passphrase here. A passphrase of before then stops working.
account-elsewhere-since = Linked on
# $at date and time
account-elsewhere-linked = Linked on { $at }
account-elsewhere-not = Not linked
account-elsewhere-link = Link
# $name what people call the provider
account-elsewhere-link-lead = You can then sign in here with { $name }. We keep an encrypted mark of who you are there, and no name or e-mail address.
account-elsewhere-unlink = Unlink
account-elsewhere-unlink-lead = You then sign in with your name and passphrase only.
account-elsewhere-beside = It opens in another tab, so that what you filled in stays here. When you have confirmed there, come back to this tab.
# $name what people call the provider
account-elsewhere-confirm = Confirm with { $name }
account-elsewhere-send = I have confirmed there, send
account-own-passphrase-none = You have no passphrase here. If you want one, ask an administrator for a one-time link.
account-confirm-no-way = There is no way to confirm it here at present. Sign out and in again, or ask an administrator for a one-time link.
account-done-linked = Your account is linked.
account-done-unlinked = The link is removed; sign in with your name and passphrase from now on.

# $name what people call the provider
account-leaving-title = To { $name }
# $name what people call the provider
account-leaving-lead = You sign in at { $name } and come back here. Your password stays there; we never see it.
account-leaving-asked = We ask for nothing but a sign of who you are there.
account-leaving-email = We ask for your e-mail address and a sign of who you are there, and for nothing else.
# $name what people call the provider
account-leaving-button = Go to { $name }
# $name what people call the provider
account-back-title = Back from { $name }
account-back-lead = One moment, you are being signed in. If nothing happens, press the button.
account-back-button = Go on
account-refused-title = That did not work
account-beside-title = Done
account-beside-lead = Close this tab and go on in the one where you were.

account-unknown = There is no such account.
    .next = Choose one from “Accounts and roles”.
account-last-admin = This is the last administrator in use; the account cannot be disabled or given another role.
    .next = Invite another administrator first and wait until they have set a passphrase.
account-no-role = An account needs at least one role.
    .next = Go back and choose a role.
account-link-gone = This one-time link was used, has run out, or was replaced by a newer one.
    .next = Ask an administrator for a new link. For the first set-up, restart the system and it shows a new one.
account-needs-librarian = This page needs the role “Librarian”.
    .next = An administrator can give it to you under “Accounts and roles”.
account-needs-draw-officer = This page needs the role “Draw officer”.
    .next = Whoever prepares an activity does not draw it. An administrator can give you the role under “Accounts and roles”.
account-needs-organiser = This page needs the role “Librarian” or “Draw officer”.
    .next = An administrator can give you one of them under “Accounts and roles”.
account-needs-custodian = This page needs the role “Privacy officer” or “Accountant”.
    .next = An administrator can give you one of them under “Accounts and roles”.
account-needs-inspector = This page needs the role “Outside auditor”, “Librarian” or “Draw officer”.
    .next = An administrator can give you the one that you need under “Accounts and roles”.
account-needs-auditor = This page needs the role “Outside auditor”.
    .next = Staff cannot record what an audit found; the auditor signs in with an account of their own.
account-needs-accountant = This page needs the role “Accountant”.
    .next = Only accountants read winners' tax data. Ask an administrator to give you the role under “Accounts and roles”.
account-needs-privacy-officer = This page needs the role “Privacy officer”.
    .next = Ask an administrator to give you the role under “Accounts and roles”.
account-other-branch = This page is of another branch, or of the whole library.
    .next = Your account is for some branches only. An administrator can change that under “Accounts and roles”.
account-branch-unknown = There is no such branch; please choose again
account-reach-unfit = Only librarians and draw officers can be limited to branches; the other roles are for the whole library.
    .next = Go back and tick no branch, or only these two roles.
account-branches = Branches
account-branches-hint = None ticked means the whole library. Otherwise this person sees and runs only activities of these branches; the newsletter and what people write are for staff of the whole library. Only librarians and draw officers can be limited.
account-auditor-alone = An outside auditor can have no role in the library.
    .next = Go back and choose one of the two.
account-needs-admin = This page needs the role “Administrator”.
    .next = Ask the library's administrator, who can do it for you or give you the role under “Accounts and roles”.
account-step-gone = The page lay open too long, or the account changed meanwhile.
    .next = Sign in again and do it once more.
account-no-factor = This account has no second step.
    .next = Its owner sets one up at the next sign-in; there is nothing to reset.
account-own-factor = Nobody resets their own second step.
    .next = Ask another administrator, or use fairdraw staff reset on the server.
account-passkey-not-made = No passkey was added.
    .next = Try again under “My account”.
account-passkeys-enough = An account has five passkeys at most.
    .next = Remove one that you no longer use, under “My account”.
account-no-passkeys-here = There are no passkeys at this address.
    .next = Go on with the codes of your phone.
account-busy = Many people are signing in at the moment.
    .next = Wait a few seconds and try again.
account-not-linked = No account here is linked to the one you used at the other site.
    .next = Sign in with your name and passphrase and link it under “My account”, or ask an administrator for a one-time link.
account-shut-elsewhere = The account that is linked is disabled or locked for now.
    .next = Wait 15 minutes and try again, or ask an administrator.
account-other-link = That account of the other site is linked to somebody else here.
    .next = Sign out there and use your own; if it is yours, ask an administrator.
account-other-person = You signed in at the other site as somebody else than here.
    .next = Sign out there and confirm with your own account, or confirm here.
account-one-factor = The other site asked for one factor only, and this one asks for two.
    .next = Confirm with the code of your phone.
account-only-way = The link is the only way into this account, so it stays.
    .next = Ask an administrator for a one-time link, set a passphrase with it, and unlink then.
