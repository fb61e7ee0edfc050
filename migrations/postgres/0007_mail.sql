-- Mail that waits to be sent: written in the transaction of what it tells of, removed when it is sent or given up. No link
-- and no secret is in here: a link follows from `id` and the master key when its mail is sent. What a mail tells of is a row
-- of the Activity Log (`sequence`), a key (`client_id`, `days`), or what a link of this `id` opens.
CREATE TABLE mails (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    about TEXT NOT NULL CHECK (about IN ('event', 'expiry', 'invitation', 'password_link', 'password_forgotten')),
    to_address TEXT NOT NULL,
    to_name TEXT,
    org_id TEXT COLLATE "C" REFERENCES organizations (id),
    sequence BIGINT,
    client_id TEXT COLLATE "C",
    days BIGINT,
    address TEXT,
    request_id TEXT,
    attempts BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    CHECK ((about = 'event') = (sequence IS NOT NULL)),
    CHECK ((about = 'expiry') = (client_id IS NOT NULL AND days IS NOT NULL)),
    CHECK (about NOT IN ('event', 'expiry') OR org_id IS NOT NULL)
);
CREATE INDEX mails_by_next ON mails (next_at);

-- Of which end of a key people were reminded, and how many days before: once, whichever process does it.
CREATE TABLE reminders (
    org_id TEXT COLLATE "C" NOT NULL,
    key_id TEXT COLLATE "C" NOT NULL,
    expires_at BIGINT NOT NULL,
    days BIGINT NOT NULL,
    PRIMARY KEY (org_id, key_id, expires_at, days),
    FOREIGN KEY (org_id, key_id) REFERENCES api_keys (org_id, id)
);
CREATE INDEX reminders_by_end ON reminders (expires_at);
-- Which keys of all organizations end soon.
CREATE INDEX api_keys_expiring ON api_keys (expires_at) WHERE revoked_at IS NULL;

-- Who is told of the organization's own keys, and whether anybody is reminded before a key ends.
ALTER TABLE organizations ADD COLUMN key_notices TEXT NOT NULL DEFAULT 'admins' CHECK (key_notices IN ('admins', 'nobody'));
ALTER TABLE organizations ADD COLUMN expiry_reminders BOOLEAN NOT NULL DEFAULT TRUE;
