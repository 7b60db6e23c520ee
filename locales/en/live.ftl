# The live draw: desk, projector, rehearsal, minutes.

live-nothing-to-show = This draw has no result yet
    .next = Come back to this page after the draw.

live-stage-title = { $title }: draw screen
live-rehearsal = Rehearsal
live-rehearsal-name = R*** H***
live-paused = Paused
live-controls = Screen controls
live-next = Next
live-pause = Pause or go on
live-black = Black screen
live-full = Full screen
live-qr = QR code of this draw's public page

live-doors-scan = Scan the code for the rules, the list and the result.
live-doors-fingerprint = Fingerprint of the list. Take a picture:
live-doors-not-closed = The list is published after the close: { $when }.
live-words-title = Three things before the draw
live-words-1 = The list closed on { $when }. Nobody has been able to add or remove a ticket since.
live-words-2 = The randomness is drand round { $round }, made in public at { $when }. Nobody knows it yet.
live-words-2-out = The randomness is drand round { $round }, made in public at { $when }, after the list was sealed. Nobody can change it.
live-words-2-rehearsal = The randomness is drand round { $round }. This is a rehearsal with a round of years ago.
live-words-3 = List and randomness together are the result. Anybody can work it out; the library cannot choose.
live-countdown = Until public round { $round }
live-countdown-why = The beacon sets this moment. Nobody here presses a button for it.
live-waiting = Waiting for the randomness
live-waiting-what = Round { $round } should be out and is being fetched.
live-decided = The result is decided
live-randomness = Public randomness: drand { $chain }, round { $round }
live-verified = ✓ Signature verified on this computer
live-result = Fingerprint of the result
live-now-in-order = The result is decided. Now { $count ->
    [one] { $count } winning ticket is
   *[other] { $count } winning tickets are
} revealed in order.
live-counter = { $revealed } / { $total }
live-earlier = Revealed so far
live-end = All winning tickets
live-screen = screen { $screen } of { $screens }
live-verify = Scan the code and verify it yourself

live-say-black = The screen is black.
live-say-paused = Paused.
live-say-doors = Doors: title, QR code and fingerprint of the list.
live-say-words = Three things before the draw.
live-say-countdown = Countdown to the public randomness.
live-say-waiting = Waiting for the public randomness.
live-say-decided = The result is decided; the signature is right.
live-say-winner = { $slot }: { $ticket } { $name }
live-say-end = All winning tickets.

live-desk-title = Live draw
live-desk-lead = The public randomness decides the result. This page only shows it in order; nothing pressed here can change it.
live-desk-open = Open { $stage } on the projector, then make it full screen.
live-open-stage = the draw screen
live-to-rehearsal = Rehearse first
live-to-desk = Back to the real desk
live-to-minutes = Print the minutes
live-cues = Screen
live-on-screen = On the projector now:
live-next-is = Next: { $next }
live-next-paused = paused; press Pause or go on first
live-next-words = three things before the draw
live-next-beacon = countdown and public randomness
live-next-wait = nothing until the randomness is here
live-next-winner = the next winning ticket
live-next-end = all winning tickets
live-next-screen = the next screen of winning tickets
live-next-nothing = nothing; everything was shown
live-keys = Keyboard controls
live-keys-what = While this part has the focus: Space or → for next, P to pause, B for a black screen. The draw screen takes the same keys, and F for full screen; move the mouse to its lower edge for buttons.
live-quiet-on = Quiet mode: on, nothing moves
live-quiet-off = Quiet mode: off
live-names-on = Showing: numbers and masked names
live-names-off = Showing: numbers only
live-reserves-on = Last scene: reserves
live-reserves-off = Last scene: winners

live-beacon = Public randomness
live-beacon-due = drand { $chain } round { $round }, due { $due }. With a network it is fetched by itself; without one, paste it here.
live-beacon-rehearsed = The rehearsal uses round { $round }. You can paste it here once the screen has come to the countdown.
live-beacon-here = Round { $round } is here, its signature is right, and the result is decided.
live-beacon-others = This draw has another source of randomness; enter it here
live-check-round = Only check, do not draw yet
live-paste-right = Round { $round } ✓ signature right
live-paste-wrong = Round { $round } ✗ { $why }

