-- What a person signs in with has a version, which goes up when it is replaced. A session that was opened with an earlier
-- one is dead, also where its sign-in had been under way. `renewal_due`: its next request gets another id.
ALTER TABLE users ADD COLUMN credentials_version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN credentials_version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN renewal_due BOOLEAN NOT NULL DEFAULT FALSE;

-- How a person wants times to be shown. Without a zone it is the organization's; whether another one was proposed is kept,
-- so that it is proposed once.
ALTER TABLE users ADD COLUMN time_zone TEXT;
ALTER TABLE users ADD COLUMN exact_times BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE users ADD COLUMN time_zone_proposed BOOLEAN NOT NULL DEFAULT FALSE;

-- Who was invited with which form, so that sending it again makes no other link.
CREATE TABLE invitation_forms (
    org_id TEXT NOT NULL REFERENCES organizations (id),
    form_id TEXT NOT NULL,
    email_key TEXT NOT NULL,
    ends_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, form_id, email_key)
);
CREATE INDEX invitation_forms_by_end ON invitation_forms (ends_at);
