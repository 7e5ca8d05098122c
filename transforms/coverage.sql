/*---
about = "What came in, all in all: the counts that the manifest tells beside the tables."
grain = ["scope"]
[columns]
scope             = ["text",  "of what: `(all)`"]
posts             = ["count", "posts"]
comments          = ["count", "comments: those of the audience, own answers, and what is left out"]
audience_comments = ["count", "comments of the audience"]
author_count      = ["count", "different people among them, as far as the source tells them apart"]
own_answers       = ["count", "the owner's own answers"]
left_out          = ["count", "pending, hidden, deleted, spam and pingbacks"]
rejected_records  = ["count", "records that could not be used"]
unlabelled        = ["count", "comments of the audience without a sentiment"]
[small_cells]
cell = []
open = ["posts", "own_answers", "left_out", "rejected_records"]
---*/
SELECT
    '(all)'                                                         AS scope,
    (SELECT count(*) FROM clean.post)                               AS posts,
    count(*)                                                        AS comments,
    count(*) FILTER (is_audience)                                   AS audience_comments,
    count(DISTINCT author) FILTER (is_audience)                     AS author_count,
    count(*) FILTER (is_own)                                        AS own_answers,
    count(*) FILTER (NOT is_audience AND NOT is_own)                AS left_out,
    (SELECT count(*) FROM clean.rejected_comment)                   AS rejected_records,
    count(*) FILTER (is_audience AND sentiment IS NULL)             AS unlabelled
FROM classified.dated AS dated
LEFT JOIN classified.said AS said USING (comment_id)
