"""Our own organisation: its name, country, zone, language and currency."""
