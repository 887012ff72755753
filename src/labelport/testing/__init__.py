"""The suites that authors of formats and destinations subclass."""
