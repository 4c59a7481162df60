CREATE TABLE api_notes (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  value TEXT NOT NULL CHECK (json_valid(value)),
  at INTEGER NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX api_notes_of_workspace ON api_notes (workspace_id);

CREATE TABLE api_requests (
  key_id TEXT NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  status INTEGER,
  answer TEXT,
  at INTEGER NOT NULL,
  PRIMARY KEY (key_id, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX api_requests_by_age ON api_requests (at);
