"""Products: what we sell, fit and look after. An asset is an example of one; parts and supplies are products too."""
