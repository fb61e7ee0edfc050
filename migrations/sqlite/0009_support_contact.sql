-- Whom the people of an organization ask; empty where nobody is named.
ALTER TABLE organizations ADD COLUMN support_contact TEXT NOT NULL DEFAULT '';
