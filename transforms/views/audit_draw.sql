/*---
about = "Random draws that people have answered: one row a review sheet and question, with the days it drew from."
grain = ["sheet", "head"]
[columns]
sheet     = ["text",  "the review sheet"]
head      = ["text",  "the question: sentiment, topic, ..."]
first_day = ["day",   "first day of the comments that it was drawn from"]
last_day  = ["day",   "last day of them"]
chance    = ["share", "comments answered of those that could be drawn, above 0 to 1"]
---*/
SELECT
    review.sheet,
    review.head,
    -- Of a sheet that the warehouse does not know, its answers tell.
    coalesce(any_value(sheet.first_day), min(dated.day))    AS first_day,
    coalesce(any_value(sheet.last_day), max(dated.day))     AS last_day,
    -- Rows stand in the order of the draw: whoever answers the first ones only has drawn fewer.
    least(1, coalesce(
        count(DISTINCT review.comment_id) / nullif(any_value(sheet.frame_count), 0),
        min(review.drawn_share)
    ))                                                      AS chance
FROM classified.review AS review
SEMI JOIN classified.wording AS wording USING (comment_id, input_hash)
INNER JOIN classified.dated AS dated USING (comment_id)
LEFT JOIN ops.review_sheet AS sheet USING (sheet)
WHERE review.purpose = 'audit'
GROUP BY review.sheet, review.head
