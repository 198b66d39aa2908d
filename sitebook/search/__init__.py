"""One search for everything: an entry a record, written by the database in the same transaction."""
