/*---
about = "How the comments of each part of the audience felt, and of all of it, one line a part and month."
grain = ["segment", "month"]
[columns]
segment       = ["text",  "the part of the audience; `(all)`: the whole"]
month         = ["text",  "month in the reporting time zone"]
[mood]
---*/
FROM mart.segment_sentiment_monthly
UNION ALL BY NAME
SELECT '(all)' AS segment, * FROM mart.sentiment_monthly
