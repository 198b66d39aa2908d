"""What takes longer than a test: kills during writes, and a backup under load. Run with ``make drill``."""
