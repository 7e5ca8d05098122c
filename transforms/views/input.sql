/*---
about = "What a model reads of each comment now: its text, its post's text, and the hash of both."
grain = ["comment_id"]
[columns]
comment_id = ["text", "the comment"]
input_hash = ["text", "changes with the wording of the comment or of its post"]
text       = ["text", "the comment's text"]
post_text  = ["text", "headline and text of its post, where known", "optional"]
---*/
WITH post AS (
    SELECT
        post_id,
        nullif(trim(concat_ws(chr(10), title, text)), '') AS post_text
    FROM clean.post
), hashed AS (
    SELECT post_id, post_text, sha256(post_text) AS post_hash
    FROM post
)
SELECT
    comment.comment_id,
    left(sha256(comment.text_hash || coalesce(hashed.post_hash, '')), 32)  AS input_hash,
    comment.text,
    hashed.post_text
FROM clean.comment AS comment
LEFT JOIN hashed USING (post_id)
