"""Doors for programs: the same answers as the pages, in JSON."""
