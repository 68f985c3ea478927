"""Doors for machines: the job runner, the kinds of jobs, the follower of the index."""
