# The newsletter: subscribing, confirming, choosing, leaving, writing and sending.

newsletter-title = Subscribe to our newsletter
newsletter-lead = Give your e-mail address and choose topics. We send you a mail first; you are subscribed once you open its link and confirm.
newsletter-archive = Everything we sent so far is in “{ $page }”.
newsletter-none = There is no topic to subscribe to yet.
newsletter-email = E-mail address
newsletter-email-hint = Used for the newsletter only. We need no name and nothing else.
newsletter-email-meant = Did you mean { $email }? If the address above is right, just send the form.
newsletter-topics = Topics you want
newsletter-topics-missing = Choose at least one topic
newsletter-language = Language of the mails
newsletter-language-missing = Choose the language of the mails
# $version: version of the consent
newsletter-consent-title = What you agree to (version { $version })
# $library: name of the library
newsletter-consent = Under the Personal Data Protection Act { $library } collects your e-mail address to send you the newsletter topics you choose and word of major changes of our privacy policy, and for nothing else. The address is kept encrypted until you unsubscribe; then it is deleted, and only a code that leads back to nobody stays, so that we do not write to you again. We do not record whether you open a mail or which links you follow. Data of entries is never used for the newsletter. You can see, change or end your subscription at any time by the links below every mail, and ask for access, correction or deletion by law. Whether you subscribe makes no difference to any activity.
newsletter-agree = I have read this and agree
newsletter-trap = Leave this box empty
newsletter-trap-filled = Clear the box “Leave this box empty” and send again
newsletter-agree-missing = To subscribe, tick that you agree
newsletter-subscribe = Subscribe
newsletter-form-old = This form lay open too long. What you typed is still here; please send it again.
newsletter-again = Subscribe again
newsletter-said-sent = Look into your mailbox
newsletter-said-sent-lead = We sent a mail to the address you typed. Open its link within 24 hours and press confirm. If nothing comes, look among unwanted mail.
newsletter-said-over = This link does not work any more
newsletter-said-over-lead = It may be too old or used, or the subscription has ended. You can subscribe again.
newsletter-said-in = You are subscribed
newsletter-said-in-lead = The next issue comes to your mailbox. Below every mail are links to change or end your subscription.
newsletter-said-moved = Your address is changed
newsletter-said-moved-lead = The newsletter goes to the new address from now on, and we told the old one.
newsletter-said-moving = Look into the new mailbox
newsletter-said-moving-lead = We sent a mail to the new address. Until you open its link and confirm, the newsletter goes to the old one.
newsletter-said-out = You are unsubscribed
newsletter-said-out-lead = Your address is deleted, and no newsletter is sent to you any more.
newsletter-confirm-title = Confirm your e-mail address
newsletter-confirm-lead = When you confirm, you get the newsletter on these topics:
newsletter-confirm-move = When you confirm, the newsletter goes to this mailbox.
newsletter-confirm = Confirm
newsletter-confirm-not = If you did not want this, close this page; nothing more will come.
newsletter-own-title = My subscription
# $date: day of the consent
newsletter-own-lead = You agreed to get the newsletter on { $date }.
newsletter-own-save = Save
newsletter-move-title = Another address
newsletter-move-email = New e-mail address
newsletter-move-hint = We send a mail to the new address; it counts once you confirm there, and we tell the old one.
newsletter-move = Change the address
newsletter-leave = Unsubscribe
newsletter-leave-lead = Your address is deleted and no topic of the newsletter is sent to you any more.
newsletter-leave-other = I only want to change topics or my address
newsletter-news-title = Library newsletter
newsletter-news-lead = Everything we sent is public here. To get it by mail, press “{ $page }”.
newsletter-news-none = Nothing was sent yet.
newsletter-news-feed = Follow with a feed reader (Atom)
newsletter-issue-subscribe = To get it by mail, press “{ $page }”.

newsletter-mail-subject-confirm = [{ $library }] Please confirm your newsletter subscription
newsletter-mail-subject-already = [{ $library }] You are subscribed to our newsletter
newsletter-mail-subject-move = [{ $library }] Please confirm your new address
newsletter-mail-subject-moved = [{ $library }] Your newsletter goes to another address
newsletter-mail-subject-issue = [{ $library }] { $title }
newsletter-mail-confirm = Somebody subscribed to the newsletter of { $library } with this address. If it was you, open this link within 24 hours and press confirm on the page:
newsletter-mail-not-you = If it was not you, do nothing. Without the confirmation no more mail comes, and this address is deleted within two days.
newsletter-mail-already = Somebody subscribed to the newsletter of { $library } with this address, which is subscribed already; nothing has changed. To see or change your topics, open:
newsletter-mail-already-not-you = If it was not you, do nothing.
newsletter-mail-move = A subscriber to the newsletter of { $library } wants to get it at this address. If it is you, open this link within 24 hours and press confirm on the page:
newsletter-mail-moved = Your newsletter of { $library } goes to another address now. No newsletter is sent to this one any more.
newsletter-mail-moved-not-you = If you did not change it, call { $phone }.
newsletter-mail-on-the-web = Read it on the web: { $page }
newsletter-mail-read-on-the-web = Read it on the web
newsletter-mail-why = You get this mail because you subscribed to the newsletter of { $library } and confirmed this address.
newsletter-mail-own = See or change your subscription: { $link }
newsletter-mail-leave = Unsubscribe: { $link }
newsletter-mail-trial = This is a trial sent by our staff; subscribers did not get it yet.
newsletter-mail-no-tracking = We do not record whether you open this mail or which links you follow.
newsletter-mail-check-site = Type { $host } into your browser yourself and see whether the newsletter's page says the same.

