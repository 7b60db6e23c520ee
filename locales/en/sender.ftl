# What receivers see of the domain that mail is sent from: for admins, and for `fairdraw check`
sender-title = The domain that mail is sent from
sender-lead = Letters leave as { $from }. Whether they arrive, and whether somebody else can write in the library’s name, depends on what the domain publishes. This is what a receiver finds now.
sender-good = In order
sender-unknown = Not seen
sender-warning = Look at it
sender-bad = To be mended
sender-again = Look again
sender-who = Whoever looks after the domain changes its records; they often take an hour to be seen everywhere.
sender-none = No mail leaves this site: smtp_url is not set. Nothing was asked.
sender-vault = The vault sends mail with settings of its own. Nothing was asked from here; run “fairdraw check” there.
sender-no-resolver = No name service is set on this machine, so nothing could be asked.
sender-away = Could not be looked at.
sender-away-do = See that name service answers here, then look again.
sender-no-record = No record.
sender-several = { $count } records, of which none counts.
sender-domain-servers = { $domain } has mail servers.
sender-domain-address = { $domain } has an address, which takes its mail.
sender-domain-takes-none = { $domain } says that it takes no mail.
sender-domain-takes-none-do = Publish an MX record, or set mail_from to a domain that has one.
sender-domain-missing = { $domain } has neither mail servers nor an address: answers go nowhere and receivers refuse it.
sender-domain-missing-do = Correct mail_from, or publish an MX record.
sender-spf-strict = Others are refused (-all), { $asked } of 10 lookups.
sender-spf-soft = Others are suspicious (~all), { $asked } of 10 lookups.
sender-spf-ours = Whether your mail server is among the allowed ones cannot be seen from here.
sender-spf-publish = Publish a record, with your mail server in the place of mx, such as
sender-spf-several-do = Make one of them, such as
sender-spf-undecided = It does not say what of everybody else.
sender-spf-everybody = Everybody may send in its name (+all).
sender-spf-end = End it in -all or ~all, such as
sender-spf-unreadable = { $name } cannot be read, so nothing of it counts.
sender-spf-unreadable-do = Correct it, such as
sender-spf-leads = It leads to { $name }, which has no whole record, so nothing of it counts.
sender-spf-leads-do = Take { $name } out, or have its record mended.
sender-spf-too-many = More than 10 lookups, so nothing of it counts.
sender-spf-too-many-do = Take out include, a, mx, ptr and exists that are not needed, or write networks as ip4 and ip6.
sender-spf-voids = More than 2 lookups give nothing ({ $terms }), so receivers may take nothing of it.
sender-spf-voids-do = Take these terms out, or publish what they name.
sender-dkim-no-selector = Could not be looked at: no selector is set.
sender-dkim-no-selector-do = Set mail_dkim_selectors to what stands behind s= in the DKIM-Signature of a letter that has arrived.
sender-dkim-rsa = RSA key of { $bits } bits.
sender-dkim-ed25519 = Ed25519 key.
sender-dkim-short = RSA key of { $bits } bits, which is short.
sender-dkim-too-short = RSA key of { $bits } bits, which receivers refuse.
sender-dkim-longer = Sign with a new RSA key of 2048 bits under a new selector.
sender-dkim-testing = Signatures are only tried out (t=y).
sender-dkim-testing-do = Take t=y out when letters arrive signed.
sender-dkim-revoked = The key was taken back (p= is empty).
sender-dkim-publish = Publish the key that your mail server signs with:
sender-dkim-several = { $count } records; receivers take any of them.
sender-dkim-several-do = Leave one.
sender-dkim-unreadable = No key can be read in it.
sender-dmarc-reject = Letters of others are refused ({ $at }); From and the envelope have the same domain.
sender-dmarc-quarantine = Letters of others are put aside ({ $at }); From and the envelope have the same domain.
sender-dmarc-partly = It holds for { $percent } per cent of letters ({ $at }).
sender-dmarc-partly-do = Take pct= out.
sender-dmarc-watches = Letters of others arrive, as it only watches (p=none, { $at }).
sender-dmarc-watches-do = When its reports are clean, publish
sender-dmarc-missing = No record here or above: letters of others arrive.
sender-dmarc-publish = Publish a record such as
sender-dmarc-several = Several records at { $at }, of which none counts.
sender-dmarc-several-do = Leave one, such as
sender-dmarc-unreadable = The record at { $at } cannot be read.
sender-dmarc-unreadable-do = Correct it, such as
