"""Makes the generated pages of the docs: `python -m docs.generate` writes them, a test compares them."""
