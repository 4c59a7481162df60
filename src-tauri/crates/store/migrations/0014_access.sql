CREATE TABLE oauth_programs (
  id TEXT NOT NULL PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  redirect_uri TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  removed_at INTEGER
) STRICT;

CREATE INDEX oauth_programs_of_workspace ON oauth_programs (workspace_id, created_at);

CREATE TABLE oauth_requests (
  id TEXT NOT NULL PRIMARY KEY,
  program_id TEXT NOT NULL REFERENCES oauth_programs (id) ON DELETE CASCADE,
  role TEXT NOT NULL,
  state TEXT NOT NULL,
  challenge TEXT,
  at INTEGER NOT NULL,
  answer TEXT CHECK (answer IN ('yes', 'no')),
  code_hash TEXT,
  key_id TEXT REFERENCES api_keys (id) ON DELETE CASCADE
) STRICT;

CREATE INDEX oauth_requests_by_age ON oauth_requests (at);

CREATE INDEX oauth_requests_of_program ON oauth_requests (program_id);

CREATE UNIQUE INDEX oauth_requests_by_code ON oauth_requests (code_hash);

CREATE INDEX oauth_requests_of_key ON oauth_requests (key_id);

CREATE TABLE oauth_refresh (
  hash TEXT NOT NULL PRIMARY KEY,
  program_id TEXT NOT NULL REFERENCES oauth_programs (id) ON DELETE CASCADE,
  key_id TEXT NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  used_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX oauth_refresh_of_program ON oauth_refresh (program_id);

CREATE INDEX oauth_refresh_of_key ON oauth_refresh (key_id);
