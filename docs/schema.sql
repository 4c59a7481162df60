-- The database of Almanac, table by table: the documentation of the file `almanac.db`.
--
-- This file is not run. A test builds the real database and compares both, table by table and
-- column by column; every column has a comment. The tables are made by the migrations in
-- `src-tauri/crates/store/migrations`.
--
-- Conventions: instants are milliseconds since 1970-01-01 UTC, given by the program (SQL never asks
-- for the time). Identifiers are UUIDv7 as lower-case text. `json` in a comment means a text column
-- checked with json_valid. Yes/no columns hold 1 or 0. `deleted_at` is the bin: rows stay 30 days.

-- How this data folder publishes; exactly one row.
CREATE TABLE publishing (
  id INTEGER PRIMARY KEY CHECK (id = 1), -- always 1
  machine_id TEXT,                       -- the machine that publishes from this folder; none before the first open
  hold_reason TEXT,                      -- why everything is held, for people; none when nothing is held
  held_at INTEGER,                       -- since when everything is held
  restored_at INTEGER                    -- a backup was put back then: targets due since are confirmed before sending
) STRICT;

-- Facts about the file itself, such as the version of the program that last opened it.
CREATE TABLE meta (
  key TEXT NOT NULL PRIMARY KEY, -- name of the fact
  value TEXT NOT NULL            -- the fact
) STRICT, WITHOUT ROWID;

-- Choices of the person and what the screen remembers.
CREATE TABLE settings (
  key TEXT NOT NULL PRIMARY KEY,                  -- name of the setting
  value TEXT NOT NULL CHECK (json_valid(value))   -- json: its value
) STRICT, WITHOUT ROWID;

-- Everything one brand or client owns.
CREATE TABLE workspaces (
  id TEXT NOT NULL PRIMARY KEY, -- identifier
  name TEXT NOT NULL,           -- name; unique among those not in the bin
  created_at INTEGER NOT NULL,  -- when it was made
  deleted_at INTEGER,           -- when it went to the bin
  monthly_budget INTEGER        -- most that paid calls may cost in a calendar month, in millionths of a US dollar; none without limit
) STRICT;
CREATE UNIQUE INDEX workspaces_one_name ON workspaces (name) WHERE deleted_at IS NULL;

-- Calls that cost money, noted before they were made; one that certainly never left is taken out again.
CREATE TABLE spends (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- grows with each call
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE, -- who pays
  account_id TEXT NOT NULL,             -- the account it was made with; it may be gone
  month TEXT NOT NULL,                  -- calendar month in the workspace's zone at that time, such as 2026-05
  at INTEGER NOT NULL,                  -- when it was noted
  what TEXT NOT NULL,                   -- what it is charged for, as the catalogue's prices name it
  micro_dollars INTEGER NOT NULL        -- its price, in millionths of a US dollar
) STRICT;
CREATE INDEX spends_of_month ON spends (workspace_id, month, micro_dollars);

-- Keys with which other programs work. The key itself is shown once and never kept.
CREATE TABLE api_keys (
  id TEXT NOT NULL PRIMARY KEY,     -- identifier
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE, -- the only workspace it reaches
  name TEXT NOT NULL,               -- what people call it
  hash TEXT NOT NULL,               -- BLAKE3 of the key, in hex
  tail TEXT NOT NULL,               -- its last characters, to tell keys apart
  role TEXT NOT NULL,               -- owner, admin, member, editor or viewer
  permissions TEXT NOT NULL CHECK (json_valid(permissions)), -- json: what it may do besides reading
  created_at INTEGER NOT NULL,      -- when it was made
  expires_at INTEGER,               -- from when on it is refused; none for never
  last_used_at INTEGER,             -- when it was last used, to the minute
  revoked_at INTEGER                -- when it was revoked; it is refused from then on
) STRICT;
CREATE UNIQUE INDEX api_keys_by_hash ON api_keys (hash);
CREATE INDEX api_keys_of_workspace ON api_keys (workspace_id, created_at);

