/*---
about = "How all comments felt, one line a week."
grain = ["week"]
[columns]
week          = ["text",  "ISO week in the reporting time zone"]
[mood]
---*/
FROM mart.sentiment_weekly
