/*---
about = "One row a comment of the audience that the model has read: what decides whether it is shown, and what may be told of it there, but for its texts."
grain = ["quote_id"]
[columns]
quote_id   = ["text",  "names the row: a digest of the comment's id, which itself often holds its post or its time"]
comment_id = ["text",  "the comment"]
post_id    = ["text",  "the post it answers; `<channel>:unknown` where the source does not say"]
channel    = ["text",  "where the audience was met"]
day        = ["day",   "day it was made, in the reporting time zone"]
week       = ["text",  "ISO week of that day, for example 2025-W40"]
month      = ["text",  "month of that day, for example 2025-10"]
segment    = ["text",  "part of the audience it is from; null where no rules are set", "optional"]
topics     = ["texts", "its topics, the surest first"]
sentiment  = ["text",  "negative, neutral or positive"]
typicality = ["share", "how sure the model is of the sentiment, 0 to 1"]
is_toxic   = ["flag",  "the model finds it insulting"]
has_words  = ["flag",  "its words are kept; those beyond their retention count, and cannot be quoted"]
---*/
SELECT
    left(sha256('quote ' || dated.comment_id), 16) AS quote_id,
    dated.comment_id,
    dated.post_id,
    dated.channel,
    dated.day,
    dated.week,
    dated.month,
    segment.segment,
    said.topics,
    said.sentiment,
    said.typicality,
    said.is_toxic,
    emptied.comment_id IS NULL AS has_words
FROM classified.dated AS dated
JOIN classified.said AS said USING (comment_id)
LEFT JOIN classified.segment AS segment ON segment.comment_id = dated.comment_id
LEFT JOIN (SELECT comment_id FROM clean.comment WHERE forgotten_input IS NOT NULL) AS emptied
    ON emptied.comment_id = dated.comment_id
WHERE dated.is_audience AND said.sentiment IS NOT NULL
