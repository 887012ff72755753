"""A sample project of our own: drawn pictures of a harbour, a clip and a text, with every kind of shape."""
