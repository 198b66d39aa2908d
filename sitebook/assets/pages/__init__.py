"""The pages of assets beside those that every register has."""