-- What other programs said of a thing that the thing itself has no column for, in their own words.
CREATE TABLE api_notes (
  kind TEXT NOT NULL,               -- what sort of note: of a post, a calendar, an upload
  id TEXT NOT NULL,                 -- identifier of the thing
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE, -- whose it is
  value TEXT NOT NULL CHECK (json_valid(value)), -- json: the note
  at INTEGER NOT NULL,              -- when it was last written
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX api_notes_of_workspace ON api_notes (workspace_id);

-- Programs that ask a person for access instead of being given a key.
CREATE TABLE oauth_programs (
  id TEXT NOT NULL PRIMARY KEY,     -- public identifier, client_id in OAuth
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE, -- the workspace it asks for
  name TEXT NOT NULL,               -- what people call it
  redirect_uri TEXT NOT NULL,       -- where the browser goes back to, exactly
  secret_hash TEXT NOT NULL,        -- BLAKE3 of its secret, in hex
  created_at INTEGER NOT NULL,      -- when it was registered
  removed_at INTEGER                -- when it was shut out; its keys are revoked since
) STRICT;
CREATE INDEX oauth_programs_of_workspace ON oauth_programs (workspace_id, created_at);

-- What such a program asked through a browser, and the key that came of it. Without a key: ten minutes.
CREATE TABLE oauth_requests (
  id TEXT NOT NULL PRIMARY KEY,     -- random, known to the browser alone
  program_id TEXT NOT NULL REFERENCES oauth_programs (id) ON DELETE CASCADE, -- who asks
  role TEXT NOT NULL,               -- what it wants to do: admin, member, editor or viewer
  state TEXT NOT NULL,              -- goes back as it came
  challenge TEXT,                   -- SHA-256 of the proof key, in base64url; none without one
  at INTEGER NOT NULL,              -- when it was asked
  answer TEXT CHECK (answer IN ('yes', 'no')), -- what the person said; none while it waits
  code_hash TEXT,                   -- BLAKE3 of the newest code, in hex
  key_id TEXT REFERENCES api_keys (id) ON DELETE CASCADE -- the key that the code was exchanged for
) STRICT;
CREATE INDEX oauth_requests_by_age ON oauth_requests (at);
CREATE INDEX oauth_requests_of_program ON oauth_requests (program_id);
CREATE UNIQUE INDEX oauth_requests_by_code ON oauth_requests (code_hash);
CREATE INDEX oauth_requests_of_key ON oauth_requests (key_id);

-- Tokens that renew such a key. Used ones stay, so that a second use is known.
CREATE TABLE oauth_refresh (
  hash TEXT NOT NULL PRIMARY KEY,   -- BLAKE3 of the token, in hex
  program_id TEXT NOT NULL REFERENCES oauth_programs (id) ON DELETE CASCADE, -- whose it is
  key_id TEXT NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE, -- the key it renews
  at INTEGER NOT NULL,              -- when it was given
  used_at INTEGER                   -- when it was used; a second time revokes the key
) STRICT, WITHOUT ROWID;
CREATE INDEX oauth_refresh_of_program ON oauth_refresh (program_id);
CREATE INDEX oauth_refresh_of_key ON oauth_refresh (key_id);

-- Requests that named a key of their own, so that the same one is answered and not done again. One day.
CREATE TABLE api_requests (
  key_id TEXT NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE, -- who asked
  name TEXT NOT NULL,               -- the name that the program gave the request
  fingerprint TEXT NOT NULL,        -- hash of what was asked: another request under the same name is refused
  status INTEGER,                   -- status of the answer; none while it is being worked on
  answer TEXT,                      -- the answer as it was sent; none while it is being worked on
  at INTEGER NOT NULL,              -- when it came
  PRIMARY KEY (key_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX api_requests_by_age ON api_requests (at);

-- Addresses to which other programs want to be told what happens. Secrets are in the keyring, never here.
CREATE TABLE webhooks (
  id TEXT NOT NULL PRIMARY KEY,     -- identifier
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE, -- whose events it gets
  contract TEXT NOT NULL,           -- in whose words it is told
  url TEXT NOT NULL,                -- where it is told
  events TEXT NOT NULL CHECK (json_valid(events)), -- json: names of events, as the contract calls them
  kinds TEXT NOT NULL CHECK (json_valid(kinds)), -- json: kinds of events that these names stand for
  network TEXT,                     -- only events of posts to this network; none for all
  max_retries INTEGER NOT NULL,     -- how often one is tried again before it is given up
  active INTEGER NOT NULL DEFAULT 1, -- the person wants it told
  private INTEGER NOT NULL DEFAULT 0, -- the person allowed an address in a private network or on this computer
  created_at INTEGER NOT NULL,      -- when it was made
  deleted_at INTEGER,               -- when it was removed; its secret stays until it is purged
  failing_since INTEGER,            -- since when nothing arrived; none when the last one did
  failures INTEGER NOT NULL DEFAULT 0, -- tries in vain since then
  off_at INTEGER,                   -- when it was switched off after failures; none while it is told
  off_reason TEXT,                  -- why, in a sentence
  last_at INTEGER,                  -- when it was last tried
  last_ok INTEGER                   -- whether that arrived
) STRICT;
CREATE INDEX webhooks_of_workspace ON webhooks (workspace_id, created_at);
CREATE INDEX webhooks_listening ON webhooks (workspace_id) WHERE active = 1 AND off_at IS NULL AND deleted_at IS NULL;

-- What happened, as it was when it happened; written in the transaction of the change, for those who listen.
CREATE TABLE webhook_events (
  id TEXT NOT NULL PRIMARY KEY,     -- identifier
  at INTEGER NOT NULL,              -- when
  facts TEXT NOT NULL CHECK (json_valid(facts)) -- json: post, post on an account, account
) STRICT, WITHOUT ROWID;

-- Events on their way to an address, and how that ended. Thirty days.
CREATE TABLE webhook_deliveries (
  n INTEGER PRIMARY KEY AUTOINCREMENT, -- order in which they are told
  id TEXT NOT NULL UNIQUE,          -- identifier; the same however often it is sent
  webhook_id TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE, -- where it goes
  event_id TEXT NOT NULL,           -- what is told
  kind TEXT NOT NULL,               -- kind of event
  subject_id TEXT NOT NULL,         -- the post or the account it is about; empty for a test
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed')), -- how far it is
  round INTEGER NOT NULL DEFAULT 0, -- tries since it was last put in line
  attempts INTEGER NOT NULL DEFAULT 0, -- all tries
  not_before INTEGER,               -- not tried again before
  status INTEGER,                   -- HTTP status of the last answer
  message TEXT,                     -- why it did not arrive, in a sentence
  answer TEXT,                      -- how the last answer began
  created_at INTEGER NOT NULL,      -- when it came in line
  ended_at INTEGER,                 -- when it arrived or was given up; none while it waits
  tries TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tries)), -- json: when each try was and what was answered
  body TEXT                         -- the exact text that is sent, made before the first try; none until then
) STRICT;
CREATE INDEX webhook_deliveries_of_webhook ON webhook_deliveries (webhook_id, n);
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (webhook_id, n) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_unmade ON webhook_deliveries (webhook_id, kind, subject_id) WHERE state = 'waiting' AND body IS NULL;
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at);
CREATE INDEX webhook_deliveries_of_event ON webhook_deliveries (event_id);

