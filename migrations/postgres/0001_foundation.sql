-- Same tables, columns and index names as in ../sqlite; a test compares them.
-- Times are milliseconds since 1970. Columns that are sorted collate "C", which is the order SQLite sorts in.

CREATE TABLE organizations (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    slug TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    plan TEXT NOT NULL CHECK (plan IN ('free', 'growth', 'enterprise')),
    state TEXT NOT NULL CHECK (state IN ('active', 'disabled')),
    api_keys BOOLEAN NOT NULL,
    max_keys_per_environment BIGINT NOT NULL CHECK (max_keys_per_environment >= 0),
    max_keys_per_user BIGINT NOT NULL CHECK (max_keys_per_user >= 0),
    self_service TEXT NOT NULL CHECK (self_service IN ('off', 'admins', 'members')),
    kinds TEXT NOT NULL CHECK (kinds IN ('client', 'token', 'both')),
    access_token_format TEXT NOT NULL CHECK (access_token_format IN ('jwt', 'opaque')),
    token_lifetime_s BIGINT NOT NULL CHECK (token_lifetime_s BETWEEN 30 AND 3600),
    max_key_lifetime_days BIGINT CHECK (max_key_lifetime_days > 0),
    allow_no_expiration BOOLEAN NOT NULL,
    require_description BOOLEAN NOT NULL,
    scopes TEXT NOT NULL,
    gen BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE environments (
    org_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    id TEXT COLLATE "C" NOT NULL,
    slug TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    position BIGINT NOT NULL,
    retired_at BIGINT,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, slug)
);

CREATE TABLE users (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    password_hash TEXT,
    state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'deactivated')),
    gen BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);

CREATE TABLE memberships (
    org_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    role TEXT NOT NULL CHECK (role IN ('admin', 'member')),
    state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'deactivated')),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, user_id)
);
CREATE INDEX memberships_by_user ON memberships (user_id);

CREATE TABLE sessions (
    id_hash BYTEA NOT NULL PRIMARY KEY CHECK (length(id_hash) = 32),
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    data TEXT NOT NULL,
    authenticated_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    idle_ends_at BIGINT NOT NULL,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (ends_at);
CREATE INDEX sessions_by_idle_end ON sessions (idle_ends_at);

-- `name_key` is NULL once the name is given free; NULLs are distinct, so only live names are unique. `personal_of` is the
-- owner in the same way, so that a person has one live personal credential.
CREATE TABLE api_keys (
    org_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    id TEXT COLLATE "C" NOT NULL,
    client_id TEXT COLLATE "C" NOT NULL UNIQUE,
    environment TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT COLLATE "C",
    name_search TEXT COLLATE "C" NOT NULL,
    description TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('client', 'token')),
    owner_user_id TEXT COLLATE "C",
    personal BOOLEAN NOT NULL DEFAULT FALSE,
    personal_of TEXT COLLATE "C",
    scopes TEXT NOT NULL,
    access_token_format TEXT NOT NULL CHECK (access_token_format IN ('jwt', 'opaque')),
    expires_at BIGINT,
    suspend_on_sign_out BOOLEAN NOT NULL DEFAULT FALSE,
    suspended_at BIGINT,
    suspended_reason TEXT CHECK (suspended_reason IN ('suspended_by_admin', 'owner_deactivated', 'signed_out', 'exposed', 'restored')),
    revoked_at BIGINT,
    acknowledged_at BIGINT,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_used_at BIGINT,
    last_used_ip TEXT,
    gen BIGINT NOT NULL DEFAULT 0,
    revision BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, environment, name_key),
    UNIQUE (org_id, personal_of),
    FOREIGN KEY (org_id, environment) REFERENCES environments (org_id, slug),
    FOREIGN KEY (org_id, owner_user_id) REFERENCES memberships (org_id, user_id),
    CHECK ((suspended_at IS NULL) = (suspended_reason IS NULL)),
    CHECK (revoked_at IS NULL OR name_key IS NULL),
    CHECK (revoked_at IS NULL OR personal_of IS NULL),
    CHECK (personal_of IS NULL OR personal_of = owner_user_id),
    CHECK (NOT personal OR owner_user_id IS NOT NULL),
    CHECK (NOT suspend_on_sign_out OR (owner_user_id IS NOT NULL AND kind = 'token'))
);
CREATE INDEX api_keys_by_creation ON api_keys (org_id, environment, created_at, id);
CREATE INDEX api_keys_by_name ON api_keys (org_id, environment, name_search, id);
CREATE INDEX api_keys_by_owner ON api_keys (org_id, owner_user_id, created_at, id);

