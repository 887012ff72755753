"""The language: frozen values that every other part speaks. Import from the modules; they are small."""
