/*---
about = "One row a comment: the source that told the post it answers last; of one on a post that nobody told, its own."
grain = ["comment_id"]
[columns]
comment_id = ["text",  "the comment"]
source     = ["text",  "name of the source, as in `resonanz sources`"]
---*/
SELECT
    comment.comment_id,
    coalesce(
        of_post.source,
        split_part(post.landed_file, '/', 1),
        of_comment.source,
        split_part(comment.landed_file, '/', 1)
    )                   AS source
FROM clean.comment AS comment
LEFT JOIN clean.post AS post USING (post_id)
LEFT JOIN ops.refined_file AS of_post ON of_post.landed_file = post.landed_file
LEFT JOIN ops.refined_file AS of_comment ON of_comment.landed_file = comment.landed_file