-- Named plans of a workspace.
CREATE TABLE calendars (
  id TEXT NOT NULL PRIMARY KEY,                                     -- identifier
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE, -- the workspace it belongs to
  name TEXT NOT NULL,                                               -- its name
  description TEXT NOT NULL DEFAULT '',                             -- what it is for
  zone TEXT NOT NULL,                                               -- IANA zone people schedule in
  working_hours TEXT NOT NULL CHECK (json_valid(working_hours)),    -- json: list of weekday, from, to
  default_accounts TEXT NOT NULL CHECK (json_valid(default_accounts)), -- json: list of account ids a new post starts with
  grace_minutes INTEGER NOT NULL,                                   -- how late a post may still go out by itself
  status TEXT NOT NULL CHECK (status IN ('active', 'archived')),    -- archived calendars never publish
  paused TEXT,                                                      -- publishing is paused, and why
  created_at INTEGER NOT NULL,                                      -- when it was made
  deleted_at INTEGER,                                               -- when it went to the bin
  most_posts INTEGER CHECK (most_posts > 0),                        -- most posts it holds, the bin not counted; none without limit
  updated_at INTEGER                                                -- when it was changed last; none for one from before this was noted
) STRICT;
CREATE INDEX calendars_of_workspace ON calendars (workspace_id);

