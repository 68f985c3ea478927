"""FLOOR 5 · doors for people and programs. May import workspace, access, model, errors."""
