"""Atelier: a shared document workspace for professional networks.

The floors of this house, from the ground up; imports only go down:
`errors < model, settings, files < access < database, blobs, search, extract
< workspace < web, worker < app < cli < __main__`. `tests/test_house.py` holds them.
"""

__version__ = "0.1.0"
