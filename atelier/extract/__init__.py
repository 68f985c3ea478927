"""Text, pages and metadata out of files, in a bounded process.

May import errors, model, settings, files. `contract` says what is promised, `process` keeps it
from within the server; `server` and the readers run in a process of their own, so neither
`process` nor `media_type` nor `contract` may import a reader: the server stays small.
"""

from atelier.extract.process import open_readers

__all__ = ["open_readers"]