live-checks = Before the doors open
live-check-good = All right:
live-check-care = Take note:
live-check-look = Look for yourself:
live-check-frozen = The list is sealed
    .next = From now on it cannot change.
live-check-not-frozen = The list is not sealed yet
    .next = The draw needs it sealed; that happens by itself at the announced time.
live-check-files = Everything the draw needs is on this computer
    .next = It works with the network cable pulled.
live-check-files-missing = Not everything the draw needs is here yet
    .next = It is complete once the list is sealed.
live-check-relays-not-asked = The randomness sites were not tried yet
    .next = Try them with the button below. If they cannot be reached, look the round up on a phone and paste it.
live-check-relays = The randomness sites can be reached
    .next = The round is fetched by itself.
live-check-relays-out = The randomness sites cannot be reached
    .next = Have a phone with a connection at hand, and paste the round when it is out.
live-check-relays-odd = The randomness sites sent something unusable
    .next = It was not used. Be ready to paste the round.
live-check-clock = This computer's clock is right to within a minute
    .next = Compared with the rounds of the public randomness.
live-check-clock-ahead = This computer's clock is fast
    .next = The countdown would end too early, so set the clock. The result is not affected.
live-check-clock-behind = This computer's clock is at least a minute slow
    .next = The countdown would end too late, so set the clock. The result is not affected.
live-check-clock-unknown = Without a network this computer's clock cannot be compared
    .next = Compare it with a phone. The result is not affected.
live-check-address = The code on the screen leads to the public site
    .next = People in the hall can open it on their phones.
live-check-address-local = The code on the screen leads to this computer only
    .next = For people in the hall, have the public address set (public_origin).
live-check-few = Fewer than 30 tickets take part
    .next = A masked name might tell who it is, so numbers only is set first.
live-check-fonts = Can you read every one of the large signs below?
    .next = If you see boxes or gaps, install a Chinese font on this computer.
live-check-machine = Power, screen and messages
    .next = Plug the power in; switch screen saver, lock, messages and sound off. Try again with the projector connected.
live-ask = Try the sites and the clock
live-asked-at = Last tried: { $when }

live-rehearse-title = Rehearsal
live-rehearse-what = The numbers are made up, the randomness is a round of years ago, and nothing is stored or published. Every screen says that it is a rehearsal.
live-rehearse-again = Rehearse from the start
live-rehearse-paste = Paste this into the field below, for practice:

live-minutes-title = Minutes of the draw
live-minutes-print = One sheet of A4. Print it and have witnesses sign it.
live-minutes-lead = Decided by drand { $chain } round { $round } of { $when }.
live-minutes-check = Anybody can work it out again:
live-minutes-list = List of tickets
live-minutes-sealed = Sealed files and their fingerprints (SHA-256)
live-minutes-root = Root of the list
live-minutes-randomness = Public randomness
live-minutes-seed = Seed
live-minutes-key = Public key of the library
live-minutes-left-out = { $count ->
    [one] { $count } more ticket does
   *[other] { $count } more tickets do
} not fit on this sheet; the result file has them all, and its fingerprint stands for it.
live-minutes-signed = Signatures
live-minutes-statement = We were present and saw: the fingerprint of the list was public before the randomness was out, and the tickets shown are those on this sheet.
live-minutes-host = Host
live-minutes-operator = Operator
live-minutes-witness = Witness
live-minutes-place = Place
live-minutes-date = Date and time
live-minutes-remarks = Remarks

live-public-title = Being revealed now
live-public-waiting = Now: waiting for public round { $round }.
live-public-decided = The randomness is here and its signature is verified, so the result is decided. Revealed in the hall: { $revealed } / { $total }.
live-public-only-order = Round { $round } has decided the result; what follows is only shown in order.
live-public-all = Do not wait, see the whole result

audit-act-draw-live-begun = Began the live draw
