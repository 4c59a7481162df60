ALTER TABLE calendars ADD COLUMN updated_at INTEGER;

-- Until now only what programs changed was noted, beside their settings.
UPDATE calendars SET updated_at = (
  SELECT json_extract(n.value, '$.updated_at') FROM api_notes n
  WHERE n.kind = 'calendar' AND n.id = calendars.id);
