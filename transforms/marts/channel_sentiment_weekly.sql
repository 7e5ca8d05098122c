/*---
about = "How the comments of each channel felt, week by week."
grain = ["channel", "week"]
[shares]
head = "sentiment"
alike = "channel"
net = {positive = 1, negative = -1}
[columns]
channel    = ["text", "where the audience was met"]
week       = ["text", "ISO week in the reporting time zone, for example 2025-W40"]
week_start = ["day",  "Monday of that week"]
---*/
SELECT channel, week, week_start, comment_id
FROM classified.dated
WHERE is_audience
