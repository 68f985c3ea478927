"""Records: the home of SQL. May import errors, model, settings, files, access.

`engine.py` opens the database and runs units of work; the other files hold the
statements of one family each, as functions of a transaction.
"""
