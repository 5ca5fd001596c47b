"""`ssj`, the command line: exit 0 ok, 1 found problems, 2 misuse; messages by locale."""

from __future__ import annotations

import sys
from typing import NoReturn

import click
from sqlalchemy.exc import SQLAlchemyError

from engine import troubles
from engine.cli import (
    calendars,
    check,
    demonstrate,
    draws,
    failures,
    laws,
    offices,
    operate,
    oversight,
    people,
    records,
    registries,
)
from engine.cli import misuse as complaint
from engine.cli.speech import language
from engine.errors import ProductError
from rules.errors import RulesError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def group() -> None:
    """双随机 shuangsuiji：双随机、一公开检查系统的命令行。"""


for part in (
    operate,
    people,
    records,
    oversight,
    failures,
    registries,
    calendars,
    check,
    laws,
    draws,
    offices,
    demonstrate,
):
    part.attach(group)

STOPPED = {
    "zh": "已中断：没有做完的一步不留痕迹。",
    "en": "Stopped: a step that was not finished leaves nothing behind.",
}


def main() -> None:
    """Run `ssj`; what a person can mend is one sentence, never a stack trace."""
    try:
        group.main(prog_name="ssj", standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.exceptions.Abort:
        click.echo(STOPPED[language()], err=True)
        sys.exit(130)
    except click.ClickException as misuse:
        complaint.show(misuse, language())
        sys.exit(2)
    except ProductError as error:
        _end(error)
    except RulesError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except OSError as error:
        _end(troubles.of_machine(error))
    except SQLAlchemyError as error:
        told = troubles.of_database(error)
        if told is None:
            raise
        _end(told)


def _end(error: ProductError) -> NoReturn:
    click.echo(error.sentence(language()), err=True)
    sys.exit(1)
