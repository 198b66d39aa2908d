"""Lists people keep: saved views, their columns and which one opens first."""
