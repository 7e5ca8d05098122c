-- The 95 % interval of Wilson (1927) for `k` of `n`: how far a share of few comments can be trusted.
-- https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval
CREATE OR REPLACE MACRO wilson_low(k, n) AS
    CASE WHEN n > 0 THEN greatest(0, (k + 1.92072941 - 1.95996398 * sqrt(k * (n - k) / n::DOUBLE + 0.96036471)) / (n + 3.84145882)) END;
CREATE OR REPLACE MACRO wilson_high(k, n) AS
    CASE WHEN n > 0 THEN least(1, (k + 1.92072941 + 1.95996398 * sqrt(k * (n - k) / n::DOUBLE + 0.96036471)) / (n + 3.84145882)) END;
CREATE OR REPLACE MACRO share_of(k, n) AS CASE WHEN n > 0 THEN k / n::DOUBLE END;
CREATE OR REPLACE MACRO iso_week(day) AS strftime(day, '%G-W%V');
COMMENT ON MACRO wilson_low IS 'lower end of the 95 % interval of k of n (Wilson 1927); knows of few comments, not of errors';
COMMENT ON MACRO wilson_high IS 'upper end of the 95 % interval of k of n (Wilson 1927); knows of few comments, not of errors';
COMMENT ON MACRO share_of IS 'k / n, 0 to 1; null where n is 0';
COMMENT ON MACRO iso_week IS 'the ISO week of a day, for example 2025-W40';
