/*---
about = "Whether a week's comments are of the same kind as those of the eight weeks before: language, length, emojis, tokens that the model does not know, and its confidence. Where they are not, shares of that week and of earlier ones can't be compared: the readers or the model may have changed, and not the mood. The distance is that of Jensen and Shannon (Lin 1991; Endres and Schindelin 2003), 0 for equal and 1 for disjoint distributions over the bins; a week is flagged if it is above 0.2 and too large for chance (G-test, 99.9 %), with 30 comments at least and 100 in the weeks before."
grain = ["channel", "week", "metric"]
[columns]
channel        = ["text",  "where the audience was met; `(all)`: all channels together"]
week           = ["text",  "ISO week in the reporting time zone, for example 2025-W40"]
week_start     = ["day",   "Monday of that week"]
metric         = ["text",  "what is watched", ["confidence", "emoji", "language", "length", "unknown_tokens"]]
value          = ["score", "mean: share of German comments, characters, emojis a comment, unknown tokens in 100, probability of the chosen sentiment; empty below 30 comments", "optional"]
trailing_value = ["score", "the same of the eight weeks before; empty below 100 comments", "optional"]
distance       = ["share", "Jensen-Shannon distance of both; empty where either has too few comments", "optional"]
is_flagged     = ["flag",  "this metric is not as it was; empty where that can't be told", "optional"]
is_comparable  = ["flag",  "no metric of this channel and week is flagged; empty where no metric can be told", "optional"]
reason         = ["text",  "why is_flagged is as it is: `changed`, `as before` or `too few comments`", ["changed", "as before", "too few comments"]]
[small_cells]
exempt = "how the texts of weeks are made whose numbers of comments `channel_weekly` and `sentiment_weekly` show; of a week that they hide it tells nothing, not even whether it has 30 comments"
---*/
WITH counting AS (
    SELECT DISTINCT coalesce(alike.model_version, current.model_version) AS model_version
    FROM ops.current_model AS current
    LEFT JOIN ops.tokenizer AS own USING (model_version)
    LEFT JOIN ops.tokenizer AS alike USING (tokenizer)
), profile AS (
    SELECT text_profile.comment_id, character_count, emoji_count, unknown_count, token_count
    FROM classified.text_profile AS text_profile
    SEMI JOIN clean.comment AS stored USING (comment_id, text_hash)
    SEMI JOIN counting USING (model_version)
), comment AS MATERIALIZED (
    SELECT
        dated.channel,
        dated.week_start,
        said.language,
        said.sentiment,
        said.typicality,
        profile.character_count,
        profile.emoji_count,
        profile.unknown_count,
        profile.token_count
    FROM classified.dated AS dated
    LEFT JOIN classified.said AS said USING (comment_id)
    LEFT JOIN profile USING (comment_id)
    WHERE dated.is_audience
), measured AS (
    SELECT
        channel,
        week_start,
        'language'                                                          AS metric,
        CASE WHEN language IN ('de', 'en') THEN language ELSE 'other' END   AS bin,
        (language = 'de')::INT::DOUBLE                                      AS value
    FROM comment
    WHERE language IS NOT NULL
    UNION ALL
    SELECT
        channel,
        week_start,
        'confidence',
        CASE WHEN typicality < 0.5 THEN '1' WHEN typicality < 0.7 THEN '2'
            WHEN typicality < 0.85 THEN '3' WHEN typicality < 0.95 THEN '4' ELSE '5' END,
        typicality
    FROM comment
    WHERE sentiment IS NOT NULL
    UNION ALL
    SELECT
        channel,
        week_start,
        'length',
        CASE WHEN character_count < 40 THEN '1' WHEN character_count < 120 THEN '2'
            WHEN character_count < 300 THEN '3' WHEN character_count < 1000 THEN '4' ELSE '5' END,
        character_count
    FROM comment
    WHERE character_count IS NOT NULL
    UNION ALL
    SELECT
        channel,
        week_start,
        'emoji',
        CASE WHEN emoji_count = 0 THEN '1' WHEN emoji_count < 3 THEN '2' ELSE '3' END,
        emoji_count
    FROM comment
    WHERE emoji_count IS NOT NULL
    UNION ALL
    SELECT
        channel,
        week_start,
        'unknown_tokens',
        CASE WHEN unknown_count = 0 THEN '1' WHEN unknown_count < 0.05 * token_count THEN '2'
            ELSE '3' END,
        100 * unknown_count / greatest(token_count, 1)
    FROM comment
    WHERE unknown_count IS NOT NULL
), of_channel AS (
    SELECT
        channel,
        metric,
        week_start,
        bin,
        count(*)                                                            AS n,
        -- Whole numbers add up to the same in whatever order threads meet them; 2^32 loses nothing.
        sum((value * 4294967296)::BIGINT)                                   AS parts
    FROM measured
    GROUP BY ALL
), binned AS (
    -- Of a hidden week, a mean would tell what its number of comments is a multiple of, and a verdict
    -- whether there are enough: also as one of the eight weeks before another.
    SELECT channel, metric, week_start, bin, n, parts / 4294967296 AS total
    FROM of_channel
    SEMI JOIN (FROM mart.channel_weekly WHERE hidden_reason IS NULL) AS shown
        ON shown.channel = of_channel.channel AND shown.week_start = of_channel.week_start
    UNION ALL
    SELECT '(all)', metric, week_start, bin, sum(n)::BIGINT, sum(parts) / 4294967296
    FROM of_channel
    SEMI JOIN (FROM mart.sentiment_weekly WHERE hidden_reason IS NULL) AS shown
        ON shown.week_start = of_channel.week_start
    GROUP BY metric, week_start, bin
), weekly AS (
    SELECT channel, metric, week_start, sum(n) AS comment_count, sum(total ORDER BY bin) / sum(n) AS value
    FROM binned
    GROUP BY channel, metric, week_start
), trailing_bin AS (
    SELECT
        weekly.channel,
        weekly.metric,
        weekly.week_start,
        earlier.bin,
        sum(earlier.n)      AS n,
        sum(earlier.total ORDER BY earlier.week_start) AS total
    FROM weekly
    JOIN binned AS earlier
        ON earlier.channel = weekly.channel
        AND earlier.metric = weekly.metric
        AND earlier.week_start < weekly.week_start
        AND earlier.week_start >= weekly.week_start - INTERVAL 8 WEEK
    GROUP BY weekly.channel, weekly.metric, weekly.week_start, earlier.bin
), trailing_week AS (
    SELECT channel, metric, week_start, sum(n) AS trailing_count, sum(total ORDER BY bin) / sum(n) AS trailing_value
    FROM trailing_bin
    GROUP BY channel, metric, week_start
), paired AS (
    SELECT
        channel,
        metric,
        week_start,
        bin,
        coalesce(binned.n, 0)                       AS n,
        coalesce(trailing_bin.n, 0)                 AS m,
        weekly.comment_count                        AS all_n,
        trailing_week.trailing_count                AS all_m,
        coalesce(binned.n, 0) / all_n::DOUBLE       AS p,
        coalesce(trailing_bin.n, 0) / all_m::DOUBLE AS q,
        (p + q) / 2                                 AS middle,
        (coalesce(binned.n, 0) + coalesce(trailing_bin.n, 0)) / (all_n + all_m)::DOUBLE AS pooled
    FROM binned
    FULL JOIN trailing_bin USING (channel, metric, week_start, bin)
    JOIN weekly USING (channel, metric, week_start)
    JOIN trailing_week USING (channel, metric, week_start)
), compared AS (
    SELECT
        channel,
        metric,
        week_start,
        sqrt(least(1, greatest(0, sum(
            CASE WHEN p > 0 THEN p * log2(p / middle) / 2 ELSE 0 END
            + CASE WHEN q > 0 THEN q * log2(q / middle) / 2 ELSE 0 END
            ORDER BY bin
        ))))                                        AS distance,
        2 * sum(
            CASE WHEN n > 0 THEN n * ln(n / (all_n * pooled)) ELSE 0 END
            + CASE WHEN m > 0 THEN m * ln(m / (all_m * pooled)) ELSE 0 END
            ORDER BY bin
        )                                           AS g,
        -- The 99.9 % points of the chi-squared distribution of 0 to 4 degrees of freedom.
        [0, 10.83, 13.82, 16.27, 18.47][count(*)]   AS most_by_chance
    FROM paired
    GROUP BY channel, metric, week_start
), judged AS (
    SELECT
        weekly.channel,
        weekly.week_start,
        weekly.metric,
        weekly.comment_count::BIGINT                                                AS comment_count,
        coalesce(trailing_week.trailing_count, 0)::BIGINT                           AS trailing_count,
        weekly.comment_count >= 30 AND coalesce(trailing_week.trailing_count, 0) >= 100 AS is_enough,
        CASE WHEN weekly.comment_count >= 30 THEN weekly.value END                  AS value,
        CASE WHEN trailing_week.trailing_count >= 100 THEN trailing_week.trailing_value END AS trailing_value,
        CASE WHEN is_enough THEN compared.distance END                              AS distance,
        CASE WHEN is_enough THEN compared.distance > 0.2 AND compared.g > compared.most_by_chance END AS is_flagged
    FROM weekly
    LEFT JOIN trailing_week USING (channel, metric, week_start)
    LEFT JOIN compared USING (channel, metric, week_start)
)
SELECT
    channel,
    iso_week(week_start)                                        AS week,
    week_start,
    metric,
    value,
    trailing_value,
    distance,
    is_flagged,
    NOT bool_or(is_flagged) OVER (PARTITION BY channel, week_start) AS is_comparable,
    CASE WHEN is_flagged THEN 'changed' WHEN is_enough THEN 'as before' ELSE 'too few comments' END AS reason
FROM judged
ORDER BY channel, week_start, metric
