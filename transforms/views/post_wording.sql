/*---
about = "What a model reads of each post now, and the hash by which its comments' labels know it."
grain = ["post_id"]
[columns]
post_id   = ["text", "the post"]
post_text = ["text", "its headline and text; empty where it has none, or none any more", "optional"]
post_hash = ["text", "SHA-256 of these; of words beyond their period that of the last ones", "optional"]
---*/
SELECT
    post_id,
    nullif(trim(concat_ws(chr(10), title, text)), '')                           AS post_text,
    coalesce(
        sha256(nullif(trim(concat_ws(chr(10), title, text)), '')),
        forgotten_wording
    )                                                                           AS post_hash
FROM clean.post
