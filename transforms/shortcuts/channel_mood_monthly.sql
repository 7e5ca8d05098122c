/*---
about = "How the comments of each channel felt, one line a channel and month."
grain = ["channel", "month"]
[columns]
channel       = ["text",  "where the audience was met"]
month         = ["text",  "month in the reporting time zone"]
[mood]
---*/
FROM mart.channel_sentiment_monthly
