/*---
about = "The comments behind each alert of change_weekly: at most five of those that `evidence` tells with its week and, where it is of a channel, topic or post, with that; those of whose label the model is surest. Of a share that rose, comments with its label; of one that fell, what is said instead; of a volume, any."
grain = ["scope", "item", "week", "head", "label", "rank"]
[columns]
scope         = ["text",  "of the alert: what is compared"]
item          = ["text",  "of the alert: which topic, channel or post; `(all)` for overall"]
week          = ["text",  "of the alert: ISO week in the reporting time zone"]
head          = ["text",  "of the alert: the question, or `volume`"]
label         = ["text",  "of the alert: the answer whose share changed, or `comments`"]
rank          = ["count", "1 is the most typical"]
quote_id      = ["text",  "the comment, as `evidence` names it"]
comment_label = ["text",  "the comment's own answer to that question; of a volume, its sentiment"]
probability   = ["share", "how probable the model finds that answer, 0 to 1"]
text          = ["text",  "the comment"]
permalink     = ["text",  "where it is, if `evidence` tells its post", "optional"]
[small_cells]
exempt = "rows of `evidence`, with the question and the answer of the alert"
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
    -- Who is told with which topic is for `evidence` to say.
    WHERE is_alert AND head <> 'topic'
), quoted AS MATERIALIZED (
    -- As `classified.quotable` names them, without what else it says of them. These few first: else
    -- all labels of all comments are gone through with a digest each.
    SELECT comment_id, left(sha256('quote ' || comment_id), 16) AS quote_id
    FROM clean.comment
    WHERE left(sha256('quote ' || comment_id), 16) IN (
        SELECT quote_id FROM mart.evidence SEMI JOIN alert USING (week)
    )
), answer AS (
    SELECT quoted.quote_id, current.head, current.label, current.probability
    FROM classified.current_label AS current
    JOIN quoted USING (comment_id)
    SEMI JOIN alert ON alert.asked = current.head
    WHERE current.is_chosen
), said_all AS (
    SELECT quote_id, head, list(label) AS labels FROM answer GROUP BY quote_id, head
), behind AS (
    SELECT
        alert.scope,
        alert.item,
        alert.week,
        alert.head,
        alert.label,
        shown.quote_id,
        shown.text,
        shown.permalink,
        answer.label        AS comment_label,
        answer.probability
    FROM alert
    JOIN mart.evidence AS shown
        ON shown.week = alert.week
        AND CASE alert.scope
            WHEN 'channel' THEN shown.channel = alert.item
            WHEN 'post' THEN shown.post_id = alert.item
            WHEN 'topic' THEN list_contains(shown.topics, alert.item)
            ELSE true
        END
    JOIN answer
        ON answer.quote_id = shown.quote_id
        AND answer.head = alert.asked
        AND (alert.head = 'volume' OR alert.is_fall OR answer.label = alert.label)
    JOIN said_all
        ON said_all.quote_id = shown.quote_id
        AND said_all.head = alert.asked
        -- Where several answers apply, what is said instead is said without the one that fell.
        AND NOT (alert.is_fall AND list_contains(said_all.labels, alert.label))
    -- Of a comment its surest answer.
    QUALIFY row_number() OVER (
        PARTITION BY alert.scope, alert.item, alert.week, alert.head, alert.label, shown.quote_id
        ORDER BY answer.probability DESC, answer.label
    ) = 1
), ranked AS (
    SELECT
        behind.*,
        row_number() OVER (
            PARTITION BY scope, item, week, head, label
            ORDER BY probability DESC, quote_id, comment_label
        )                                                       AS rank
    FROM behind
)
SELECT
    scope,
    item,
    week,
    head,
    label,
    rank,
    quote_id,
    comment_label,
    probability,
    text,
    permalink
FROM ranked
WHERE rank <= 5
ORDER BY week, scope, item, head, label, rank
