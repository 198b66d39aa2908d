"""Photos and documents about a record: stored once, examined before they are kept, served through the row policies."""
