/*---
about = "The hash of what a model reads of each comment now: the wording of the comment and of its post."
grain = ["comment_id"]
[columns]
comment_id = ["text", "the comment"]
input_hash = ["text", "changes with the wording of the comment or of its post"]
---*/
SELECT comment_id, input_hash
FROM classified.input
