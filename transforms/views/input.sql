/*---
about = "What a model reads of each comment now: its text, its post's text, and the hash of both."
grain = ["comment_id"]
[columns]
comment_id = ["text", "the comment"]
input_hash = ["text", "changes with the wording of the comment or of its post"]
text       = ["text", "the comment's text"]
post_text  = ["text", "headline and text of its post, where known", "optional"]
---*/
SELECT
    comment.comment_id,
    wording.input_hash,
    comment.text,
    nullif(trim(concat_ws(chr(10), post.title, post.text)), '')    AS post_text
FROM clean.comment AS comment
JOIN classified.wording AS wording USING (comment_id)
LEFT JOIN clean.post AS post USING (post_id)
