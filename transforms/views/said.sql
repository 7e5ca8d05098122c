/*---
about = "One row a comment that the models have read: what they answered, side by side."
grain = ["comment_id"]
[columns]
comment_id  = ["text",  "the comment"]
sentiment   = ["text",  "negative, neutral or positive", "optional"]
typicality  = ["share", "how sure the model is of the sentiment, 0 to 1", "optional"]
language    = ["text",  "the language it is in", "optional"]
topics      = ["texts", "its topics, the surest first"]
is_question = ["flag",  "the model finds that it asks something"]
is_request  = ["flag",  "the model finds that it asks for something to be done"]
is_toxic    = ["flag",  "the model finds it insulting"]
needs_reply = ["flag",  "the model's answer whether the owner should answer; null where it gives none", "optional"]
reply_score = ["share", "how probable the model finds that it needs a reply, 0 to 1", "optional"]
---*/
SELECT
    comment_id,
    max(label) FILTER (head = 'sentiment' AND is_chosen)                            AS sentiment,
    max(probability) FILTER (head = 'sentiment' AND is_chosen)                      AS typicality,
    max(label) FILTER (head = 'language' AND is_chosen)                             AS language,
    -- Sorted afterwards: an aggregate with an order keeps and sorts the rows of all comments.
    coalesce(
        list_transform(
            list_sort(
                list({'doubt': -probability, 'label': label})
                    FILTER (head = 'topic' AND is_chosen)
            ),
            lambda topic: topic.label
        ),
        []
    )                                                                               AS topics,
    coalesce(bool_or(is_chosen) FILTER (head = 'intent' AND label = 'question'), false) AS is_question,
    coalesce(bool_or(is_chosen) FILTER (head = 'intent' AND label = 'request'), false) AS is_request,
    coalesce(bool_or(is_chosen) FILTER (head = 'toxic' AND label = 'yes'), false)   AS is_toxic,
    bool_or(is_chosen) FILTER (head = 'needs_reply' AND label = 'yes')              AS needs_reply,
    max(probability) FILTER (head = 'needs_reply' AND label = 'yes')                AS reply_score
FROM classified.current_label
-- Every labelled comment has a chosen language, so none is lost here.
WHERE is_chosen OR (head = 'needs_reply' AND label = 'yes')
GROUP BY comment_id
