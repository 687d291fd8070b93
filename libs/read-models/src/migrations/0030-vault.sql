-- What is known of persons, apart from the book: it can be erased, and nothing makes it again.

CREATE SCHEMA vault;

-- Names of those who hold credentials.
CREATE TABLE vault.actor (
  id text PRIMARY KEY,
  name text NOT NULL,
  -- Whose people it is; absent: of the whole book.
  operator text
);
