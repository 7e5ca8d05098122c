/*---
about = "Whose side the comments of each channel take, week by week: for what the post announces, against it, or unclear."
grain = ["channel", "week"]
[shares]
head = "stance"
alike = "channel"
[columns]
channel    = ["text", "where the audience was met"]
week       = ["text", "ISO week in the reporting time zone, for example 2025-W40"]
week_start = ["day",  "Monday of that week"]
---*/
SELECT channel, week, week_start, comment_id
FROM classified.dated
WHERE is_audience
