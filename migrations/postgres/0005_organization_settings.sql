-- Below the operator's ceiling an administrator may set a lower limit of their own; NULL follows the ceiling.
-- `revision` counts changes, so that nobody saves over what somebody else has just set.
ALTER TABLE organizations ADD COLUMN own_max_keys_per_environment BIGINT CHECK (own_max_keys_per_environment >= 0);
ALTER TABLE organizations ADD COLUMN own_max_keys_per_user BIGINT CHECK (own_max_keys_per_user >= 0);
ALTER TABLE organizations ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
