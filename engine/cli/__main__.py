"""Lets `python -m engine.cli` stand for `ssj`, as the supervisor starts it."""

from engine.cli import main

main()
