"""What a record is and what happens to one: its stamps, its edit, its archiving, facts that change over time."""
