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
    post.post_title,
    post.channel,
    dated.comment_id
FROM classified.dated AS dated
JOIN classified.commented_post AS post USING (post_id)
WHERE dated.is_audience
