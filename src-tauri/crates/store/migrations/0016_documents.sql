ALTER TABLE media ADD COLUMN document TEXT CHECK (document IS NULL OR json_valid(document));
