# What the vault says when it does not open.

vault-no-key = The personal data of this activity was deleted and its key destroyed, so it cannot be opened any more.
vault-broken = This record cannot be opened: it is damaged or does not belong here. Please ask the administrator to look at the log.
vault-expired = This page was left open for too long. To protect your data, please fill in the form again.
vault-unavailable = The data keys cannot be reached at the moment. Please try again later; your data is still encrypted.
vault-not-a-winner = Contact data opens only for winners and called reserves. Please check the result and the settlements first.
vault-too-many = As many contacts were opened as there are prizes and reserves, and no more can be. Please ask the winner to come with the receipt and an ID card.
vault-busy = More people are entering than can be taken at the moment. Please try again in a few minutes; entries that were taken are not affected.
vault-not-promised = This draw is not among those that the activity promised before the first entry, so nothing of it can be signed or opened. Please ask the administrator to look at the log.
vault-other-words = The letters about this incident that have left had other words, so no more were sent. Please record a new incident for new words.
vault-locked = The contacts of this activity are locked until two of its three librarians enter their shares. Please ask a second librarian to unlock them with you.
vault-frozen = The system has seen something unusual, so no member of staff can open or export personal data for now. Ask an administrator, who lifts this when the reason is known.
vault-not-allowed = The settings of this server do not allow so many of these records to be opened this year, so nothing was opened. The administrator can raise the number in the settings.
vault-not-a-share = This is no share of this activity. Please compare the text with the sheet of paper, group by group.
vault-not-told = The notice that these people read does not name this use, so their contacts stay closed for it. A new notice is needed first; those who have entered are held to the one they read.

vault-guard-title = Protection of the processes
vault-guard-lead = The keys are in a process of their own. This is what it and the web side have given up; a line that says no is explained in the operator's guide.
vault-guard-what = Protection
vault-guard-web = Web side
vault-guard-vault = Vault
vault-guard-dumps = No memory dumps
vault-guard-memory = Memory stays out of swap
vault-guard-files = Only its own folders
vault-guard-calls = No other programs
vault-guard-yes = Yes
vault-guard-partly = In part: this kernel is older
vault-guard-no = No: { $why }
vault-guard-none = Not in this mode
vault-behind = The records in the database are older than receipts that were given out, so no new number is signed. Please ask the administrator to restore the newer database.
