CREATE TABLE first_comments (
  target_id TEXT NOT NULL PRIMARY KEY REFERENCES targets (id) ON DELETE CASCADE,
  words TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('due', 'written', 'failed', 'left')),
  look_first INTEGER NOT NULL,
  not_before INTEGER NOT NULL,
  began_at INTEGER,
  tries INTEGER NOT NULL DEFAULT 0,
  looks INTEGER NOT NULL DEFAULT 0,
  message TEXT,
  detail TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX first_comments_due ON first_comments (not_before) WHERE state = 'due';
CREATE INDEX first_comments_failed ON first_comments (target_id) WHERE state = 'failed';
