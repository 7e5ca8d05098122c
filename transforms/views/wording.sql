/*---
about = "The hash of what a model reads of each comment now: the wording of the comment and of its post."
grain = ["comment_id"]
[columns]
comment_id = ["text", "the comment"]
input_hash = ["text", "changes with the wording of the comment or of its post"]
---*/
WITH hashed AS (
    SELECT
        post_id,
        sha256(nullif(trim(concat_ws(chr(10), title, text)), '')) AS post_hash
    FROM clean.post
)
SELECT
    comment.comment_id,
    left(sha256(comment.text_hash || coalesce(hashed.post_hash, '')), 32) AS input_hash
FROM clean.comment AS comment
LEFT JOIN hashed USING (post_id)
