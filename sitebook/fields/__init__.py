"""Fields a firm adds to its registers itself."""