-- Connected accounts. Secrets are in the keyring, never here.
CREATE TABLE accounts (
  id TEXT NOT NULL PRIMARY KEY,                                     -- identifier
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE, -- the workspace it belongs to
  network TEXT NOT NULL,                                            -- key of the network in the catalogue
  remote_id TEXT NOT NULL,                                          -- the network's own stable id of the account
  handle TEXT NOT NULL,                                             -- the name people know it by
  display_name TEXT NOT NULL DEFAULT '',                            -- the name it shows
  server TEXT NOT NULL DEFAULT '',                                  -- address of the server, where a network has several
  settings TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(settings)), -- json: connector settings that are no secrets
  health_reason TEXT,                                               -- it must be connected again, and why; none when it can send
  health_since INTEGER,                                             -- since when it cannot send
  paused TEXT,                                                      -- publishing is paused, and why
  created_at INTEGER NOT NULL,                                      -- when it was connected
  deleted_at INTEGER,                                               -- when it was removed; its secrets stay until it is purged
  purged_at INTEGER                                                 -- its secrets are gone; the row stays since posts name it
) STRICT;
CREATE INDEX accounts_of_workspace ON accounts (workspace_id);
CREATE UNIQUE INDEX accounts_once ON accounts (workspace_id, network, server, remote_id) WHERE deleted_at IS NULL;

-- Weekly times at which an account likes to post.
CREATE TABLE slots (
  id TEXT NOT NULL PRIMARY KEY,                                  -- identifier
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE, -- the account
  weekday INTEGER NOT NULL CHECK (weekday BETWEEN 1 AND 7),      -- 1 = Monday … 7 = Sunday
  time TEXT NOT NULL,                                            -- wall time of day, such as 09:05:00
  zone TEXT NOT NULL                                             -- IANA zone the time is meant in
) STRICT;
CREATE INDEX slots_of_account ON slots (account_id);

-- Single days on which the weekly plan of an account is paused: its slots of that day are not offered.
CREATE TABLE day_pauses (
  id TEXT NOT NULL PRIMARY KEY,                                  -- identifier
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE, -- the account
  date TEXT NOT NULL,                                            -- the day, as the wall in the zone of the slots shows it, such as 2026-05-14
  reason TEXT NOT NULL                                           -- why, for people
) STRICT;
CREATE UNIQUE INDEX day_pauses_once ON day_pauses (account_id, date);

