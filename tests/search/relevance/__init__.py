"""Texts with queries whose answers are known, and how good an order of answers is.

`demo.toml` is of the demonstration; the 2,000 French texts are in `ATELIER_SAMPLES`/corpus.
"""
