/*---
about = "How each post's comments felt, day by day."
grain = ["post_id", "day"]
[columns]
post_id          = ["text",  "the post; `<channel>:unknown` where the source does not say which"]
day              = ["day",   "day the comments were made, in the reporting time zone"]
post_title       = ["text",  "the post's headline, or the start of its text", "optional"]
channel          = ["text",  "where the audience was met"]
comment_count    = ["count", "comments of the audience; own answers, spam and the like are left out"]
author_count     = ["count", "different people among them, as far as the source tells them apart"]
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
own_answer_count = ["count", "answers of the post's owner, not counted as audience"]
left_out_count   = ["count", "pending, hidden, deleted, spam and pingbacks, not counted"]
---*/
WITH counted AS (
    SELECT
        post_id,
        day,
        min(channel)                                                        AS channel,
        count(*) FILTER (is_audience)                                       AS comment_count,
        count(DISTINCT coalesce(author_key, comment_id)) FILTER (is_audience) AS author_count,
        count(sentiment) FILTER (is_audience)                               AS labelled_count,
        count(*) FILTER (is_audience AND sentiment = 'negative')            AS negative_count,
        count(*) FILTER (is_audience AND sentiment = 'neutral')             AS neutral_count,
        count(*) FILTER (is_audience AND sentiment = 'positive')            AS positive_count,
        count(*) FILTER (is_own)                                            AS own_answer_count,
        count(*) FILTER (NOT is_audience AND NOT is_own)                    AS left_out_count
    FROM classified.audience
    GROUP BY post_id, day
)
SELECT
    counted.post_id,
    counted.day,
    coalesce(post.title, left(post.text, 80))       AS post_title,
    counted.channel,
    counted.comment_count,
    counted.author_count,
    counted.labelled_count,
    counted.negative_count,
    counted.neutral_count,
    counted.positive_count,
    share_of(negative_count, labelled_count)        AS negative_share,
    wilson_low(negative_count, labelled_count)      AS negative_low,
    wilson_high(negative_count, labelled_count)     AS negative_high,
    share_of(neutral_count, labelled_count)         AS neutral_share,
    wilson_low(neutral_count, labelled_count)       AS neutral_low,
    wilson_high(neutral_count, labelled_count)      AS neutral_high,
    share_of(positive_count, labelled_count)        AS positive_share,
    wilson_low(positive_count, labelled_count)      AS positive_low,
    wilson_high(positive_count, labelled_count)     AS positive_high,
    counted.own_answer_count,
    counted.left_out_count
FROM counted
LEFT JOIN clean.post AS post USING (post_id)
ORDER BY counted.post_id, counted.day
