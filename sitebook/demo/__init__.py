"""The demo: its data, loaded and removed."""
