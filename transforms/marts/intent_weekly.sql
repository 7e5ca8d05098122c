/*---
about = "What the comments of each channel want, week by week. Shares may add up to more than 1: a comment can want several things."
grain = ["channel", "week"]
[shares]
head = "intent"
many = true
alike = "channel"
[columns]
channel    = ["text", "where the audience was met"]
week       = ["text", "ISO week in the reporting time zone, for example 2025-W40"]
week_start = ["day",  "Monday of that week"]
---*/
SELECT channel, week, week_start, comment_id
FROM classified.dated
WHERE is_audience
