"""HTML pages, one file per family, rendered from `templates/`."""
