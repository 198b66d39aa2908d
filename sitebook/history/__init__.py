"""Who changed what, when, through what; append-only and sealed."""
