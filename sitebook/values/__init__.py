"""What may be written in a field and how it is read: one door for pages, API, imports and changes of many records."""
