"""The use-cases. Every door calls these; they call the engines' contracts and `access`.

A use-case is `async def verb(ws, actor, …) -> model value`: enter, change records in one
transaction, note the journal, queue jobs, return a value. `reading` and `upkeep` have no
actor: only the worker, the command line and the builder of the application import them.
"""
