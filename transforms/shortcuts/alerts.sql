/*---
about = "Changes that are more than chance, the latest and surest first."
grain = ["week", "scope", "item", "head", "label"]
[columns]
week          = ["text",  "ISO week in the reporting time zone"]
scope         = ["text",  "what is compared"]
item          = ["text",  "which topic, channel or post; `(all)` for overall"]
head          = ["text",  "the question, or `volume`"]
label         = ["text",  "the answer whose share changed, or `comments`"]
direction     = ["text",  "up or down", "optional"]
share_before  = ["share", "share in the weeks before", "optional"]
share         = ["share", "share in this week", "optional"]
comment_count = ["count", "comments that were read in this week", "optional"]
q_value       = ["share", "share of false alerts if all with this value or less are alerts", "optional"]
---*/
SELECT week, scope, item, head, label, direction, share_before, share, comment_count, q_value
FROM mart.change_weekly
WHERE is_alert
ORDER BY week DESC, q_value, scope, item, head, label
