/*---
about = "How the comments of each part of the audience felt, month by month: employees, partners, ..., as the settings tell them apart. Empty where they do not."
grain = ["segment", "month"]
[shares]
head = "sentiment"
alike = "segment"
[columns]
segment    = ["text", "the part of the audience, as the settings call it"]
month      = ["text", "month in the reporting time zone, for example 2025-10"]
---*/
SELECT segment.segment, dated.month, dated.comment_id
FROM classified.dated AS dated
JOIN classified.segment AS segment USING (comment_id)
WHERE dated.is_audience
