"""Text, pages and metadata out of files, in a bounded process.

May import errors, model, settings, files. `contract` says what is promised, `process` keeps it
from within the server, `complete` adds what outside programs can; `server` and the readers run
in a process of their own, so neither these two nor `media_type` nor `contract` may import a
reader: the server stays small.
"""

from atelier.extract.complete import open_readers_for

__all__ = ["open_readers_for"]
