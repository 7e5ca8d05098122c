/*---
about = "How many of each post's comments are here: what its platform reports against what was loaded."
grain = ["post_id"]
[columns]
post_id                = ["text",  "the post"]
post_title             = ["text",  "the post's headline, or the start of its text", "optional"]
channel                = ["text",  "where the audience was met"]
reported_comment_count = ["count", "comments the platform said it has when the post was last read; empty: it does not say", "optional"]
loaded_comment_count   = ["count", "loaded comments that its number counts too: own answers and hidden ones, without spam, trash, what waits for approval and what is gone; on X, Mastodon and Bluesky, which report direct answers only, these alone"]
missing_count          = ["count", "reported_comment_count less loaded_comment_count, at least 0; comments without a text, deleted ones that keep their place and those that the token may not see stay missing", "optional"]
author_count           = ["count", "different people of the audience among them"]
own_answer_count       = ["count", "answers of the post's owner, loaded"]
left_out_count         = ["count", "pending, hidden, deleted, spam and pingbacks, loaded but not counted as audience"]
is_whole               = ["flag",  "as many are loaded as the platform reports, or more; empty: it does not say", "optional"]
first_seen_day         = ["day",   "day the post or a comment on it was received first, in the reporting time zone"]
last_seen_day          = ["day",   "day it or one of them was received last"]
[small_cells]
cell = ["post_id"]
---*/
WITH reported AS (
    SELECT
        post_id,
        coalesce(title, left(text, 80))             AS post_title,
        channel,
        first_seen_at_utc,
        last_seen_at_utc
    FROM clean.post
), loaded AS (
    SELECT
        comment.post_id,
        min(comment.channel)                        AS channel,
        count(DISTINCT dated.author) FILTER (dated.is_audience) AS author_count,
        count(*) FILTER (dated.is_own)              AS own_answer_count,
        count(*) FILTER (NOT dated.is_audience AND NOT dated.is_own) AS left_out_count,
        min(comment.first_seen_at_utc)              AS first_seen_at_utc,
        max(comment.last_seen_at_utc)               AS last_seen_at_utc
    FROM clean.comment AS comment
    INNER JOIN classified.dated AS dated USING (comment_id)
    WHERE comment.post_id IS NOT NULL
    GROUP BY comment.post_id
), joined AS (
    SELECT
        post_id,
        reported.post_title,
        coalesce(loaded.channel, reported.channel)  AS channel,
        coalesce(loaded.author_count, 0)            AS author_count,
        coalesce(loaded.own_answer_count, 0)        AS own_answer_count,
        coalesce(loaded.left_out_count, 0)          AS left_out_count,
        least(reported.first_seen_at_utc, loaded.first_seen_at_utc)  AS first_seen_at_utc,
        greatest(reported.last_seen_at_utc, loaded.last_seen_at_utc) AS last_seen_at_utc
    FROM reported
    FULL JOIN loaded USING (post_id)
)
SELECT
    post_id,
    post_title,
    channel,
    reported_comment_count,
    loaded_comment_count,
    CASE WHEN reported_comment_count IS NOT NULL
        THEN greatest(reported_comment_count - loaded_comment_count, 0)
    END                                                             AS missing_count,
    author_count,
    own_answer_count,
    left_out_count,
    is_whole,
    timezone(reporting.time_zone, timezone('UTC', first_seen_at_utc))::DATE AS first_seen_day,
    timezone(reporting.time_zone, timezone('UTC', last_seen_at_utc))::DATE  AS last_seen_day
FROM joined
INNER JOIN classified.thread AS thread USING (post_id)
CROSS JOIN ops.reporting AS reporting
ORDER BY post_id
