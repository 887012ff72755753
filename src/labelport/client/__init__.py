"""The SDK: the same calls on a local workspace and, through another transport, on a server."""
