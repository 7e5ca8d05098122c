/*---
about = "One row a post that the audience commented on, and what people call it."
grain = ["post_id"]
[columns]
post_id    = ["text", "the post; `<channel>:unknown` where the source does not say which"]
post_title = ["text", "the post's headline, or the start of its text", "optional"]
channel    = ["text", "where the audience was met; of several, the first in the alphabet"]
---*/
WITH met AS (
    SELECT post_id, min(channel) AS channel
    FROM classified.dated
    WHERE is_audience
    GROUP BY post_id
)
SELECT
    met.post_id,
    coalesce(post.title, left(post.text, 80)) AS post_title,
    met.channel
FROM met
LEFT JOIN clean.post AS post USING (post_id)
