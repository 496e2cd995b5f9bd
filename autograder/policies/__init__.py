"""What a score counts for: late days, penalties, extra credit, extensions, drop-lowest."""