-- Posts: one piece of content each, with or without a date. Small columns first, long texts last, so
-- that reading chips never walks overflow pages.
CREATE TABLE posts (
  pk INTEGER PRIMARY KEY AUTOINCREMENT,              -- row number, used by the search index alone
  id TEXT NOT NULL UNIQUE,                           -- identifier
  calendar_id TEXT NOT NULL REFERENCES calendars (id) ON DELETE CASCADE, -- the calendar it stands on
  when_kind TEXT NOT NULL CHECK (when_kind IN ('none', 'planned', 'scheduled')), -- no date, a date that never publishes, a time that publishes
  wall TEXT,                                         -- date, or date and time, as typed in the zone below
  zone TEXT,                                         -- IANA zone the date is meant in
  at INTEGER,                                        -- instant computed from both (all-day: start of day); computed again when rules change
  all_day INTEGER NOT NULL DEFAULT 0,                -- the date has no time of day
  editorial TEXT NOT NULL CHECK (editorial IN ('draft', 'in_review', 'approved', 'scheduled', 'cancelled')), -- how far the writing is
  time_source TEXT NOT NULL CHECK (time_source IN ('own', 'slot')), -- whose time that is
  held INTEGER NOT NULL DEFAULT 0,                   -- held at its minute since an open edit differed: the person decides
  version INTEGER NOT NULL DEFAULT 1,                -- grows by one with each change
  created_at INTEGER NOT NULL,                       -- when it was made
  updated_at INTEGER NOT NULL,                       -- when a person last changed it
  deleted_at INTEGER,                                -- when it went to the bin
  content_type TEXT NOT NULL DEFAULT 'post',         -- what sort of content
  priority TEXT NOT NULL DEFAULT 'normal',           -- how much it matters
  assignee TEXT NOT NULL DEFAULT '',                 -- who looks after it, free text
  labels TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(labels)), -- json: list of labels
  media_count INTEGER NOT NULL DEFAULT 0,            -- derived: how many files the shared text has
  thumb TEXT,                                        -- derived: the first file
  words TEXT NOT NULL DEFAULT '',                    -- derived: first words, at most 80 graphemes
  text_hash INTEGER,                                 -- derived: hash of the normalised shared text, to find repeats; none when empty
  title TEXT NOT NULL DEFAULT '',                    -- a name for people
  segments TEXT NOT NULL CHECK (json_valid(segments)), -- json: list of text and media
  notes TEXT NOT NULL DEFAULT ''                     -- notes for people
) STRICT;
CREATE INDEX posts_in_time ON posts (at, id) WHERE deleted_at IS NULL AND at IS NOT NULL;
CREATE INDEX posts_on_shelf ON posts (calendar_id, updated_at) WHERE deleted_at IS NULL AND at IS NULL;
CREATE INDEX posts_in_bin ON posts (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX posts_same_text ON posts (text_hash) WHERE text_hash IS NOT NULL;
CREATE INDEX posts_of_calendar ON posts (calendar_id);
CREATE INDEX posts_being_written ON posts (updated_at, id) WHERE deleted_at IS NULL AND editorial IN ('draft', 'in_review', 'approved');
CREATE INDEX posts_with_labels ON posts (labels) WHERE deleted_at IS NULL AND labels <> '[]';

-- A post on one account: what a person chose for it, and its delivery.
CREATE TABLE targets (
  id TEXT NOT NULL PRIMARY KEY,                      -- identifier
  post_id TEXT NOT NULL REFERENCES posts (id) ON DELETE CASCADE, -- the post
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE, -- the account
  position INTEGER NOT NULL DEFAULT 0,               -- order in which the person chose the accounts
  own_segments TEXT CHECK (own_segments IS NULL OR json_valid(own_segments)), -- json: text and media of its own; none when it follows the post
  options TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(options)), -- json: options as the catalogue names them
  called_off INTEGER NOT NULL DEFAULT 0,             -- the person cancelled this account alone
  text_hash INTEGER,                                 -- derived: hash of its own normalised text
  due_at INTEGER,                                    -- derived by triggers: the post's instant while the post may go out, else none; while placed, the network's
  not_before INTEGER,                                -- not claimed (a retry) or not looked for (an unconfirmed send, or one its network holds) before
  published_at INTEGER,                              -- when it was on the network
  remote_id TEXT,                                    -- the network's id of the first segment
  remote_url TEXT,                                   -- address for people
  remote TEXT CHECK (remote IS NULL OR json_valid(remote)), -- json: what deleting and confirming need, such as ids of each segment
  handle TEXT CHECK (handle IS NULL OR json_valid(handle)), -- json: idempotency handle that came with an import; a newer one stands in attempts
  content_hash TEXT,                                 -- hash of the content of that handle
  lease_owner TEXT,                                  -- the publisher that holds it; none when free
  lease_fence INTEGER NOT NULL DEFAULT 0,            -- grows with each claim; a write with an older number is refused
  lease_until INTEGER,                               -- when the lease runs out
  attempts_made INTEGER NOT NULL DEFAULT 0,          -- attempts since the person last gave a time, for the retry table
  looks INTEGER NOT NULL DEFAULT 0,                  -- looks at the network since it became unconfirmed
  asked_at INTEGER,                                  -- since when the person is asked about an unconfirmed send
  failure_category TEXT,                             -- kind of the last failure; none when nothing is wrong
  failure_message TEXT,                              -- the last failure in a sentence
  failure_detail TEXT,                               -- the network's own words, cleaned of secrets
  failure_attempt INTEGER,                           -- which attempt failed
  next_try_at INTEGER,                               -- when it is tried again by itself
  turn INTEGER NOT NULL DEFAULT 0,                   -- how often it was deleted on its network: each time the next handle is another
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'placed', 'unconfirmed', 'published', 'failed', 'missed', 'cancelled')), -- where it is on its way
  unknown_since INTEGER                              -- it had failed, was missed or called off when a backup was put back or the folder changed computers, and may have been sent since then by who had the newer file: looked for before it goes out
) STRICT;
CREATE UNIQUE INDEX targets_of_post ON targets (post_id, account_id);
CREATE INDEX targets_as_chips ON targets (post_id, position, account_id, state);
CREATE INDEX targets_of_account ON targets (account_id);
CREATE INDEX targets_due ON targets (account_id, due_at, not_before) WHERE state = 'waiting' AND due_at IS NOT NULL;
CREATE INDEX targets_in_flight ON targets (account_id, lease_until) WHERE state = 'sending';
CREATE INDEX targets_that_need_a_look ON targets (state, post_id) WHERE state IN ('unconfirmed', 'failed', 'missed');
CREATE INDEX targets_in_hand ON targets (post_id) WHERE failure_category = 'your_turn';
CREATE INDEX targets_to_place ON targets (account_id, due_at) WHERE state = 'waiting' AND due_at IS NOT NULL AND options ->> '$.native' = 1;
CREATE INDEX targets_placed ON targets (not_before) WHERE state = 'placed';
CREATE INDEX targets_in_doubt ON targets (unknown_since) WHERE unknown_since IS NOT NULL;
CREATE INDEX targets_same_text ON targets (text_hash) WHERE text_hash IS NOT NULL;

