/*---
about = "How each post's comments felt, all in all."
grain = ["post_id"]
[shares]
head = "sentiment"
alike = "post_id"
[columns]
post_id    = ["text", "the post; `<channel>:unknown` where the source does not say which"]
post_title = ["text", "the post's headline, or the start of its text", "optional"]
channel    = ["text", "where the audience was met"]
---*/
SELECT
    dated.post_id,
    coalesce(post.title, left(post.text, 80))                   AS post_title,
    min(dated.channel) OVER (PARTITION BY dated.post_id)        AS channel,
    dated.comment_id
FROM classified.dated AS dated
LEFT JOIN clean.post AS post USING (post_id)
WHERE dated.is_audience
