ALTER TABLE workspaces ADD COLUMN monthly_budget INTEGER;

CREATE TABLE spends (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  account_id TEXT NOT NULL,
  month TEXT NOT NULL,
  at INTEGER NOT NULL,
  what TEXT NOT NULL,
  micro_dollars INTEGER NOT NULL
) STRICT;

CREATE INDEX spends_of_month ON spends (workspace_id, month, micro_dollars);

CREATE INDEX targets_in_hand ON targets (post_id) WHERE failure_category = 'your_turn';

-- What was handed over by earlier versions is the person's turn as well.
UPDATE targets SET failure_category = 'your_turn'
WHERE state = 'unconfirmed' AND asked_at IS NOT NULL
  AND EXISTS (SELECT 1 FROM attempts a WHERE a.target_id = targets.id AND a.step = 'handed-over');
