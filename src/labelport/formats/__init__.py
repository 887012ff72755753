"""One file a format; dropping a file in is the registration."""
