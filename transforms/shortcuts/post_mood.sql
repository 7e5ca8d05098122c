/*---
about = "How each post's comments felt, one line a post."
grain = ["post_id"]
[columns]
post_id       = ["text",  "the post"]
post_title    = ["text",  "its headline, or the start of its text", "optional"]
channel       = ["text",  "where the audience was met"]
[mood]
---*/
FROM mart.post_sentiment