-- Attempts to deliver a target: the job log.
CREATE TABLE attempts (
  id TEXT NOT NULL PRIMARY KEY,                      -- identifier
  target_id TEXT NOT NULL REFERENCES targets (id) ON DELETE CASCADE, -- what it delivers
  number INTEGER NOT NULL,                           -- from 1, growing over the target's life
  started_at INTEGER NOT NULL,                       -- when the intent was committed
  ended_at INTEGER,                                  -- when it ended; none while open
  outcome TEXT NOT NULL CHECK (outcome IN ('open', 'sent', 'not_sent', 'uncertain')), -- how it ended
  category TEXT,                                     -- kind of failure
  message TEXT,                                      -- a sentence for people
  detail TEXT,                                       -- the network's own words, cleaned of secrets
  will_retry INTEGER NOT NULL DEFAULT 0,             -- tried again by itself
  next_try_at INTEGER,                               -- when
  content_hash TEXT NOT NULL,                        -- hash of what was to be sent
  step TEXT NOT NULL DEFAULT '',                     -- the step about to be taken, committed before it is taken
  step_visible INTEGER NOT NULL DEFAULT 0,           -- that step makes something visible on the network; 0 once it certainly did not
  handle TEXT CHECK (handle IS NULL OR json_valid(handle)), -- json: idempotency handle it was sent with; none once it was deleted there
  place_at INTEGER,                                  -- when the network was to publish it by itself; none when at once
  shown_at INTEGER                                   -- when its last step that makes something visible began; none where nothing can have shown, and where that was not noted yet
) STRICT;
CREATE UNIQUE INDEX attempts_of_target ON attempts (target_id, number);
CREATE INDEX attempts_in_time ON attempts (started_at, id);

-- Finished steps of a delivery (an upload, a segment of a thread), so that a restart resumes.
CREATE TABLE send_steps (
  target_id TEXT NOT NULL REFERENCES targets (id) ON DELETE CASCADE, -- the target
  key TEXT NOT NULL,                                 -- name of the step within the delivery
  value TEXT NOT NULL CHECK (json_valid(value)),     -- json: what the step gave, such as the id of an upload
  visible INTEGER NOT NULL,                          -- it made something visible
  at INTEGER NOT NULL,                               -- when it was finished
  PRIMARY KEY (target_id, key)
) STRICT, WITHOUT ROWID;

