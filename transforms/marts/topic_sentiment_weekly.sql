/*---
about = "How comments on each topic felt, week by week. A comment counts under each of its topics."
grain = ["topic", "week"]
[columns]
topic          = ["text",  "the topic, as the taxonomy names it"]
week           = ["text",  "ISO week in the reporting time zone, for example 2025-W40"]
week_start     = ["day",   "Monday of that week"]
comment_count  = ["count", "comments of the audience on this topic: the n of the shares"]
author_count   = ["count", "different people among them, as far as the source tells them apart"]
negative_count = ["count", "of these, negative"]
neutral_count  = ["count", "of these, neutral"]
positive_count = ["count", "of these, positive"]
negative_share = ["share", "negative_count / comment_count, 0 to 1"]
negative_low   = ["share", "lower end of its 95 % interval (Wilson)"]
negative_high  = ["share", "upper end of its 95 % interval (Wilson)"]
neutral_share  = ["share", "neutral_count / comment_count, 0 to 1"]
neutral_low    = ["share", "lower end of its 95 % interval (Wilson)"]
neutral_high   = ["share", "upper end of its 95 % interval (Wilson)"]
positive_share = ["share", "positive_count / comment_count, 0 to 1"]
positive_low   = ["share", "lower end of its 95 % interval (Wilson)"]
positive_high  = ["share", "upper end of its 95 % interval (Wilson)"]
---*/
WITH counted AS (
    SELECT
        topic.label                                                      AS topic,
        audience.week,
        audience.week_start,
        count(*)                                                         AS comment_count,
        count(DISTINCT coalesce(audience.author_key, audience.comment_id)) AS author_count,
        count(*) FILTER (audience.sentiment = 'negative')                AS negative_count,
        count(*) FILTER (audience.sentiment = 'neutral')                 AS neutral_count,
        count(*) FILTER (audience.sentiment = 'positive')                AS positive_count
    FROM classified.audience AS audience
    JOIN classified.current_label AS topic USING (comment_id)
    WHERE topic.head = 'topic'
        AND topic.is_chosen
        AND audience.is_audience
        AND audience.sentiment IS NOT NULL
    GROUP BY topic.label, audience.week, audience.week_start
)
SELECT
    topic,
    week,
    week_start,
    comment_count,
    author_count,
    negative_count,
    neutral_count,
    positive_count,
    share_of(negative_count, comment_count)     AS negative_share,
    wilson_low(negative_count, comment_count)   AS negative_low,
    wilson_high(negative_count, comment_count)  AS negative_high,
    share_of(neutral_count, comment_count)      AS neutral_share,
    wilson_low(neutral_count, comment_count)    AS neutral_low,
    wilson_high(neutral_count, comment_count)   AS neutral_high,
    share_of(positive_count, comment_count)     AS positive_share,
    wilson_low(positive_count, comment_count)   AS positive_low,
    wilson_high(positive_count, comment_count)  AS positive_high
FROM counted
ORDER BY topic, week
