/*---
about = "How many comments are here of those that each source reports: posts by the source that told them last, on each channel."
grain = ["source", "channel"]
[columns]
source                 = ["text",  "the source that told the posts last, and how many comments they have; of comments on a post that nobody told, their own"]
channel                = ["text",  "where the audience was met"]
post_count             = ["count", "posts that it told"]
reporting_post_count   = ["count", "those of them whose comments it counted; the numbers below that compare are about them"]
reported_comment_count = ["count", "comments that it counted there; empty: it counted none", "optional"]
loaded_comment_count   = ["count", "loaded comments on all its posts that a platform's number counts too, as in `post_coverage`, whichever source brought them"]
missing_count          = ["count", "missing on its posts, as in `post_coverage`: what is too much on one makes up for nothing on another; empty: it counted none, or on one of them comments of this channel and of another are loaded", "optional"]
whole_post_count       = ["count", "posts of which as many are loaded as were counted, or more; empty as `missing_count`", "optional"]
author_count           = ["count", "different people of the audience on its posts"]
last_seen_day          = ["day",   "day one of its posts or a comment there was received last, in the reporting time zone"]
last_comment_seen_day  = ["day",   "day one of the comments there was received last: a list of posts alone does not say that their comments are here; empty: none was", "optional"]
[small_cells]
cell = ["source", "channel"]
open = ["post_count", "reporting_post_count", "reported_comment_count"]
---*/
WITH loaded AS (
    SELECT
        dated.comment_id,
        dated.post_id,
        origin.source,
        dated.channel,
        dated.is_reported,
        CASE WHEN dated.is_audience THEN dated.author END       AS author,
        dated.last_seen_at_utc
    FROM classified.dated AS dated
    INNER JOIN classified.origin AS origin USING (comment_id)
), met AS (
    SELECT post_id, min(channel) AS channel, max(channel) AS last_channel
    FROM loaded
    GROUP BY post_id
), mixed AS (
    -- What is missing on a post tells how many comments of whichever channel are loaded there. These
    -- are no channel's cell, and less those of one channel they are another's, which may be hidden.
    SELECT DISTINCT loaded.source, loaded.channel
    FROM loaded
    INNER JOIN met ON loaded.post_id = met.post_id AND met.channel <> met.last_channel
), spoken AS (
    SELECT
        source,
        channel,
        count(*) FILTER (is_reported)                           AS loaded_comment_count,
        count(DISTINCT author)                                  AS author_count,
        max(last_seen_at_utc)                                   AS last_seen_at_utc
    FROM loaded
    GROUP BY source, channel
), told AS (
    SELECT
        coalesce(refined.source, split_part(post.landed_file, '/', 1)) AS source,
        coalesce(met.channel, post.channel)                     AS channel,
        count(*)                                                AS post_count,
        count(thread.reported_comment_count)                    AS reporting_post_count,
        sum(thread.reported_comment_count)::BIGINT              AS reported_comment_count,
        sum(greatest(thread.reported_comment_count - thread.loaded_comment_count, 0))
            FILTER (thread.reported_comment_count IS NOT NULL)::BIGINT AS missing_count,
        count(*) FILTER (thread.is_whole)                       AS whole_post_count,
        max(post.last_seen_at_utc)                              AS last_seen_at_utc
    FROM clean.post AS post
    LEFT JOIN ops.refined_file AS refined USING (landed_file)
    INNER JOIN classified.thread AS thread USING (post_id)
    LEFT JOIN met USING (post_id)
    GROUP BY ALL
)
SELECT
    source,
    channel,
    coalesce(told.post_count, 0)                                AS post_count,
    coalesce(told.reporting_post_count, 0)                      AS reporting_post_count,
    told.reported_comment_count,
    coalesce(spoken.loaded_comment_count, 0)                    AS loaded_comment_count,
    CASE WHEN mixed.channel IS NULL THEN told.missing_count END AS missing_count,
    CASE WHEN mixed.channel IS NULL AND told.reporting_post_count > 0
        THEN told.whole_post_count
    END                                                         AS whole_post_count,
    coalesce(spoken.author_count, 0)                            AS author_count,
    timezone(
        reporting.time_zone,
        timezone('UTC', greatest(told.last_seen_at_utc, spoken.last_seen_at_utc))
    )::DATE                                                     AS last_seen_day,
    timezone(
        reporting.time_zone,
        timezone('UTC', spoken.last_seen_at_utc)
    )::DATE                                                     AS last_comment_seen_day
FROM told
FULL JOIN spoken USING (source, channel)
LEFT JOIN mixed USING (source, channel)
CROSS JOIN ops.reporting AS reporting
ORDER BY source, channel
