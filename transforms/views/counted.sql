/*---
about = "One row a comment of the audience: what the published tables count it by."
grain = ["comment_id"]
[columns]
comment_id = ["text",  "the comment"]
author     = ["text",  "who counts as its author: the pseudonym, the mark in its place, or the comment itself where nobody is named"]
post_id    = ["text",  "the post it answers; `<channel>:unknown` where the source does not say"]
channel    = ["text",  "where the audience was met"]
day        = ["day",   "day it was made, in the reporting time zone"]
week       = ["text",  "ISO week of that day, for example 2025-W40"]
month      = ["text",  "month of that day, for example 2025-10"]
source     = ["text",  "the source that told its post last"]
segment    = ["text",  "the part of the audience it is from; null where the settings tell none apart", "optional"]
topics     = ["texts", "its topics; `(none)` alone where it has none"]
---*/
SELECT
    dated.comment_id,
    dated.author,
    dated.post_id,
    dated.channel,
    dated.day,
    dated.week,
    dated.month,
    origin.source,
    segment.segment,
    CASE WHEN len(said.topics) > 0 THEN list_sort(said.topics) ELSE ['(none)'] END AS topics
FROM classified.dated AS dated
INNER JOIN classified.origin AS origin USING (comment_id)
LEFT JOIN classified.segment AS segment USING (comment_id)
LEFT JOIN classified.said AS said USING (comment_id)
WHERE dated.is_audience
