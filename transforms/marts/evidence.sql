/*---
about = "The comments behind the numbers, as far as they may be shown: at least as many people as a published cell needs said the like on the same channel in the same month, and as many commented on the same post."
grain = ["comment_id"]
[columns]
comment_id  = ["text",  "the comment"]
post_id     = ["text",  "the post it answers; `<channel>:unknown` where the source does not say"]
post_title  = ["text",  "the post's headline, or the start of its text", "optional"]
channel     = ["text",  "where the audience was met"]
segment     = ["text",  "the part of the audience it is from; empty where too few people of it wrote in that month, or the settings tell none apart", "optional"]
day         = ["day",   "day it was made, in the reporting time zone"]
week        = ["text",  "ISO week of that day, for example 2025-W40"]
month       = ["text",  "month of that day, for example 2025-10"]
sentiment   = ["text",  "negative, neutral or positive"]
topics      = ["texts", "its topics, the surest first"]
typicality  = ["share", "how sure the model is of sentiment and topic together, 0 to 1"]
is_toxic    = ["flag",  "the model finds it insulting"]
text        = ["text",  "the comment"]
permalink   = ["text",  "where it is", "optional"]
[small_cells]
exempt = "single comments; whether one is shown follows the same rule"
---*/
WITH said AS (
    SELECT
        comment_id,
        max(label) FILTER (head = 'sentiment')                                  AS sentiment,
        max(probability) FILTER (head = 'sentiment')                            AS sentiment_score,
        coalesce(list(label ORDER BY probability DESC, label) FILTER (head = 'topic'), []) AS topics,
        coalesce(max(probability) FILTER (head = 'topic'), 0)                   AS topic_score,
        coalesce(bool_or(label = 'yes') FILTER (head = 'toxic'), false)         AS is_toxic
    FROM classified.current_label
    WHERE is_chosen
    GROUP BY comment_id
), placed AS (
    SELECT
        dated.*,
        said.* EXCLUDE (comment_id),
        segment.segment,
        coalesce(dated.author_key, dated.comment_id) AS author
    FROM classified.dated AS dated
    JOIN said USING (comment_id)
    LEFT JOIN classified.segment AS segment USING (comment_id)
    WHERE dated.is_audience AND said.sentiment IS NOT NULL
), crowded AS (
    SELECT
        placed.*,
        count(DISTINCT author) OVER (PARTITION BY channel, month, sentiment) AS like_minded,
        count(DISTINCT author) OVER (PARTITION BY post_id)                   AS at_the_post,
        count(DISTINCT author) OVER (PARTITION BY segment, month)            AS of_the_segment
    FROM placed
)
SELECT
    crowded.comment_id,
    crowded.post_id,
    coalesce(post.title, left(post.text, 80))       AS post_title,
    crowded.channel,
    CASE WHEN crowded.of_the_segment >= getvariable('smallest_cell') THEN crowded.segment END AS segment,
    crowded.day,
    crowded.week,
    crowded.month,
    crowded.sentiment,
    crowded.topics,
    crowded.sentiment_score * crowded.topic_score   AS typicality,
    crowded.is_toxic,
    comment.text,
    comment.permalink
FROM crowded
JOIN clean.comment AS comment USING (comment_id)
LEFT JOIN clean.post AS post ON post.post_id = crowded.post_id
-- Where nobody has said how many people a cell needs, nothing is shown.
WHERE least(crowded.like_minded, crowded.at_the_post) >= coalesce(getvariable('smallest_cell'), 1e9)
ORDER BY crowded.comment_id
