-- A rebuild can tell which rows were not as the facts give them.

ALTER TABLE book.rebuild ADD COLUMN is_compared boolean NOT NULL DEFAULT false;
ALTER TABLE book.rebuild ADD COLUMN differences jsonb;
