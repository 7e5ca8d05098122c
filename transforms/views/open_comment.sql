/*---
about = "Comments of the audience that ask for something and that the owner has not answered yet."
grain = ["comment_id"]
[columns]
comment_id    = ["text",  "the comment"]
input_hash    = ["text",  "changes with the wording of the comment or of its post"]
post_id       = ["text",  "the post it answers; `<channel>:unknown` where the source does not say"]
post_title    = ["text",  "the post's headline, or the start of its text", "optional"]
channel       = ["text",  "where the audience was met"]
segment       = ["text",  "the part of the audience it is from", "optional"]
day           = ["day",   "day it was made, in the reporting time zone"]
waiting_days  = ["count", "days from then to the last day on which anybody commented, as far as comments were received"]
asks          = ["text",  "what it asks for", ["question", "request", "reply", "question mark"]]
needs_reply   = ["flag",  "the model's answer whether the owner should answer; a question mark where it gives none"]
sentiment     = ["text",  "negative, neutral or positive", "optional"]
topics        = ["text",  "its topics, separated by commas", "optional"]
like_count    = ["count", "likes; empty where the platform does not say", "optional"]
reply_count   = ["count", "answers by others that are here"]
reply_score   = ["share", "how probable the model finds that it needs a reply, 0 to 1", "optional"]
is_toxic      = ["flag",  "the model finds it insulting"]
text          = ["text",  "the comment"]
permalink     = ["text",  "where to answer", "optional"]
---*/
WITH own AS (
    SELECT parent_id, root_id, reply_semantics, created_at_utc
    FROM clean.comment
    -- An answer that nobody can read has answered nobody.
    WHERE is_owner AND gone_at_utc IS NULL AND status IN ('published', 'unknown')
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
), reply AS (
    SELECT parent_id AS comment_id, count(*) AS reply_count
    FROM clean.comment
    WHERE parent_id IS NOT NULL AND NOT is_owner
        AND gone_at_utc IS NULL AND status IN ('published', 'unknown')
    GROUP BY parent_id
), today AS (
    -- One comment of a mistyped day must not let all others wait for years.
    SELECT
        least(
            max(dated.day),
            timezone(any_value(reporting.time_zone), timezone('UTC', max(dated.last_seen_at_utc)))::DATE
        ) AS day
    FROM classified.dated AS dated
    CROSS JOIN ops.reporting AS reporting
)
SELECT
    comment.comment_id,
    wording.input_hash,
    dated.post_id,
    coalesce(post.title, left(post.text, 80))                       AS post_title,
    dated.channel,
    segment.segment,
    dated.day,
    greatest(date_diff('day', dated.day, today.day), 0)             AS waiting_days,
    CASE
        WHEN answer.is_question THEN 'question'
        WHEN answer.is_request THEN 'request'
        WHEN answer.needs_reply THEN 'reply'
        ELSE 'question mark'
    END                                                             AS asks,
    -- A model without that head leaves the question mark as the only sign.
    coalesce(answer.needs_reply, comment.text LIKE '%?%')           AS needs_reply,
    answer.sentiment,
    nullif(array_to_string(answer.topics, ', '), '')                AS topics,
    comment.like_count,
    coalesce(reply.reply_count, 0)                                  AS reply_count,
    answer.reply_score,
    answer.is_toxic,
    comment.text,
    comment.permalink
FROM clean.comment AS comment
JOIN classified.dated AS dated USING (comment_id)
JOIN classified.wording AS wording USING (comment_id)
JOIN classified.said AS answer USING (comment_id)
LEFT JOIN reply USING (comment_id)
LEFT JOIN classified.segment AS segment USING (comment_id)
LEFT JOIN clean.post AS post ON post.post_id = dated.post_id
CROSS JOIN today
ANTI JOIN answered USING (comment_id)
WHERE dated.is_audience
    -- Whose words are beyond their retention can be answered no more.
    AND comment.forgotten_input IS NULL
    -- Follows from what comes next, and needs no text: most texts are not read then.
    AND (answer.needs_reply IS NOT FALSE OR answer.is_question OR answer.is_request)
    AND (
        coalesce(answer.needs_reply, comment.text LIKE '%?%')
        OR answer.is_question
        OR answer.is_request
    )