-- The unique hash is the hot look-up.
CREATE TABLE api_key_secrets (
    org_id TEXT COLLATE "C" NOT NULL,
    key_id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    secret_hash BYTEA NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
    hash_key_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    ends_at BIGINT,
    last_used_at BIGINT,
    PRIMARY KEY (org_id, key_id, version),
    FOREIGN KEY (org_id, key_id) REFERENCES api_keys (org_id, id)
);

-- `hour` is the time the hour begins at.
CREATE TABLE api_key_usage (
    org_id TEXT COLLATE "C" NOT NULL,
    key_id TEXT COLLATE "C" NOT NULL,
    hour BIGINT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (org_id, key_id, hour),
    FOREIGN KEY (org_id, key_id) REFERENCES api_keys (org_id, id)
);

CREATE TABLE idempotency (
    org_id TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    idempotency_key TEXT COLLATE "C" NOT NULL,
    fingerprint BYTEA NOT NULL CHECK (length(fingerprint) = 32),
    key_id TEXT COLLATE "C" NOT NULL,
    ends_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, actor, idempotency_key),
    FOREIGN KEY (org_id, key_id) REFERENCES api_keys (org_id, id)
);
CREATE INDEX idempotency_by_end ON idempotency (ends_at);

CREATE TABLE signing_keys (
    kid TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    algorithm TEXT NOT NULL,
    wrapped_private BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    activates_at BIGINT NOT NULL,
    gone_at BIGINT
);

-- `issued_at` and `expires_at` are seconds here, as tokens carry them.
CREATE TABLE opaque_tokens (
    token_hash BYTEA NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    org_id TEXT COLLATE "C" NOT NULL,
    key_id TEXT COLLATE "C" NOT NULL,
    owner_user_id TEXT COLLATE "C",
    scopes TEXT NOT NULL,
    jti TEXT COLLATE "C" NOT NULL,
    audience TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    gen BIGINT NOT NULL,
    FOREIGN KEY (org_id, key_id) REFERENCES api_keys (org_id, id)
);
CREATE INDEX opaque_tokens_by_end ON opaque_tokens (expires_at);

CREATE TABLE revoked_tokens (
    org_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    jti TEXT COLLATE "C" NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, jti)
);
CREATE INDEX revoked_tokens_by_end ON revoked_tokens (expires_at);

-- One row, which every change of the whole deployment locks first.
CREATE TABLE deployment (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    master_key_fingerprint BYTEA CHECK (length(master_key_fingerprint) = 32),
    master_key_claimed_at BIGINT
);
INSERT INTO deployment (id) VALUES (1);

CREATE TABLE links (
    token_hash BYTEA NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    purpose TEXT NOT NULL CHECK (purpose IN ('set_up')),
    created_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL
);

-- A link to choose a new password; an account has one at most.
CREATE TABLE password_resets (
    token_hash BYTEA NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    user_id TEXT COLLATE "C" NOT NULL UNIQUE REFERENCES users (id),
    created_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL
);

CREATE TABLE invitations (
    org_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    id TEXT COLLATE "C" NOT NULL,
    token_hash BYTEA NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('admin', 'member')),
    invited_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, email_key)
);

-- One row per organization, which every change of the organization locks first.
CREATE TABLE activity_heads (
    org_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES organizations (id),
    sequence BIGINT NOT NULL,
    hash BYTEA NOT NULL CHECK (length(hash) = 32)
);

CREATE TABLE activity (
    org_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    sequence BIGINT NOT NULL CHECK (sequence > 0),
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    at BIGINT NOT NULL,
    event TEXT NOT NULL,
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('user', 'client', 'operator')),
    actor_id TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    target_id TEXT NOT NULL,
    target_name TEXT NOT NULL,
    environment TEXT,
    address TEXT NOT NULL,
    request_id TEXT NOT NULL,
    details TEXT NOT NULL,
    previous_hash BYTEA NOT NULL CHECK (length(previous_hash) = 32),
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (org_id, sequence)
);

CREATE FUNCTION activity_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'activity is append-only' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER activity_no_update BEFORE UPDATE ON activity
    FOR EACH STATEMENT EXECUTE FUNCTION activity_is_append_only();
CREATE TRIGGER activity_no_delete BEFORE DELETE OR TRUNCATE ON activity
    FOR EACH STATEMENT EXECUTE FUNCTION activity_is_append_only();