-- First comments: written below a post once it is published, whatever becomes of them.
CREATE TABLE first_comments (
  target_id TEXT NOT NULL PRIMARY KEY REFERENCES targets (id) ON DELETE CASCADE, -- the published target
  words TEXT NOT NULL,                               -- what was typed when the post went out
  state TEXT NOT NULL CHECK (state IN ('due', 'written', 'failed', 'left')), -- how far it is
  look_first INTEGER NOT NULL,                       -- an earlier try may have written it, so it is looked for first
  not_before INTEGER NOT NULL,                       -- not written or looked for before
  began_at INTEGER,                                  -- when the last call that may have written it began
  tries INTEGER NOT NULL DEFAULT 0,                  -- tries so far
  looks INTEGER NOT NULL DEFAULT 0,                  -- looks in vain since the last try
  message TEXT,                                      -- why it is not there, in a sentence
  detail TEXT                                        -- the network's own words, cleaned of secrets
) STRICT, WITHOUT ROWID;
CREATE INDEX first_comments_due ON first_comments (not_before) WHERE state = 'due';
CREATE INDEX first_comments_failed ON first_comments (target_id) WHERE state = 'failed';

-- Edits of scheduled posts that were not confirmed yet.
CREATE TABLE working_copies (
  post_id TEXT NOT NULL PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE, -- the post
  draft TEXT NOT NULL CHECK (json_valid(draft)),     -- json: the draft as typed so far
  base TEXT NOT NULL CHECK (json_valid(base)),       -- json: the post's own draft when the edit began, to see what others changed since
  differs INTEGER NOT NULL,                          -- the draft differs from the confirmed version
  opened_at INTEGER,                                 -- the composer shows it since; none when closed
  touched_at INTEGER NOT NULL                       -- last sign of life from the composer
) STRICT;

-- Files in the library.
CREATE TABLE media (
  id TEXT NOT NULL PRIMARY KEY,                      -- BLAKE3 hash of its bytes, 64 hex digits
  mime TEXT NOT NULL,                                -- kind of file, found by looking inside
  bytes INTEGER NOT NULL,                            -- size
  width INTEGER,                                     -- pixels across, of pictures and videos
  height INTEGER,                                    -- pixels down
  name TEXT NOT NULL DEFAULT '',                     -- file name it came with
  alt TEXT NOT NULL DEFAULT '',                      -- description a new use starts with
  imported_at INTEGER NOT NULL,                      -- when it came
  missing INTEGER NOT NULL DEFAULT 0,                -- the file was not there when last looked at
  labels TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(labels)), -- json: list of labels
  rights TEXT NOT NULL DEFAULT '',                   -- a note on who owns it and what is allowed
  moving INTEGER NOT NULL DEFAULT 0,                 -- a picture with more than one frame
  folded TEXT,                                       -- derived: name, labels and description as search compares them; none until made
  deleted_at INTEGER,                                -- when it went to the bin; its bytes stay while posts use them
  clip TEXT CHECK (clip IS NULL OR json_valid(clip)), -- json: length, pictures a second, packing of a video
  probed INTEGER NOT NULL DEFAULT 0,                 -- number of the way in which it was looked into; 0 while nobody did
  document TEXT CHECK (document IS NULL OR json_valid(document)) -- json: pages of a document, and whether it is encrypted
) STRICT;
CREATE INDEX media_by_time ON media (imported_at, id);
CREATE INDEX media_with_labels ON media (labels) WHERE deleted_at IS NULL AND labels <> '[]';
CREATE INDEX media_in_bin ON media (deleted_at) WHERE deleted_at IS NOT NULL;

