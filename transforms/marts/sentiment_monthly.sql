/*---
about = "How all comments felt, month by month."
grain = ["month"]
[shares]
head = "sentiment"
[columns]
month = ["text", "month in the reporting time zone, for example 2025-10"]
---*/
SELECT month, comment_id
FROM classified.dated
WHERE is_audience
