"""The demonstration network: fictional people, written by the project itself.

What it holds is readable text in `content/`; `network.plan()` makes one value of it,
`papers` renders its documents, `seed.fill` brings them in through the use-cases.
May import the workspace and everything below it; nothing but the command line imports it.
"""
