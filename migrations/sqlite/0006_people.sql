-- What a person signs in with has a version, which goes up when it is replaced. A session that was opened with an earlier
-- one is dead, also where its sign-in had been under way. `renewal_due`: its next request gets another id.
ALTER TABLE users ADD COLUMN credentials_version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN credentials_version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN renewal_due INTEGER NOT NULL DEFAULT 0 CHECK (renewal_due IN (0, 1));

-- How a person wants times to be shown. Without a zone it is the organization's; whether another one was proposed is kept,
-- so that it is proposed once.
ALTER TABLE users ADD COLUMN time_zone TEXT;
ALTER TABLE users ADD COLUMN exact_times INTEGER NOT NULL DEFAULT 0 CHECK (exact_times IN (0, 1));
ALTER TABLE users ADD COLUMN time_zone_proposed INTEGER NOT NULL DEFAULT 0 CHECK (time_zone_proposed IN (0, 1));

-- Who was invited with which form, so that sending it again makes no other link.
CREATE TABLE invitation_forms (
    org_id TEXT NOT NULL REFERENCES organizations (id),
    form_id TEXT NOT NULL,
    email_key TEXT NOT NULL,
    ends_at INTEGER NOT NULL,
    PRIMARY KEY (org_id, form_id, email_key)
) STRICT;
CREATE INDEX invitation_forms_by_end ON invitation_forms (ends_at);
