/*---
about = "One row a post, and one for what is on no known post: what its platform reports against what was loaded."
grain = ["post_id"]
[columns]
post_id                = ["text",  "the post; `<channel>:unknown` where the source does not say"]
reported_comment_count = ["count", "comments the platform said it has when the post was last read; empty: it does not say", "optional"]
loaded_comment_count   = ["count", "loaded comments that its number counts, too (`is_reported` of `classified.dated`)"]
is_whole               = ["flag",  "as many are loaded as the platform reports, or more; empty: it does not say", "optional"]
has_all                = ["flag",  "whole, and the number is of all comments: every one has arrived"]
---*/
WITH loaded AS (
    SELECT post_id, count(*) FILTER (is_reported) AS loaded_comment_count
    FROM classified.dated
    GROUP BY post_id
)
SELECT
    post_id,
    post.reported_comment_count,
    coalesce(loaded.loaded_comment_count, 0)                                    AS loaded_comment_count,
    coalesce(loaded.loaded_comment_count, 0) >= post.reported_comment_count     AS is_whole,
    -- Who reports direct answers only does not say how many answers to answers there are.
    coalesce(
        coalesce(loaded.loaded_comment_count, 0) >= post.reported_comment_count
        AND post.platform NOT IN ('x', 'mastodon', 'bluesky'),
        false
    )                                                                           AS has_all
FROM clean.post AS post
FULL JOIN loaded USING (post_id)
