/*---
about = "The answers that count now: of the current models, for the current wording."
grain = ["comment_id", "head", "label"]
[columns]
comment_id    = ["text",  "the comment"]
head          = ["text",  "the question: sentiment, topic, language, ..."]
label         = ["text",  "an answer to it"]
probability   = ["share", "how probable the model finds this answer, 0 to 1"]
is_chosen     = ["flag",  "the model's answer"]
is_uncertain  = ["flag",  "the chosen answer is too improbable to rely on; null: not recorded", "optional"]
model_version = ["text",  "the checkpoint that answered"]
---*/
SELECT
    label.comment_id,
    label.head,
    label.label,
    label.probability,
    label.is_chosen,
    label.is_uncertain,
    label.model_version
FROM classified.label AS label
SEMI JOIN ops.current_model AS current USING (head, model_version)
SEMI JOIN classified.wording AS wording USING (comment_id, input_hash)
