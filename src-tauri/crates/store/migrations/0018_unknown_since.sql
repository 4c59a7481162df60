ALTER TABLE targets ADD COLUMN unknown_since INTEGER;
CREATE INDEX targets_in_doubt ON targets (unknown_since) WHERE unknown_since IS NOT NULL;
