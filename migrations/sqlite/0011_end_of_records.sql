-- What stays of an Activity Log whose oldest rows were removed, and of an organization that was deleted: the place and the hash
-- of the last row that is gone, signed. Only what one of these covers can be removed from the log. As in ../postgres.
CREATE TABLE activity_checkpoints (
    org_id TEXT NOT NULL PRIMARY KEY REFERENCES organizations (id),
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    made_at INTEGER NOT NULL,
    signature BLOB NOT NULL CHECK (length(signature) = 32)
) STRICT;
CREATE TABLE deleted_organizations (
    id TEXT NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    signature BLOB NOT NULL CHECK (length(signature) = 32)
) STRICT;
CREATE TRIGGER deleted_organizations_no_update BEFORE UPDATE ON deleted_organizations
BEGIN
    SELECT RAISE(ABORT, 'what stays of a deleted organization is final');
END;
CREATE TRIGGER deleted_organizations_no_delete BEFORE DELETE ON deleted_organizations
BEGIN
    SELECT RAISE(ABORT, 'what stays of a deleted organization is final');
END;

DROP TRIGGER activity_no_delete;
CREATE TRIGGER activity_no_delete BEFORE DELETE ON activity
WHEN NOT EXISTS (SELECT 1 FROM activity_checkpoints c WHERE c.org_id = OLD.org_id AND c.sequence >= OLD.sequence)
    AND NOT EXISTS (SELECT 1 FROM deleted_organizations d WHERE d.id = OLD.org_id)
BEGIN
    SELECT RAISE(ABORT, 'activity is append-only');
END;

-- A key that is deleted has no token; without this each of them reads all tokens to know.
CREATE INDEX opaque_tokens_by_key ON opaque_tokens (org_id, key_id);
