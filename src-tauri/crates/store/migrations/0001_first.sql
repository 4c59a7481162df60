CREATE TABLE publishing (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  machine_id TEXT,
  hold_reason TEXT,
  held_at INTEGER,
  restored_at INTEGER
) STRICT;

CREATE TABLE meta (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL CHECK (json_valid(value))
) STRICT, WITHOUT ROWID;

CREATE TABLE workspaces (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  deleted_at INTEGER
) STRICT;
CREATE UNIQUE INDEX workspaces_one_name ON workspaces (name) WHERE deleted_at IS NULL;

CREATE TABLE calendars (
  id TEXT NOT NULL PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  zone TEXT NOT NULL,
  working_hours TEXT NOT NULL CHECK (json_valid(working_hours)),
  default_accounts TEXT NOT NULL CHECK (json_valid(default_accounts)),
  grace_minutes INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('active', 'archived')),
  paused TEXT,
  created_at INTEGER NOT NULL,
  deleted_at INTEGER
) STRICT;
CREATE INDEX calendars_of_workspace ON calendars (workspace_id);

CREATE TABLE accounts (
  id TEXT NOT NULL PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  network TEXT NOT NULL,
  remote_id TEXT NOT NULL,
  handle TEXT NOT NULL,
  display_name TEXT NOT NULL DEFAULT '',
  server TEXT NOT NULL DEFAULT '',
  settings TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(settings)),
  health_reason TEXT,
  health_since INTEGER,
  paused TEXT,
  created_at INTEGER NOT NULL,
  deleted_at INTEGER,
  purged_at INTEGER
) STRICT;
CREATE INDEX accounts_of_workspace ON accounts (workspace_id);
CREATE UNIQUE INDEX accounts_once ON accounts (workspace_id, network, server, remote_id) WHERE deleted_at IS NULL;

CREATE TABLE slots (
  id TEXT NOT NULL PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  weekday INTEGER NOT NULL CHECK (weekday BETWEEN 1 AND 7),
  time TEXT NOT NULL,
  zone TEXT NOT NULL
) STRICT;
CREATE INDEX slots_of_account ON slots (account_id);

CREATE TABLE posts (
  pk INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  calendar_id TEXT NOT NULL REFERENCES calendars (id) ON DELETE CASCADE,
  when_kind TEXT NOT NULL CHECK (when_kind IN ('none', 'planned', 'scheduled')),
  wall TEXT,
  zone TEXT,
  at INTEGER,
  all_day INTEGER NOT NULL DEFAULT 0,
  editorial TEXT NOT NULL CHECK (editorial IN ('draft', 'in_review', 'approved', 'scheduled', 'cancelled')),
  time_source TEXT NOT NULL CHECK (time_source IN ('own', 'slot')),
  held INTEGER NOT NULL DEFAULT 0,
  version INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER,
  content_type TEXT NOT NULL DEFAULT 'post',
  priority TEXT NOT NULL DEFAULT 'normal',
  assignee TEXT NOT NULL DEFAULT '',
  labels TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(labels)),
  media_count INTEGER NOT NULL DEFAULT 0,
  thumb TEXT,
  words TEXT NOT NULL DEFAULT '',
  text_hash INTEGER,
  title TEXT NOT NULL DEFAULT '',
  segments TEXT NOT NULL CHECK (json_valid(segments)),
  notes TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX posts_in_time ON posts (at, id) WHERE deleted_at IS NULL AND at IS NOT NULL;
CREATE INDEX posts_on_shelf ON posts (calendar_id, updated_at) WHERE deleted_at IS NULL AND at IS NULL;
CREATE INDEX posts_in_bin ON posts (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX posts_same_text ON posts (text_hash) WHERE text_hash IS NOT NULL;
CREATE INDEX posts_of_calendar ON posts (calendar_id);
CREATE INDEX posts_being_written ON posts (updated_at, id) WHERE deleted_at IS NULL AND editorial IN ('draft', 'in_review', 'approved');
CREATE INDEX posts_with_labels ON posts (labels) WHERE deleted_at IS NULL AND labels <> '[]';

CREATE TABLE targets (
  id TEXT NOT NULL PRIMARY KEY,
  post_id TEXT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  position INTEGER NOT NULL DEFAULT 0,
  own_segments TEXT CHECK (own_segments IS NULL OR json_valid(own_segments)),
  options TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(options)),
  called_off INTEGER NOT NULL DEFAULT 0,
  text_hash INTEGER,
  due_at INTEGER,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'unconfirmed', 'published', 'failed', 'missed', 'cancelled')),
  not_before INTEGER,
  published_at INTEGER,
  remote_id TEXT,
  remote_url TEXT,
  remote TEXT CHECK (remote IS NULL OR json_valid(remote)),
  handle TEXT CHECK (handle IS NULL OR json_valid(handle)),
  content_hash TEXT,
  lease_owner TEXT,
  lease_fence INTEGER NOT NULL DEFAULT 0,
  lease_until INTEGER,
  attempts_made INTEGER NOT NULL DEFAULT 0,
  looks INTEGER NOT NULL DEFAULT 0,
  asked_at INTEGER,
  failure_category TEXT,
  failure_message TEXT,
  failure_detail TEXT,
  failure_attempt INTEGER,
  next_try_at INTEGER
) STRICT;
CREATE UNIQUE INDEX targets_of_post ON targets (post_id, account_id);
CREATE INDEX targets_as_chips ON targets (post_id, position, account_id, state);
CREATE INDEX targets_of_account ON targets (account_id);
CREATE INDEX targets_due ON targets (account_id, due_at, not_before) WHERE state = 'waiting' AND due_at IS NOT NULL;
CREATE INDEX targets_in_flight ON targets (account_id, lease_until) WHERE state = 'sending';
CREATE INDEX targets_that_need_a_look ON targets (state, post_id) WHERE state IN ('unconfirmed', 'failed', 'missed');
CREATE INDEX targets_same_text ON targets (text_hash) WHERE text_hash IS NOT NULL;

