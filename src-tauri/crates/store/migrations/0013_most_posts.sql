ALTER TABLE calendars ADD COLUMN most_posts INTEGER CHECK (most_posts > 0);
