-- What one person or program did, newest first.
CREATE INDEX activity_by_actor ON activity (org_id, actor_id, sequence);
