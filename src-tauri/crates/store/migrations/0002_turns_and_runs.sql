ALTER TABLE targets ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;

ALTER TABLE attempts ADD COLUMN handle TEXT CHECK (handle IS NULL OR json_valid(handle));

CREATE VIRTUAL TABLE posts_runs USING fts5 (
  text, content = '', contentless_delete = 1, tokenize = 'trigram remove_diacritics 1'
);

CREATE VIRTUAL TABLE posts_runs_terms USING fts5vocab (posts_runs, instance);

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

CREATE TRIGGER posts_runs_added AFTER INSERT ON posts
BEGIN
  INSERT INTO posts_runs (rowid, text) SELECT pk, text FROM posts_running WHERE pk = new.pk;
END;

CREATE TRIGGER posts_runs_changed AFTER UPDATE OF title, segments, notes, labels ON posts
WHEN old.title IS NOT new.title OR old.segments IS NOT new.segments OR old.notes IS NOT new.notes OR old.labels IS NOT new.labels
BEGIN
  DELETE FROM posts_runs WHERE rowid = new.pk;
  INSERT INTO posts_runs (rowid, text) SELECT pk, text FROM posts_running WHERE pk = new.pk;
END;

CREATE TRIGGER posts_runs_removed AFTER DELETE ON posts
BEGIN
  DELETE FROM posts_runs WHERE rowid = old.pk;
END;

CREATE TRIGGER targets_runs_added AFTER INSERT ON targets WHEN new.own_segments IS NOT NULL
BEGIN
  DELETE FROM posts_runs WHERE rowid = (SELECT pk FROM posts WHERE id = new.post_id);
  INSERT INTO posts_runs (rowid, text) SELECT pk, text FROM posts_running WHERE id = new.post_id;
END;

CREATE TRIGGER targets_runs_changed AFTER UPDATE OF own_segments ON targets WHEN old.own_segments IS NOT new.own_segments
BEGIN
  DELETE FROM posts_runs WHERE rowid = (SELECT pk FROM posts WHERE id = new.post_id);
  INSERT INTO posts_runs (rowid, text) SELECT pk, text FROM posts_running WHERE id = new.post_id;
END;

CREATE TRIGGER targets_runs_removed AFTER DELETE ON targets WHEN old.own_segments IS NOT NULL
BEGIN
  DELETE FROM posts_runs WHERE rowid = (SELECT pk FROM posts WHERE id = old.post_id);
  INSERT INTO posts_runs (rowid, text) SELECT pk, text FROM posts_running WHERE id = old.post_id;
END;

INSERT INTO posts_runs (rowid, text) SELECT pk, text FROM posts_running;
