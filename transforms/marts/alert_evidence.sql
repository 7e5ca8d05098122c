/*---
about = "The comments behind each alert of change_weekly: at most five, those of whose label the model is surest. Of a share that rose, comments with its label; of one that fell, what is said instead; of a volume, any."
grain = ["scope", "item", "week", "head", "label", "rank"]
[columns]
scope         = ["text",  "of the alert: what is compared"]
item          = ["text",  "of the alert: which topic, channel or post; `(all)` for overall"]
week          = ["text",  "of the alert: ISO week in the reporting time zone"]
head          = ["text",  "of the alert: the question, or `volume`"]
label         = ["text",  "of the alert: the answer whose share changed, or `comments`"]
rank          = ["count", "1 is the most typical"]
comment_id    = ["text",  "the comment"]
comment_label = ["text",  "the comment's own answer to that question; of a volume, its sentiment"]
probability   = ["share", "how probable the model finds that answer, 0 to 1"]
channel       = ["text",  "where it was made"]
post_id       = ["text",  "the post it answers; `<channel>:unknown` where the source does not say"]
day           = ["day",   "day it was made, in the reporting time zone"]
text          = ["text",  "the comment; empty where fewer people than a published cell needs say this there", "optional"]
permalink     = ["text",  "where it is; empty as the text is", "optional"]
[small_cells]
exempt = "single comments of cells that are published; their text is shown under the same rule"
---*/
WITH alert AS (
    SELECT
        scope,
        item,
        week,
        head,
        label,
        CASE WHEN head = 'volume' THEN 'sentiment' ELSE head END AS asked,
        direction = 'down' AND head <> 'volume'                  AS is_fall
    FROM mart.change_weekly
    WHERE is_alert
), answer AS (
    SELECT comment_id, head, label, probability
    FROM classified.current_label
    WHERE is_chosen
), behind AS (
    SELECT
        alert.scope,
        alert.item,
        alert.week,
        alert.head,
        alert.label,
        counted.comment_id,
        counted.author,
        counted.channel,
        counted.post_id,
        counted.day,
        answer.label        AS comment_label,
        answer.probability
    FROM alert
    JOIN classified.counted AS counted
        ON counted.week = alert.week
        AND CASE alert.scope
            WHEN 'channel' THEN counted.channel = alert.item
            WHEN 'post' THEN counted.post_id = alert.item
            WHEN 'topic' THEN list_contains(counted.topics, alert.item)
            ELSE true
        END
    JOIN answer
        ON answer.comment_id = counted.comment_id
        AND answer.head = alert.asked
        AND (alert.head = 'volume' OR (answer.label = alert.label) <> alert.is_fall)
), placed AS (
    SELECT
        behind.*,
        row_number() OVER (
            PARTITION BY scope, item, week, head, label
            ORDER BY probability DESC, comment_id, comment_label
        )                                                       AS rank,
        count(DISTINCT author) OVER (
            PARTITION BY scope, item, week, head, label
        ) >= coalesce(getvariable('smallest_cell'), 1e9)        AS may_be_quoted
    FROM behind
)
SELECT
    placed.scope,
    placed.item,
    placed.week,
    placed.head,
    placed.label,
    placed.rank,
    placed.comment_id,
    placed.comment_label,
    placed.probability,
    placed.channel,
    placed.post_id,
    placed.day,
    CASE WHEN placed.may_be_quoted THEN comment.text END        AS text,
    CASE WHEN placed.may_be_quoted THEN comment.permalink END   AS permalink
FROM placed
JOIN clean.comment AS comment USING (comment_id)
WHERE placed.rank <= 5
ORDER BY placed.week, placed.scope, placed.item, placed.head, placed.label, placed.rank
