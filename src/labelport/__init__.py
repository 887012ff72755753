"""Labelport keeps annotation projects and ships them out."""
