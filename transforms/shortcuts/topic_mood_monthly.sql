/*---
about = "How comments on each topic felt, one line a topic and month."
grain = ["topic", "month"]
[columns]
topic         = ["text",  "the topic, as the taxonomy names it"]
month         = ["text",  "month in the reporting time zone"]
[mood]
---*/
FROM mart.topic_sentiment_monthly
