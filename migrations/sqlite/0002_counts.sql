-- Numbers that are kept instead of counted, and indexes for what had to read every key. As in ../postgres.

-- Keys of the environment that are not revoked, personal ones left out. An expired key is still among them.
ALTER TABLE environments ADD COLUMN keys_not_revoked INTEGER NOT NULL DEFAULT 0;
UPDATE environments SET keys_not_revoked = (
    SELECT COUNT(*) FROM api_keys k
    WHERE k.org_id = environments.org_id AND k.environment = environments.slug
        AND k.revoked_at IS NULL AND NOT k.personal
);
CREATE TRIGGER api_keys_count_inserted AFTER INSERT ON api_keys WHEN NEW.revoked_at IS NULL AND NOT NEW.personal
BEGIN
    UPDATE environments SET keys_not_revoked = keys_not_revoked + 1
    WHERE org_id = NEW.org_id AND slug = NEW.environment;
END;
CREATE TRIGGER api_keys_count_updated AFTER UPDATE OF revoked_at, personal ON api_keys
WHEN (OLD.revoked_at IS NULL AND NOT OLD.personal) <> (NEW.revoked_at IS NULL AND NOT NEW.personal)
BEGIN
    UPDATE environments
    SET keys_not_revoked = keys_not_revoked + CASE WHEN NEW.revoked_at IS NULL AND NOT NEW.personal THEN 1 ELSE -1 END
    WHERE org_id = NEW.org_id AND slug = NEW.environment;
END;

-- A new row is the head of its chain.
CREATE TRIGGER activity_moves_head AFTER INSERT ON activity
BEGIN
    UPDATE activity_heads SET sequence = NEW.sequence, hash = NEW.hash WHERE org_id = NEW.org_id;
END;

-- Which keys of an environment have expired.
CREATE INDEX api_keys_by_end ON api_keys (org_id, environment, expires_at) WHERE revoked_at IS NULL AND NOT personal;
-- The list as it is first shown, and how many keys are in it.
CREATE INDEX api_keys_not_revoked ON api_keys (org_id, environment, created_at, id) WHERE revoked_at IS NULL;
-- Lists of all environments.
CREATE INDEX api_keys_of_organization ON api_keys (org_id, created_at, id);
CREATE INDEX api_keys_of_organization_by_name ON api_keys (org_id, name_search, id);
