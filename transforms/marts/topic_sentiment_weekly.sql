/*---
about = "How comments on each topic felt, week by week. A comment counts under each of its topics."
grain = ["topic", "week"]
[shares]
head = "sentiment"
alike = "topic"
[columns]
topic      = ["text", "the topic, as the taxonomy names it"]
week       = ["text", "ISO week in the reporting time zone, for example 2025-W40"]
week_start = ["day",  "Monday of that week"]
---*/
SELECT
    unnest(said.topics) AS topic,
    dated.week,
    dated.week_start,
    dated.comment_id
FROM classified.dated AS dated
JOIN classified.said AS said USING (comment_id)
WHERE dated.is_audience
