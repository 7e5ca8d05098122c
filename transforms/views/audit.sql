/*---
about = "What people said of randomly drawn comments, in their present wording: what may correct a share. Of several readers, who answered first."
grain = ["comment_id", "head", "label"]
[columns]
comment_id  = ["text",  "the comment"]
head        = ["text",  "the question: sentiment, topic, ..."]
label       = ["text",  "an answer to it"]
is_chosen   = ["flag",  "the person's answer"]
drawn_share = ["share", "chance that the draw had of taking the comment, above 0 to 1"]
---*/
SELECT
    review.comment_id,
    review.head,
    review.label,
    review.is_chosen,
    review.drawn_share
FROM classified.review AS review
SEMI JOIN classified.wording AS wording USING (comment_id, input_hash)
WHERE review.purpose = 'audit'
QUALIFY row_number() OVER (
    PARTITION BY review.comment_id, review.head, review.label
    ORDER BY review.reviewed_at_utc, review.sheet, review.reviewer
) = 1
