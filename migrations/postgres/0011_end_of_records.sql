-- What stays of an Activity Log whose oldest rows were removed, and of an organization that was deleted: the place and the hash
-- of the last row that is gone, signed. Only what one of these covers can be removed from the log. As in ../sqlite.
CREATE TABLE activity_checkpoints (
    org_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES organizations (id),
    sequence BIGINT NOT NULL CHECK (sequence > 0),
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    made_at BIGINT NOT NULL,
    signature BYTEA NOT NULL CHECK (length(signature) = 32)
);
CREATE TABLE deleted_organizations (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    slug TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    deleted_at BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    signature BYTEA NOT NULL CHECK (length(signature) = 32)
);
CREATE FUNCTION deleted_organizations_are_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what stays of a deleted organization is final' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER deleted_organizations_no_update BEFORE UPDATE ON deleted_organizations
    FOR EACH STATEMENT EXECUTE FUNCTION deleted_organizations_are_final();
CREATE TRIGGER deleted_organizations_no_delete BEFORE DELETE OR TRUNCATE ON deleted_organizations
    FOR EACH STATEMENT EXECUTE FUNCTION deleted_organizations_are_final();

CREATE FUNCTION activity_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM activity_checkpoints c WHERE c.org_id = OLD.org_id AND c.sequence >= OLD.sequence)
        OR EXISTS (SELECT 1 FROM deleted_organizations d WHERE d.id = OLD.org_id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'activity is append-only' USING ERRCODE = 'restrict_violation';
END
$$;
DROP TRIGGER activity_no_delete ON activity;
CREATE TRIGGER activity_no_delete BEFORE DELETE ON activity FOR EACH ROW EXECUTE FUNCTION activity_is_kept();
CREATE TRIGGER activity_no_truncate BEFORE TRUNCATE ON activity
    FOR EACH STATEMENT EXECUTE FUNCTION activity_is_append_only();

-- A key that is deleted has no token; without this each of them reads all tokens to know.
CREATE INDEX opaque_tokens_by_key ON opaque_tokens (org_id, key_id);
