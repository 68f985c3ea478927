"""Papers: Markdown read as blocks, blocks written as ODT and PDF, meetings as calendars.

May import errors and model. `contract` says what is promised, `process` keeps it from within
the server; `__main__`, `odt`, `pdf` run in a process of their own, so that the server never
imports what writes PDF.
"""
