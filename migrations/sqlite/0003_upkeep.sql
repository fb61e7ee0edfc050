-- Until when one process has the clean-up for itself; when the last backup was taken; and the key that secrets are hashed
-- under, wrapped by the master key, so that it stays when the master key is replaced. NULL: it is derived from the present
-- master key, as it was before.
ALTER TABLE deployment ADD COLUMN clean_up_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deployment ADD COLUMN backed_up_at INTEGER;
ALTER TABLE deployment ADD COLUMN wrapped_hash_key BLOB;

-- Who suspended a key by hand: a person, by id, or a program, by client id. Of keys that are suspended the log knows it.
ALTER TABLE api_keys ADD COLUMN suspended_by TEXT;
UPDATE api_keys SET suspended_by = (
    SELECT a.actor_id FROM activity a
    WHERE a.org_id = api_keys.org_id AND a.target_id = api_keys.client_id AND a.event = 'api_key.suspended'
    ORDER BY a.sequence DESC LIMIT 1
) WHERE suspended_at IS NOT NULL;
