"""The log and what it says: the only SQL."""
