DROP INDEX targets_as_chips;
DROP INDEX targets_due;
DROP INDEX targets_in_flight;
DROP INDEX targets_that_need_a_look;

ALTER TABLE targets RENAME COLUMN state TO state_before;
ALTER TABLE targets ADD COLUMN state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'placed', 'unconfirmed', 'published', 'failed', 'missed', 'cancelled'));
UPDATE targets SET state = state_before WHERE state_before <> 'waiting';
ALTER TABLE targets DROP COLUMN state_before;

CREATE INDEX targets_as_chips ON targets (post_id, position, account_id, state);
CREATE INDEX targets_due ON targets (account_id, due_at, not_before) WHERE state = 'waiting' AND due_at IS NOT NULL;
CREATE INDEX targets_in_flight ON targets (account_id, lease_until) WHERE state = 'sending';
CREATE INDEX targets_that_need_a_look ON targets (state, post_id) WHERE state IN ('unconfirmed', 'failed', 'missed');
CREATE INDEX targets_to_place ON targets (account_id, due_at) WHERE state = 'waiting' AND due_at IS NOT NULL AND options ->> '$.native' = 1;
CREATE INDEX targets_placed ON targets (not_before) WHERE state = 'placed';

ALTER TABLE attempts ADD COLUMN place_at INTEGER;
