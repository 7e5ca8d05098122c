/*---
about = "One row a comment, with its day in the reporting time zone and whether it counts as audience."
grain = ["comment_id"]
[columns]
comment_id  = ["text",  "the comment"]
post_id     = ["text",  "the post it answers; `<channel>:unknown` where the source does not say"]
channel     = ["text",  "where the audience was met"]
author_key  = ["text",  "keyed pseudonym of its author", "optional"]
author      = ["text",  "who counts as its author: the pseudonym, the mark in its place, or the comment itself where nobody is named"]
day         = ["day",   "day it was made, in the reporting time zone; where a day alone is told, that day"]
week        = ["text",  "ISO week of that day, for example 2025-W40"]
week_start  = ["day",   "Monday of that week"]
month       = ["text",  "month of that day, for example 2025-10"]
is_audience = ["flag",  "counts: not the owner's own answer, and an opinion the public can see"]
is_own      = ["flag",  "the owner's own answer"]
is_reported = ["flag",  "its platform's number of comments counts it, too: not spam, trash, what waits for approval, or is gone; on X, Mastodon and Bluesky, which report direct answers only, one of these"]
landed_file = ["text",  "the landing file that it was read from last"]
last_seen_at_utc = ["time",  "received in a file for the last time"]
---*/
WITH dated AS (
    SELECT
        comment_id,
        coalesce(post_id, channel || ':unknown')                                    AS post_id,
        channel,
        author_key,
        coalesce(author_key, forgotten_author, comment_id)                          AS author,
        CASE
            -- A day without a clock is one of the zone that was assumed for it. To ask each row's own
            -- zone takes eight times as long: done only where it may give another day.
            WHEN time_precision = 'day' AND created_tz_assumed <> reporting.time_zone
                THEN timezone(created_tz_assumed, timezone('UTC', created_at_utc))::DATE
            ELSE timezone(reporting.time_zone, timezone('UTC', created_at_utc))::DATE
        END                                                                         AS day,
        is_owner,
        landed_file,
        last_seen_at_utc,
        status IN ('published', 'unknown')
            AND gone_at_utc IS NULL
            AND kind IN ('comment', 'review', 'survey_answer', 'message')           AS is_public_opinion,
        status NOT IN ('spam', 'trash', 'pending')
            AND gone_at_utc IS NULL
            AND kind <> 'system'
            AND (platform NOT IN ('x', 'mastodon', 'bluesky') OR parent_id IS NULL) AS is_reported
    FROM clean.comment
    CROSS JOIN ops.reporting AS reporting
)
SELECT
    comment_id,
    post_id,
    channel,
    author_key,
    author,
    day,
    strftime(day, '%G-W%V')             AS week,
    date_trunc('week', day)::DATE       AS week_start,
    strftime(day, '%Y-%m')              AS month,
    is_public_opinion AND NOT is_owner  AS is_audience,
    is_owner                            AS is_own,
    is_reported,
    landed_file,
    last_seen_at_utc
FROM dated
