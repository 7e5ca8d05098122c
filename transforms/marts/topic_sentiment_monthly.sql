/*---
about = "How comments on each topic felt, month by month. A comment counts under each of its topics."
grain = ["topic", "month"]
[shares]
head = "sentiment"
alike = "topic"
[columns]
topic      = ["text", "the topic, as the taxonomy names it"]
month      = ["text", "month in the reporting time zone, for example 2025-10"]
---*/
SELECT
    unnest(said.topics) AS topic,
    dated.month,
    dated.comment_id
FROM classified.dated AS dated
JOIN classified.said AS said USING (comment_id)
WHERE dated.is_audience
