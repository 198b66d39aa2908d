"""What every register has: records, their lists, forms, files, programs, ids elsewhere."""
