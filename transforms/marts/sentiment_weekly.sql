/*---
about = "How all comments felt, week by week."
grain = ["week"]
[shares]
head = "sentiment"
net = {positive = 1, negative = -1}
[columns]
week       = ["text", "ISO week in the reporting time zone, for example 2025-W40"]
week_start = ["day",  "Monday of that week"]
---*/
SELECT week, week_start, comment_id
FROM classified.dated
WHERE is_audience
