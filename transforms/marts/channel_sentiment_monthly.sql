/*---
about = "How the comments of each channel felt, month by month."
grain = ["channel", "month"]
[shares]
head = "sentiment"
alike = "channel"
[columns]
channel    = ["text", "where the audience was met"]
month      = ["text", "month in the reporting time zone, for example 2025-10"]
---*/
SELECT channel, month, comment_id
FROM classified.dated
WHERE is_audience
