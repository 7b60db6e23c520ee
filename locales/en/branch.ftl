# Branches of the library. most: the longest name in characters; name: a branch; link: the list of staff.

branch-title = Branches
branch-lead = An activity can be of one branch or of the whole library. Librarians and draw officers of a branch see and run the activities of their branch only.
branch-staff-lead = Who works for which branch is set in { $link }.
branch-new = New branch
branch-rename = Rename
branch-close = Close
branch-reopen = Reopen
branch-closed = closed: no new activities
branch-closed-one = { $name } (closed)
branch-name-zh = Chinese name
branch-name-en = English name
branch-name-wrong = Give a name of at most { $most } characters
branch-name-taken = Another branch has this name; choose a different one
branch-save = Save
branch-whole-library = The whole library
branch-of-activity = Branch
branch-of-activity-hint = Only staff of this branch and of the whole library can run the activity; visitors see it too.
branch-of-activity-wrong = Choose a branch that you work for
branch-of-activity-none = All branches that you work for are closed, so you cannot add an activity now
branch-of-activity-none-next = Ask an administrator to give you another branch under “Accounts and roles”, or to reopen one of yours under “Branches”. Then come back here.
