-- What used a key last, as it calls itself; unknown of uses before.
ALTER TABLE api_keys ADD COLUMN last_used_agent TEXT NOT NULL DEFAULT '';
