/*---
about = "Whose side the comments of each part of the audience take, month by month: for what the post announces, against it, or unclear. Empty where the settings tell no parts apart."
grain = ["segment", "month"]
[shares]
head = "stance"
alike = "segment"
[columns]
segment    = ["text", "the part of the audience, as the settings call it"]
month      = ["text", "month in the reporting time zone, for example 2025-10"]
---*/
SELECT segment.segment, dated.month, dated.comment_id
FROM classified.dated AS dated
JOIN classified.segment AS segment USING (comment_id)
WHERE dated.is_audience