newsletter-staff-title = Newsletter
newsletter-staff-lead =
    { $count ->
        [0] Nobody is subscribed yet.
        [one] One person is subscribed.
       *[other] { $count } people are subscribed.
    }
newsletter-staff-none = No issue was written yet.
newsletter-write = Write an issue
newsletter-write-no-topics = There is no topic yet; make one under “{ $page }” first.
newsletter-edit = Change the text
newsletter-column-issue = Issue
newsletter-column-stage = State
newsletter-column-when = When
newsletter-column-sent = Sent
newsletter-stage-draft = draft
newsletter-stage-scheduled = scheduled
newsletter-stage-sending = being sent
newsletter-stage-sent = sent
newsletter-stage-stopped = stopped
newsletter-topics-title = Topics of the newsletter
newsletter-topics-lead = Subscribers choose from these. A retired topic is offered no more, and nothing is sent to it.
newsletter-topic-new = New topic
newsletter-topic-rename = Rename
newsletter-topic-retire = Retire
newsletter-topic-retired = retired
newsletter-topic-zh = Chinese name
newsletter-topic-en = English name
newsletter-topic-name-wrong = Give a name of at most 120 characters
newsletter-save = Save
newsletter-save-preview = Save and preview
newsletter-preview = Preview
newsletter-preview-plain = Plain text
newsletter-back-to-issue = Back to the issue
newsletter-slug = Address of the page
newsletter-slug-hint = Lower-case letters, digits and hyphens, such as 2026-12-new-books; it stays once the issue is sent.
newsletter-slug-wrong = Use 3 to 60 lower-case letters, digits or hyphens
newsletter-slug-taken = Another issue has this address
newsletter-topics-of = Sent to subscribers of
newsletter-subject-zh = Chinese subject
newsletter-subject-en = English subject
newsletter-subject-wrong = Give a subject of at most 120 characters
newsletter-body-zh = Chinese text
newsletter-body-en = English text
newsletter-body-hint = Markdown: # heading, **bold**, - list, [words](https://address). No pictures. At most { $longest } characters.
newsletter-body-wrong = Write a text of at most { $longest } characters
newsletter-moved = Somebody changed this issue, or it is no draft any more. Open it again and retry.
newsletter-send-title = Send
newsletter-send-to = Sent to subscribers of any of these topics:
newsletter-send-once = Each subscriber gets one mail. Once sending begins the text is public on the site and cannot be changed.
newsletter-no-server = No mail server is configured; letters wait until there is one.
newsletter-try-title = Trial
newsletter-try-email = Send a trial to
newsletter-try-hint = The address is used once and then dropped.
newsletter-try = Send a trial
newsletter-at = When to send
newsletter-at-wrong = Give a time that is still to come
newsletter-schedule = Schedule
newsletter-now = Send now
newsletter-scheduled = Waiting for its hour
newsletter-take-back = Take it back
newsletter-stop = Stop sending
newsletter-progress = Progress
newsletter-progress-hint = At most { $count } letters leave in a minute. “Uncertain” are letters whose answer from the mail server was lost; they are not sent again.
newsletter-figure-waiting = waiting
newsletter-figure-sent = sent
newsletter-figure-uncertain = uncertain
newsletter-figure-bounced = no such address
newsletter-figure-refused = refused
newsletter-figure-dropped = not sent any more
newsletter-began = Began: { $when }
newsletter-ended = Ended: { $when }
newsletter-public-page = Public page
newsletter-policy-audience = subscribers of the newsletter
newsletter-policy-subject = Privacy policy, version { $version }, in force from { $date }
newsletter-policy-to-all = This tells of a change of the privacy policy. It goes to every subscriber, whatever their topics, and cannot be taken back.
newsletter-policy-body =
    Our privacy policy has a major change, in force from { $date }.

    - [Version { $version } in full]({ $whole })
    - [Compared with the version before]({ $compared })

    What changed:
