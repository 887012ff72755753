"""The use cases, entered by one door."""
