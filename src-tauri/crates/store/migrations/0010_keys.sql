CREATE TABLE api_keys (
  id TEXT NOT NULL PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  hash TEXT NOT NULL,
  tail TEXT NOT NULL,
  role TEXT NOT NULL,
  permissions TEXT NOT NULL CHECK (json_valid(permissions)),
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  last_used_at INTEGER,
  revoked_at INTEGER
) STRICT;

CREATE UNIQUE INDEX api_keys_by_hash ON api_keys (hash);

CREATE INDEX api_keys_of_workspace ON api_keys (workspace_id, created_at);
