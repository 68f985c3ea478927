"""Tests of what is written: Markdown read, papers and calendars."""
