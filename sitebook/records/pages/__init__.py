"""Pages about one record of any kind."""
