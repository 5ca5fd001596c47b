"""What is written is whole when it stands under its name; of a failure nothing stays."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine import troubles


@contextmanager
def beside(place: Path) -> Iterator[Path]:
    """Give a path to write at; afterwards it takes the name of `place`, or is gone."""
    unfinished = place.with_name(f"{place.name}.unfinished")
    _remove(unfinished)
    try:
        yield unfinished
        unfinished.rename(place)
    except OSError as error:
        _remove(unfinished)
        raise _named(error, place) from error
    except sqlite3.Error as error:
        _remove(unfinished)
        told = troubles.of_sqlite(error, place)
        raise (told or error) from error
    except BaseException:
        _remove(unfinished)
        raise


def _named(error: OSError, place: Path) -> OSError:
    """Return the error with a path: a full disk names none."""
    return error if error.filename else OSError(error.errno, error.strerror, str(place))


def _remove(place: Path) -> None:
    if place.is_dir():
        shutil.rmtree(place, ignore_errors=True)
    else:
        place.unlink(missing_ok=True)


def write(place: Path, content: bytes) -> None:
    """Write a file; one that is no plain file, such as a pipe, is written as it stands."""
    if place.exists() and not place.is_file():
        try:
            place.write_bytes(content)
        except OSError as error:
            raise _named(error, place) from error
        return
    with beside(place) as unfinished:
        unfinished.write_bytes(content)
