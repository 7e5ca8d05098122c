/*---
about = "Questions, requests and answerable criticism that the owner has not answered yet, the most pressing first."
grain = ["comment_id"]
[columns]
rank          = ["count", "1 is to be answered first: asked for by the model, then liked most, then latest"]
comment_id    = ["text",  "the comment"]
post_id       = ["text",  "the post it answers; `<channel>:unknown` where the source does not say"]
post_title    = ["text",  "the post's headline, or the start of its text", "optional"]
channel       = ["text",  "where the audience was met"]
day           = ["day",   "day it was made, in the reporting time zone"]
reason        = ["text",  "why it is here", ["question", "request", "needs a reply", "question mark"]]
sentiment     = ["text",  "negative, neutral or positive", "optional"]
topics        = ["text",  "its topics, separated by commas", "optional"]
like_count    = ["count", "likes; empty where the platform does not say", "optional"]
reply_score   = ["share", "how probable the model finds that it needs a reply, 0 to 1", "optional"]
text          = ["text",  "the comment"]
permalink     = ["text",  "where to answer", "optional"]
---*/
WITH answer AS (
    SELECT
        comment_id,
        max(label) FILTER (head = 'sentiment' AND is_chosen)                        AS sentiment,
        string_agg(label, ', ' ORDER BY probability DESC, label)
            FILTER (head = 'topic' AND is_chosen)                                   AS topics,
        bool_or(is_chosen) FILTER (head = 'needs_reply' AND label = 'yes')          AS needs_reply,
        max(probability) FILTER (head = 'needs_reply' AND label = 'yes')            AS reply_score,
        bool_or(is_chosen) FILTER (head = 'intent' AND label = 'question')          AS is_question,
        bool_or(is_chosen) FILTER (head = 'intent' AND label = 'request')           AS is_request
    FROM classified.current_label
    -- Every labelled comment has a chosen language, so none is lost here.
    WHERE is_chosen OR (head = 'needs_reply' AND label = 'yes')
    GROUP BY comment_id
), own AS (
    SELECT parent_id, root_id, reply_semantics, created_at_utc
    FROM clean.comment
    WHERE is_owner
), answered AS (
    SELECT parent_id AS comment_id
    FROM own
    WHERE parent_id IS NOT NULL
    UNION
    -- Where threads have one level, an answer to a reply hangs below the thread's first comment.
    SELECT comment.comment_id
    FROM clean.comment AS comment
    JOIN own
        ON own.root_id = comment.root_id
        AND own.created_at_utc > comment.created_at_utc
    WHERE own.reply_semantics <> 'tree'
), open_comment AS (
    SELECT
        comment.comment_id,
        dated.post_id,
        dated.channel,
        dated.day,
        CASE
            WHEN answer.is_question THEN 'question'
            WHEN answer.is_request THEN 'request'
            WHEN answer.needs_reply THEN 'needs a reply'
            ELSE 'question mark'
        END                                                                         AS reason,
        answer.sentiment,
        answer.topics,
        comment.like_count,
        answer.reply_score,
        comment.text,
        comment.permalink,
        comment.created_at_utc
    FROM clean.comment AS comment
    JOIN classified.dated AS dated USING (comment_id)
    JOIN answer USING (comment_id)
    ANTI JOIN answered USING (comment_id)
    WHERE dated.is_audience
        -- A model without that head leaves the question mark as the only sign.
        AND coalesce(answer.needs_reply, comment.text LIKE '%?%')
)
SELECT
    row_number() OVER (
        ORDER BY
            open_comment.reply_score DESC NULLS LAST,
            open_comment.like_count DESC NULLS LAST,
            open_comment.created_at_utc DESC,
            open_comment.comment_id
    )                                                                               AS rank,
    open_comment.comment_id,
    open_comment.post_id,
    coalesce(post.title, left(post.text, 80))                                       AS post_title,
    open_comment.channel,
    open_comment.day,
    open_comment.reason,
    open_comment.sentiment,
    open_comment.topics,
    open_comment.like_count,
    open_comment.reply_score,
    open_comment.text,
    open_comment.permalink
FROM open_comment
LEFT JOIN clean.post AS post USING (post_id)
ORDER BY rank
