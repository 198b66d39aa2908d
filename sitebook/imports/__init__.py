"""Files in and out: reading, mapping, reporting."""
