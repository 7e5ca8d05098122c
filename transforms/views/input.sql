/*---
about = "What a model reads of each comment now: its text, its post's text, and the hash of both."
grain = ["comment_id"]
[columns]
comment_id  = ["text", "the comment"]
input_hash  = ["text", "changes with the wording of the comment or of its post; not when words go because they are beyond their period"]
text        = ["text", "the comment's text"]
post_text   = ["text", "headline and text of its post, where known", "optional"]
landed_file = ["text", "the landing file that the comment was read from last"]
last_seen_at_utc = ["time", "received in a file for the last time"]
---*/
SELECT
    comment.comment_id,
    coalesce(
        comment.forgotten_input,
        -- The post's hash is made there, and not here: once a post, not once a comment.
        left(sha256(comment.text_hash || coalesce(worded.post_hash, '')), 32)
    )                                                                           AS input_hash,
    comment.text,
    worded.post_text,
    comment.landed_file,
    comment.last_seen_at_utc
FROM clean.comment AS comment
LEFT JOIN classified.post_wording AS worded USING (post_id)
