-- How many access tokens of a key are live: counted by the minute in which they end and the generation they carry, so that
-- a JWT needs no row of its own. A revocation takes one away, also before the batch that counts the token is written.
CREATE TABLE live_tokens (
    org_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    gen INTEGER NOT NULL,
    minute INTEGER NOT NULL,
    count INTEGER NOT NULL,
    last_ends_at INTEGER NOT NULL,
    PRIMARY KEY (org_id, key_id, gen, minute),
    FOREIGN KEY (org_id, key_id) REFERENCES api_keys (org_id, id)
) STRICT;
CREATE INDEX live_tokens_by_end ON live_tokens (last_ends_at);
