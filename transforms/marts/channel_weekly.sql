/*---
about = "What came in on each channel, week by week: how much, how it felt all in all, and what was left out."
grain = ["channel", "week"]
[net]
of = "channel_sentiment_weekly"
[columns]
channel          = ["text",  "where the audience was met"]
week             = ["text",  "ISO week in the reporting time zone, for example 2025-W40"]
week_start       = ["day",   "Monday of that week"]
comment_count    = ["count", "comments of the audience"]
author_count     = ["count", "different people among them, as far as the source tells them apart"]
post_count       = ["count", "posts they commented on"]
labelled_count   = ["count", "comments with a sentiment"]
own_answer_count = ["count", "the owner's own answers, not counted as audience"]
left_out_count   = ["count", "pending, hidden, deleted, spam and pingbacks, not counted"]
rejected_count   = ["count", "records of files received in this week that could not be used"]
[small_cells]
cell = ["channel", "week"]
open = ["own_answer_count", "left_out_count", "rejected_count"]
---*/
WITH counted AS (
    SELECT
        channel,
        week_start,
        count(*) FILTER (is_audience)                                       AS comment_count,
        count(DISTINCT author) FILTER (is_audience)                         AS author_count,
        count(DISTINCT post_id) FILTER (is_audience)                        AS post_count,
        count(sentiment) FILTER (is_audience)                               AS labelled_count,
        count(*) FILTER (is_own)                                            AS own_answer_count,
        count(*) FILTER (NOT is_audience AND NOT is_own)                    AS left_out_count
    FROM classified.dated AS dated
    LEFT JOIN classified.said AS said USING (comment_id)
    GROUP BY channel, week_start
), rejected AS (
    SELECT
        coalesce(rejected_comment.channel, '(unknown)')                                         AS channel,
        date_trunc('week', timezone(reporting.time_zone, timezone('UTC', received_at_utc)))::DATE AS week_start,
        count(*)                                                                                AS rejected_count
    FROM clean.rejected_comment AS rejected_comment
    CROSS JOIN ops.reporting AS reporting
    GROUP BY ALL
)
SELECT
    channel,
    iso_week(week_start)                AS week,
    week_start,
    coalesce(comment_count, 0)          AS comment_count,
    coalesce(author_count, 0)           AS author_count,
    coalesce(post_count, 0)             AS post_count,
    coalesce(labelled_count, 0)         AS labelled_count,
    coalesce(own_answer_count, 0)       AS own_answer_count,
    coalesce(left_out_count, 0)         AS left_out_count,
    coalesce(rejected_count, 0)         AS rejected_count
FROM counted
FULL JOIN rejected USING (channel, week_start)
ORDER BY channel, week_start
