/*---
about = "How the comments of each part of the audience felt, and of all of it, one line a part and month."
grain = ["segment", "month"]
[columns]
segment       = ["text",  "the part of the audience; `(all)`: the whole"]
month         = ["text",  "month in the reporting time zone"]
negative      = ["share", "corrected share of negative comments, 0 to 1", "optional"]
negative_low  = ["share", "lower end of its 95 % interval", "optional"]
negative_high = ["share", "upper end of its 95 % interval", "optional"]
neutral       = ["share", "corrected share of neutral comments", "optional"]
positive      = ["share", "corrected share of positive comments", "optional"]
positive_low  = ["share", "lower end of its 95 % interval", "optional"]
positive_high = ["share", "upper end of its 95 % interval", "optional"]
comment_count = ["count", "comments of the audience that were read: the n", "optional"]
author_count  = ["count", "different people among them", "optional"]
hidden_reason = ["text",  "why the numbers are left out; null: not", "optional"]
---*/
WITH shares AS (
    FROM mart.segment_sentiment_monthly
    UNION ALL BY NAME
    SELECT '(all)' AS segment, * FROM mart.sentiment_monthly
)
SELECT
    segment, month,
    max(share) FILTER (label = 'negative')      AS negative,
    max(ci_low) FILTER (label = 'negative')     AS negative_low,
    max(ci_high) FILTER (label = 'negative')    AS negative_high,
    max(share) FILTER (label = 'neutral')       AS neutral,
    max(share) FILTER (label = 'positive')      AS positive,
    max(ci_low) FILTER (label = 'positive')     AS positive_low,
    max(ci_high) FILTER (label = 'positive')    AS positive_high,
    max(comment_count)                          AS comment_count,
    max(author_count)                           AS author_count,
    max(hidden_reason)                          AS hidden_reason
FROM shares
GROUP BY segment, month
ORDER BY segment, month
