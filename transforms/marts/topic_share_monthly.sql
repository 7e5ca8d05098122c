/*---
about = "What people talked about, month by month; the label is the topic, `(none)`: without any. Shares may add up to more than 1: a comment can have several topics."
grain = ["month"]
[shares]
head = "topic"
many = true
with_none = true
[columns]
month = ["text", "month in the reporting time zone, for example 2025-10"]
---*/
SELECT month, comment_id
FROM classified.dated
WHERE is_audience
