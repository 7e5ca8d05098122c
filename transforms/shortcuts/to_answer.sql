/*---
about = "What to answer with the time there is, the most pressing first."
grain = ["rank"]
[columns]
rank           = ["count", "1 is to be answered first"]
minutes        = ["score", "minutes that the answer is expected to take"]
minutes_so_far = ["score", "minutes up to this answer"]
reason         = ["text",  "why, in a sentence"]
segment        = ["text",  "the part of the audience it is from", "optional"]
channel        = ["text",  "where it was made"]
text           = ["text",  "the comment"]
permalink      = ["text",  "where to answer", "optional"]
---*/
SELECT
    rank,
    minutes,
    sum(minutes) OVER (ORDER BY rank)   AS minutes_so_far,
    reason,
    segment,
    channel,
    text,
    permalink
FROM mart.comments_to_answer
WHERE decision = 'answer'
ORDER BY rank
