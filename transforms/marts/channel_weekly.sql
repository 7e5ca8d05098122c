/*---
about = "What came in on each channel, week by week: how much, how it felt, and what was left out."
grain = ["channel", "week"]
[columns]
channel          = ["text",  "where the audience was met"]
week             = ["text",  "ISO week in the reporting time zone, for example 2025-W40"]
week_start       = ["day",   "Monday of that week"]
comment_count    = ["count", "comments of the audience"]
author_count     = ["count", "different people among them, as far as the source tells them apart"]
post_count       = ["count", "posts they commented on"]
labelled_count   = ["count", "comments with a sentiment: the n of the shares"]
negative_count   = ["count", "of these, negative"]
neutral_count    = ["count", "of these, neutral"]
positive_count   = ["count", "of these, positive"]
negative_share   = ["share", "negative_count / labelled_count, 0 to 1; empty where n is 0", "optional"]
negative_low     = ["share", "lower end of its 95 % interval (Wilson)", "optional"]
negative_high    = ["share", "upper end of its 95 % interval (Wilson)", "optional"]
neutral_share    = ["share", "neutral_count / labelled_count, 0 to 1; empty where n is 0", "optional"]
neutral_low      = ["share", "lower end of its 95 % interval (Wilson)", "optional"]
neutral_high     = ["share", "upper end of its 95 % interval (Wilson)", "optional"]
positive_share   = ["share", "positive_count / labelled_count, 0 to 1; empty where n is 0", "optional"]
positive_low     = ["share", "lower end of its 95 % interval (Wilson)", "optional"]
positive_high    = ["share", "upper end of its 95 % interval (Wilson)", "optional"]
own_answer_count = ["count", "the owner's own answers, not counted as audience"]
left_out_count   = ["count", "pending, hidden, deleted, spam and pingbacks, not counted"]
rejected_count   = ["count", "records of files received in this week that could not be used"]
---*/
WITH counted AS (
    SELECT
        channel,
        week_start,
        count(*) FILTER (is_audience)                                       AS comment_count,
        count(DISTINCT coalesce(author_key, comment_id)) FILTER (is_audience) AS author_count,
        count(DISTINCT post_id) FILTER (is_audience)                        AS post_count,
        count(sentiment) FILTER (is_audience)                               AS labelled_count,
        count(*) FILTER (is_audience AND sentiment = 'negative')            AS negative_count,
        count(*) FILTER (is_audience AND sentiment = 'neutral')             AS neutral_count,
        count(*) FILTER (is_audience AND sentiment = 'positive')            AS positive_count,
        count(*) FILTER (is_own)                                            AS own_answer_count,
        count(*) FILTER (NOT is_audience AND NOT is_own)                    AS left_out_count
    FROM classified.audience
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
    iso_week(week_start)                                            AS week,
    week_start,
    coalesce(comment_count, 0)                                      AS comment_count,
    coalesce(author_count, 0)                                       AS author_count,
    coalesce(post_count, 0)                                         AS post_count,
    coalesce(labelled_count, 0)                                     AS labelled_count,
    coalesce(negative_count, 0)                                     AS negative_count,
    coalesce(neutral_count, 0)                                      AS neutral_count,
    coalesce(positive_count, 0)                                     AS positive_count,
    share_of(counted.negative_count, counted.labelled_count)        AS negative_share,
    wilson_low(counted.negative_count, counted.labelled_count)      AS negative_low,
    wilson_high(counted.negative_count, counted.labelled_count)     AS negative_high,
    share_of(counted.neutral_count, counted.labelled_count)         AS neutral_share,
    wilson_low(counted.neutral_count, counted.labelled_count)       AS neutral_low,
    wilson_high(counted.neutral_count, counted.labelled_count)      AS neutral_high,
    share_of(counted.positive_count, counted.labelled_count)        AS positive_share,
    wilson_low(counted.positive_count, counted.labelled_count)      AS positive_low,
    wilson_high(counted.positive_count, counted.labelled_count)     AS positive_high,
    coalesce(own_answer_count, 0)                                   AS own_answer_count,
    coalesce(left_out_count, 0)                                     AS left_out_count,
    coalesce(rejected_count, 0)                                     AS rejected_count
FROM counted
FULL JOIN rejected USING (channel, week_start)
ORDER BY channel, week_start
