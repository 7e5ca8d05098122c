/*---
about = "One row a comment: `classified.dated` and its sentiment."
grain = ["comment_id"]
[columns]
comment_id  = ["text",  "the comment"]
post_id     = ["text",  "the post it answers; `<channel>:unknown` where the source does not say"]
channel     = ["text",  "where the audience was met"]
author_key  = ["text",  "keyed pseudonym of its author", "optional"]
day         = ["day",   "day it was made, in the reporting time zone"]
week        = ["text",  "ISO week of that day, for example 2025-W40"]
week_start  = ["day",   "Monday of that week"]
month       = ["text",  "month of that day, for example 2025-10"]
is_audience = ["flag",  "counts: not the owner's own answer, and an opinion the public can see"]
is_own      = ["flag",  "the owner's own answer"]
sentiment   = ["text",  "negative, neutral or positive; null until classified", "optional"]
---*/
SELECT
    dated.comment_id,
    dated.post_id,
    dated.channel,
    dated.author_key,
    dated.day,
    dated.week,
    dated.week_start,
    dated.month,
    dated.is_audience,
    dated.is_own,
    sentiment.label AS sentiment
FROM classified.dated AS dated
LEFT JOIN classified.current_label AS sentiment
    ON sentiment.comment_id = dated.comment_id
    AND sentiment.head = 'sentiment'
    AND sentiment.is_chosen
