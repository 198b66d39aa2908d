"""Fields a firm adds to its registers itself: what they are called, what may be written in them, how they are shown.

The values stand in the column ``custom`` of each register, by the fields' keys; the database checks them.
"""
