"""Records: the home of SQL. May import errors, model, settings, files, access.

`engine.py` opens the database and runs units of work, on the `connections` and with the
`transactions` of those files; the others hold the statements of one family each, as
functions of a transaction.
"""
