-- A use moves columns that no index of ours reads. Where the page has room for the new version of the row, PostgreSQL leaves
-- the indexes alone, which are eleven on keys. Pages that are full already get room as their rows move.
ALTER TABLE api_keys SET (fillfactor = 75);
ALTER TABLE api_key_secrets SET (fillfactor = 75);
ALTER TABLE api_key_usage SET (fillfactor = 75);
ALTER TABLE live_tokens SET (fillfactor = 75);

-- The minute in which tokens end never moves; the last end within it does with each use.
DROP INDEX live_tokens_by_end;
CREATE INDEX live_tokens_by_minute ON live_tokens (minute);