-- Which post uses which file; kept by triggers from the json of posts and targets.
CREATE TABLE post_media (
  media_id TEXT NOT NULL,                            -- the file
  post_id TEXT NOT NULL REFERENCES posts (id) ON DELETE CASCADE, -- the post
  target_id TEXT NOT NULL DEFAULT '',                -- the target whose own text uses it; empty for the shared text
  PRIMARY KEY (media_id, post_id, target_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX post_media_of_post ON post_media (post_id, target_id);

-- The change feed: written in the transaction of every change.
CREATE TABLE changes (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,             -- grows with each change, never reused
  at INTEGER NOT NULL,                               -- when
  actor TEXT NOT NULL,                               -- who: person, publisher, import, history, program
  subject TEXT NOT NULL,                             -- what sort of thing
  id TEXT NOT NULL                                   -- its identifier; empty for settings and publishing
) STRICT;

-- Steps that can be undone or redone: one a change as a person sees it.
CREATE TABLE undo_steps (
  id INTEGER PRIMARY KEY AUTOINCREMENT,              -- grows with each step
  at INTEGER NOT NULL,                               -- when
  words TEXT NOT NULL,                               -- what was done, for "Undo …"
  key TEXT,                                          -- later writes with this key join the step while it is the newest
  workspace_id TEXT,                                 -- where it happened
  bytes INTEGER NOT NULL DEFAULT 0,                  -- size of its images
  undone_at INTEGER                                  -- when it was undone; none while it stands
) STRICT;

-- Rows a step changed, as json images of the columns that people own.
CREATE TABLE undo_rows (
  n INTEGER PRIMARY KEY AUTOINCREMENT,               -- order of the first touch
  step INTEGER NOT NULL REFERENCES undo_steps (id) ON DELETE CASCADE, -- the step
  tbl TEXT NOT NULL,                                 -- table
  key TEXT NOT NULL,                                 -- key of the row
  image_before TEXT,                                 -- json: the row before the step; none when the step made it
  image_after TEXT                                   -- json: the row after the step; none when the step removed it
) STRICT;
CREATE UNIQUE INDEX undo_rows_once ON undo_rows (step, tbl, key);

-- Full-text search over posts. Keeps the index alone, not the text; rowid is posts.pk.
CREATE VIRTUAL TABLE posts_fts USING fts5 (
  title, body, own, notes, labels,
  content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);

-- Search inside scripts that put no spaces between words, by every three characters that follow each
-- other. Holds the posts of `posts_running` alone; rowid is posts.pk.
CREATE VIRTUAL TABLE posts_runs USING fts5 (
  text, content = '', contentless_delete = 1, tokenize = 'trigram remove_diacritics 1'
);

-- The threes that posts_runs holds, for what is shorter than three characters.
CREATE VIRTUAL TABLE posts_runs_terms USING fts5vocab (posts_runs, instance);

-- Everything a person wrote in posts with a script without spaces: Thai, Lao, Burmese, Khmer, Chinese,
-- Japanese, Korean. Two line ends after each part, so that its last characters begin a three as well.
CREATE VIEW posts_running (pk, id, text) AS
SELECT pk, id, text FROM (
  SELECT
    p.pk, p.id,
    concat_ws(
      char(10, 10), p.title,
      (SELECT group_concat(value ->> '$.text', char(10, 10)) FROM json_each(p.segments)),
      (SELECT group_concat(s.value ->> '$.text', char(10, 10)) FROM targets t, json_each(t.own_segments) s WHERE t.post_id = p.id),
      p.notes,
      (SELECT group_concat(value, char(10, 10)) FROM json_each(p.labels)),
      '') AS text
  FROM posts p)
WHERE text GLOB '*['
  || char(0x0e00) || '-' || char(0x0eff)
  || char(0x1000) || '-' || char(0x109f)
  || char(0x1100) || '-' || char(0x11ff)
  || char(0x1780) || '-' || char(0x17ff)
  || char(0x2e80) || '-' || char(0x2fdf)
  || char(0x3005) || '-' || char(0x3007)
  || char(0x3040) || '-' || char(0x318f)
  || char(0x31a0) || '-' || char(0x31bf)
  || char(0x31f0) || '-' || char(0x31ff)
  || char(0x3400) || '-' || char(0x4dbf)
  || char(0x4e00) || '-' || char(0x9fff)
  || char(0xac00) || '-' || char(0xd7a3)
  || char(0xf900) || '-' || char(0xfaff)
  || char(0xff66) || '-' || char(0xff9f)
  || char(0x20000) || '-' || char(0x3fffd)
  || ']*';
