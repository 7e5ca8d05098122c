/*---
about = "What people said of randomly drawn comments, in their present wording: what may correct a share. Of several readers, who answered first."
grain = ["comment_id", "head", "label"]
[columns]
comment_id  = ["text",  "the comment"]
head        = ["text",  "the question: sentiment, topic, ..."]
label       = ["text",  "an answer to it"]
is_chosen   = ["flag",  "the person's answer"]
drawn_share = ["share", "chance that one of all draws (`classified.audit_draw`) had of taking the comment, above 0 to 1"]
---*/
WITH first_answer AS (
    SELECT
        review.comment_id,
        review.head,
        review.label,
        review.is_chosen,
        review.drawn_share,
        dated.day
    FROM classified.review AS review
    SEMI JOIN classified.wording AS wording USING (comment_id, input_hash)
    INNER JOIN classified.dated AS dated USING (comment_id)
    WHERE review.purpose = 'audit'
    QUALIFY row_number() OVER (
        PARTITION BY review.comment_id, review.head, review.label
        ORDER BY review.reviewed_at_utc, review.sheet, review.reviewer
    ) = 1
), drawn AS (
    SELECT
        answer.comment_id,
        answer.head,
        -- Of independent draws; rounded, as a product's last digits hang on its order.
        round(1 - product(1 - draw.chance), 12) AS chance
    FROM (SELECT DISTINCT comment_id, head, day FROM first_answer) AS answer
    INNER JOIN classified.audit_draw AS draw
        ON draw.head = answer.head
        AND answer.day BETWEEN draw.first_day AND draw.last_day
    GROUP BY answer.comment_id, answer.head
)
SELECT
    answer.comment_id,
    answer.head,
    answer.label,
    answer.is_chosen,
    coalesce(drawn.chance, answer.drawn_share) AS drawn_share
FROM first_answer AS answer
LEFT JOIN drawn USING (comment_id, head)
