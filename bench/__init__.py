"""Benchmarks: what is claimed, measured. `python3 -m bench` lists them.

Each is a module with `run() -> list[Figure]`, makes its own material in a temporary
folder and serves at a port of its own. Not tests: a slow machine breaks no build.
"""
