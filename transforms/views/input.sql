/*---
about = "What a model reads of each comment now: its text, its post's text, and the hash of both."
grain = ["comment_id"]
[columns]
comment_id  = ["text", "the comment"]
input_hash  = ["text", "changes with the wording of the comment or of its post"]
text        = ["text", "the comment's text"]
post_text   = ["text", "headline and text of its post, where known", "optional"]
landed_file = ["text", "the landing file that the comment was read from last"]
last_seen_at_utc = ["time", "received in a file for the last time"]
---*/
WITH worded AS (
    SELECT
        post_id,
        nullif(trim(concat_ws(chr(10), title, text)), '')                       AS post_text,
        -- Here, and not below: once a post, not once a comment.
        sha256(nullif(trim(concat_ws(chr(10), title, text)), ''))               AS post_hash
    FROM clean.post
)
SELECT
    comment.comment_id,
    left(sha256(comment.text_hash || coalesce(worded.post_hash, '')), 32)       AS input_hash,
    comment.text,
    worded.post_text,
    comment.landed_file,
    comment.last_seen_at_utc
FROM clean.comment AS comment
LEFT JOIN worded USING (post_id)
