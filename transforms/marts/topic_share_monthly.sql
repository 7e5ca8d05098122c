/*---
about = "What people talked about, month by month. Shares may add up to more than 1: a comment can have several topics."
grain = ["topic", "month"]
[columns]
topic          = ["text",  "the topic, as the taxonomy names it; `(none)`: comments without any"]
month          = ["text",  "month in the reporting time zone, for example 2025-10"]
topic_count    = ["count", "comments of the audience on this topic"]
comment_count  = ["count", "all comments of the audience that were read for topics: the n of the share"]
topic_share    = ["share", "topic_count / comment_count, 0 to 1"]
topic_low      = ["share", "lower end of its 95 % interval (Wilson)"]
topic_high     = ["share", "upper end of its 95 % interval (Wilson)"]
author_count   = ["count", "different people who wrote on the topic"]
---*/
WITH topic AS (
    SELECT comment_id, label, is_chosen
    FROM classified.current_label
    WHERE head = 'topic'
), topics_of AS (
    SELECT
        comment_id,
        coalesce(nullif(list(label) FILTER (is_chosen), []), ['(none)']) AS topics
    FROM topic
    GROUP BY comment_id
), read_for_topics AS (
    SELECT
        audience.month,
        coalesce(audience.author_key, audience.comment_id)  AS author,
        coalesce(topics_of.topics, ['(none)'])              AS topics
    FROM classified.dated AS audience
    JOIN topics_of USING (comment_id)
    WHERE audience.is_audience
), monthly AS (
    SELECT month, count(*) AS comment_count
    FROM read_for_topics
    GROUP BY month
), by_topic AS (
    SELECT month, unnest(topics) AS topic, author
    FROM read_for_topics
), counted AS (
    SELECT
        topic,
        month,
        count(*)                AS topic_count,
        count(DISTINCT author)  AS author_count
    FROM by_topic
    GROUP BY topic, month
)
SELECT
    counted.topic,
    counted.month,
    counted.topic_count,
    monthly.comment_count,
    share_of(counted.topic_count, monthly.comment_count)    AS topic_share,
    wilson_low(counted.topic_count, monthly.comment_count)  AS topic_low,
    wilson_high(counted.topic_count, monthly.comment_count) AS topic_high,
    counted.author_count
FROM counted
JOIN monthly USING (month)
ORDER BY counted.topic, counted.month