CREATE TABLE attempts (
  id TEXT NOT NULL PRIMARY KEY,
  target_id TEXT NOT NULL REFERENCES targets (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  outcome TEXT NOT NULL CHECK (outcome IN ('open', 'sent', 'not_sent', 'uncertain')),
  category TEXT,
  message TEXT,
  detail TEXT,
  will_retry INTEGER NOT NULL DEFAULT 0,
  next_try_at INTEGER,
  content_hash TEXT NOT NULL,
  step TEXT NOT NULL DEFAULT '',
  step_visible INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX attempts_of_target ON attempts (target_id, number);
CREATE INDEX attempts_in_time ON attempts (started_at, id);

CREATE TABLE send_steps (
  target_id TEXT NOT NULL REFERENCES targets (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL CHECK (json_valid(value)),
  visible INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (target_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE working_copies (
  post_id TEXT NOT NULL PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
  draft TEXT NOT NULL CHECK (json_valid(draft)),
  base TEXT NOT NULL CHECK (json_valid(base)),
  differs INTEGER NOT NULL,
  opened_at INTEGER,
  touched_at INTEGER NOT NULL
) STRICT;

CREATE TABLE media (
  id TEXT NOT NULL PRIMARY KEY,
  mime TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  width INTEGER,
  height INTEGER,
  name TEXT NOT NULL DEFAULT '',
  alt TEXT NOT NULL DEFAULT '',
  imported_at INTEGER NOT NULL,
  missing INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX media_by_time ON media (imported_at, id);

CREATE TABLE post_media (
  media_id TEXT NOT NULL,
  post_id TEXT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  target_id TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (media_id, post_id, target_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX post_media_of_post ON post_media (post_id, target_id);

CREATE TABLE changes (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  subject TEXT NOT NULL,
  id TEXT NOT NULL
) STRICT;

CREATE TABLE undo_steps (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  words TEXT NOT NULL,
  key TEXT,
  workspace_id TEXT,
  bytes INTEGER NOT NULL DEFAULT 0,
  undone_at INTEGER
) STRICT;

CREATE TABLE undo_rows (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  step INTEGER NOT NULL REFERENCES undo_steps (id) ON DELETE CASCADE,
  tbl TEXT NOT NULL,
  key TEXT NOT NULL,
  image_before TEXT,
  image_after TEXT
) STRICT;
CREATE UNIQUE INDEX undo_rows_once ON undo_rows (step, tbl, key);

CREATE VIRTUAL TABLE posts_fts USING fts5 (
  title, body, own, notes, labels,
  content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);

INSERT INTO publishing (id) VALUES (1);

CREATE TRIGGER targets_due_with_their_post AFTER UPDATE OF at, when_kind, editorial, held, deleted_at ON posts
BEGIN
  UPDATE targets
  SET due_at = CASE
    WHEN new.when_kind = 'scheduled' AND new.editorial = 'scheduled' AND new.held = 0 AND new.deleted_at IS NULL
    THEN new.at END
  WHERE post_id = new.id;
END;

CREATE TRIGGER targets_due_when_added AFTER INSERT ON targets
BEGIN
  UPDATE targets
  SET due_at = (
    SELECT at FROM posts
    WHERE id = new.post_id AND when_kind = 'scheduled' AND editorial = 'scheduled' AND held = 0 AND deleted_at IS NULL)
  WHERE id = new.id;
END;

CREATE TRIGGER posts_fts_added AFTER INSERT ON posts
BEGIN
  INSERT INTO posts_fts (rowid, title, body, own, notes, labels)
  VALUES (
    new.pk, new.title,
    (SELECT group_concat(value ->> '$.text', char(10)) FROM json_each(new.segments)),
    '', new.notes,
    (SELECT group_concat(value, char(10)) FROM json_each(new.labels)));
END;

CREATE TRIGGER posts_fts_changed AFTER UPDATE OF title, segments, notes, labels ON posts
WHEN old.title IS NOT new.title OR old.segments IS NOT new.segments OR old.notes IS NOT new.notes OR old.labels IS NOT new.labels
BEGIN
  INSERT OR REPLACE INTO posts_fts (rowid, title, body, own, notes, labels)
  VALUES (
    new.pk, new.title,
    (SELECT group_concat(value ->> '$.text', char(10)) FROM json_each(new.segments)),
    (SELECT group_concat(s.value ->> '$.text', char(10)) FROM targets t, json_each(t.own_segments) s WHERE t.post_id = new.id),
    new.notes,
    (SELECT group_concat(value, char(10)) FROM json_each(new.labels)));
END;

CREATE TRIGGER posts_fts_removed AFTER DELETE ON posts
BEGIN
  DELETE FROM posts_fts WHERE rowid = old.pk;
END;

CREATE TRIGGER targets_fts_added AFTER INSERT ON targets WHEN new.own_segments IS NOT NULL
BEGIN
  INSERT OR REPLACE INTO posts_fts (rowid, title, body, own, notes, labels)
  SELECT
    p.pk, p.title,
    (SELECT group_concat(value ->> '$.text', char(10)) FROM json_each(p.segments)),
    (SELECT group_concat(s.value ->> '$.text', char(10)) FROM targets t, json_each(t.own_segments) s WHERE t.post_id = p.id),
    p.notes,
    (SELECT group_concat(value, char(10)) FROM json_each(p.labels))
  FROM posts p WHERE p.id = new.post_id;
END;

CREATE TRIGGER targets_fts_changed AFTER UPDATE OF own_segments ON targets WHEN old.own_segments IS NOT new.own_segments
BEGIN
  INSERT OR REPLACE INTO posts_fts (rowid, title, body, own, notes, labels)
  SELECT
    p.pk, p.title,
    (SELECT group_concat(value ->> '$.text', char(10)) FROM json_each(p.segments)),
    (SELECT group_concat(s.value ->> '$.text', char(10)) FROM targets t, json_each(t.own_segments) s WHERE t.post_id = p.id),
    p.notes,
    (SELECT group_concat(value, char(10)) FROM json_each(p.labels))
  FROM posts p WHERE p.id = new.post_id;
END;

CREATE TRIGGER targets_fts_removed AFTER DELETE ON targets WHEN old.own_segments IS NOT NULL
BEGIN
  INSERT OR REPLACE INTO posts_fts (rowid, title, body, own, notes, labels)
  SELECT
    p.pk, p.title,
    (SELECT group_concat(value ->> '$.text', char(10)) FROM json_each(p.segments)),
    (SELECT group_concat(s.value ->> '$.text', char(10)) FROM targets t, json_each(t.own_segments) s WHERE t.post_id = p.id),
    p.notes,
    (SELECT group_concat(value, char(10)) FROM json_each(p.labels))
  FROM posts p WHERE p.id = old.post_id;
END;

CREATE TRIGGER posts_media_added AFTER INSERT ON posts WHEN instr(new.segments, 'mediaId')
BEGIN
  INSERT OR IGNORE INTO post_media (media_id, post_id, target_id)
  SELECT m.value ->> '$.mediaId', new.id, ''
  FROM json_each(new.segments) s, json_each(s.value, '$.media') m
  WHERE m.value ->> '$.mediaId' IS NOT NULL;
END;

CREATE TRIGGER posts_media_changed AFTER UPDATE OF segments ON posts
WHEN old.segments IS NOT new.segments AND (instr(old.segments, 'mediaId') OR instr(new.segments, 'mediaId'))
BEGIN
  DELETE FROM post_media WHERE post_id = new.id AND target_id = '';
  INSERT OR IGNORE INTO post_media (media_id, post_id, target_id)
  SELECT m.value ->> '$.mediaId', new.id, ''
  FROM json_each(new.segments) s, json_each(s.value, '$.media') m
  WHERE m.value ->> '$.mediaId' IS NOT NULL;
END;

CREATE TRIGGER targets_media_added AFTER INSERT ON targets WHEN instr(new.own_segments, 'mediaId')
BEGIN
  INSERT OR IGNORE INTO post_media (media_id, post_id, target_id)
  SELECT m.value ->> '$.mediaId', new.post_id, new.id
  FROM json_each(new.own_segments) s, json_each(s.value, '$.media') m
  WHERE m.value ->> '$.mediaId' IS NOT NULL;
END;

CREATE TRIGGER targets_media_changed AFTER UPDATE OF own_segments ON targets
WHEN old.own_segments IS NOT new.own_segments
BEGIN
  DELETE FROM post_media WHERE post_id = new.post_id AND target_id = new.id;
  INSERT OR IGNORE INTO post_media (media_id, post_id, target_id)
  SELECT m.value ->> '$.mediaId', new.post_id, new.id
  FROM json_each(new.own_segments) s, json_each(s.value, '$.media') m
  WHERE m.value ->> '$.mediaId' IS NOT NULL;
END;

CREATE TRIGGER targets_media_removed AFTER DELETE ON targets WHEN old.own_segments IS NOT NULL
BEGIN
  DELETE FROM post_media WHERE post_id = old.post_id AND target_id = old.id;
END;
