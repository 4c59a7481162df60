ALTER TABLE media ADD COLUMN labels TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(labels));
ALTER TABLE media ADD COLUMN rights TEXT NOT NULL DEFAULT '';
ALTER TABLE media ADD COLUMN moving INTEGER NOT NULL DEFAULT 0;
ALTER TABLE media ADD COLUMN folded TEXT;
ALTER TABLE media ADD COLUMN deleted_at INTEGER;

CREATE INDEX media_with_labels ON media (labels) WHERE deleted_at IS NULL AND labels <> '[]';
CREATE INDEX media_in_bin ON media (deleted_at) WHERE deleted_at IS NOT NULL;

-- Whether a file moves was not kept before; nearly every GIF does.
UPDATE media SET moving = 1 WHERE mime = 'image/gif';
