CREATE TABLE webhooks (
  id TEXT NOT NULL PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  contract TEXT NOT NULL,
  url TEXT NOT NULL,
  events TEXT NOT NULL CHECK (json_valid(events)),
  kinds TEXT NOT NULL CHECK (json_valid(kinds)),
  network TEXT,
  max_retries INTEGER NOT NULL,
  active INTEGER NOT NULL DEFAULT 1,
  private INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  deleted_at INTEGER,
  failing_since INTEGER,
  failures INTEGER NOT NULL DEFAULT 0,
  off_at INTEGER,
  off_reason TEXT,
  last_at INTEGER,
  last_ok INTEGER
) STRICT;

CREATE INDEX webhooks_of_workspace ON webhooks (workspace_id, created_at);

CREATE INDEX webhooks_listening ON webhooks (workspace_id) WHERE active = 1 AND off_at IS NULL AND deleted_at IS NULL;

CREATE TABLE webhook_events (
  id TEXT NOT NULL PRIMARY KEY,
  at INTEGER NOT NULL,
  facts TEXT NOT NULL CHECK (json_valid(facts))
) STRICT, WITHOUT ROWID;

CREATE TABLE webhook_deliveries (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  webhook_id TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
  event_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed')),
  round INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  not_before INTEGER,
  status INTEGER,
  message TEXT,
  answer TEXT,
  created_at INTEGER NOT NULL,
  ended_at INTEGER,
  tries TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tries)),
  body TEXT
) STRICT;

CREATE INDEX webhook_deliveries_of_webhook ON webhook_deliveries (webhook_id, n);

CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (webhook_id, n) WHERE state = 'waiting';

CREATE INDEX webhook_deliveries_unmade ON webhook_deliveries (webhook_id, kind, subject_id) WHERE state = 'waiting' AND body IS NULL;

CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at);

CREATE INDEX webhook_deliveries_of_event ON webhook_deliveries (event_id);
