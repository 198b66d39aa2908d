"""Assets: one machine each, who owns it, where it stands, what it is mounted on."""
