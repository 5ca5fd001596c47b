"""JSON Schema 2020-12 form files as pages: read, render, parse, check, show the answers.

One validator, the schema itself, on the server; every page works without a script.
"""
