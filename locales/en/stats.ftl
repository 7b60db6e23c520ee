# Counts of answers.

stats-title = Answers in numbers
stats-lead = Counts only, never single answers. Fewer than { $threshold } people are not shown; other counts are rounded to multiples of { $base }. Written answers are not published.
stats-answers = About { $count } people answered
stats-few = Fewer than { $threshold }
stats-column-answer = Answer
stats-column-count = People
stats-none = This activity has no questions that can be counted.
stats-too-early = Counts are made after the close
    .next = Come back when the activity has closed.
stats-unreadable = The counts cannot be read
    .next = Ask the person who runs this system.
