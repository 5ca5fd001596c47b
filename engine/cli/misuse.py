"""Wrong arguments in Chinese: what the library that reads them says, sentence by sentence.

What it says of a kind not listed here stays as it is: no mistake is hidden for want of words."""

from __future__ import annotations

import re

import click

SAID = tuple(
    (re.compile(pattern), told)
    for pattern, told in (
        (r"Invalid value for (?P<what>.+?): ", r"\g<what> 不对："),
        (r"Invalid value: ", ""),
        (r"Missing argument (?P<what>'[^']+')\.?", r"缺少参数 \g<what>。"),
        (r"Missing option (?P<what>'[^']+')\.?", r"缺少选项 \g<what>。"),
        (r"Missing command\.", "缺少子命令。"),
        (r"Choose from:\s+", "可选："),
        (r"No such option '?(?P<what>[^\s']+?)'?\.", r"没有选项 \g<what>。"),
        (r"No such command '(?P<what>[^']+)'\.", r"没有命令 \g<what>。"),
        (r"Did you mean '?(?P<what>[^'?]+)'?\?", r"是不是 \g<what>？"),
        (r"\(Did you mean one of: (?P<what>.+?)\?\)", r"是不是其中之一：\g<what>？"),
        (r"(?:File|Directory|Path) (?P<what>'[^']*') does not exist\.", r"没有 \g<what>。"),
        (r"\w+ (?P<what>'[^']*') is a directory\.", r"\g<what> 是文件夹，这里要一个文件。"),
        (r"\w+ (?P<what>'[^']*') is a file\.", r"\g<what> 是文件，这里要一个文件夹。"),
        (r"\w+ (?P<what>'[^']*') is not readable\.", r"\g<what> 没有读取权限。"),
        (r"\w+ (?P<what>'[^']*') is not writable\.", r"\g<what> 没有写入权限。"),
        (r"(?P<what>'[^']*') is not (?:one of )?(?P<of>'.+')\.", r"没有 \g<what>；可用：\g<of>。"),
        (r"(?P<what>'[^']*') is not a valid integer( range)?\.", r"\g<what> 不是整数。"),
        (r"(?P<what>\S+) is not in the range (?P<of>.+)\.", r"\g<what> 不在范围 \g<of> 之内。"),
        (
            r"(?P<what>'[^']*') does not match the formats? .+\.",
            r"\g<what> 不是日期；请写成 2026-06-15 的样子。",
        ),
        (r"Got unexpected extra arguments? \((?P<what>.+)\)", r"多出了参数：\g<what>"),
        (r"Option '(?P<what>[^']+)' requires an argument\.", r"选项 \g<what> 后面要写值。"),
        (r"Option '(?P<what>[^']+)' does not take a value\.", r"选项 \g<what> 不带值。"),
    )
)


def sentence(said: str) -> str:
    """Return what the library says in Chinese; our own sentences inside it stay whole."""
    for pattern, told in SAID:
        said = pattern.sub(told, said)
    return said.replace("\t", "").replace(",\n", "、").replace("\n", "")


def show(misuse: click.ClickException, language: str) -> None:
    """Print how the verb is used and what is wrong, on standard error."""
    if language == "en":
        misuse.show()
        return
    if isinstance(misuse, click.exceptions.NoArgsIsHelpError):  # its message is the whole help
        click.echo(misuse.format_message().replace("Usage: ", "用法：", 1), err=True)
        return
    context = getattr(misuse, "ctx", None)
    if context is not None:
        click.echo(context.get_usage().replace("Usage: ", "用法：", 1), err=True)
        click.echo(f"说明：{context.command_path} --help", err=True)
    click.echo(f"错误：{sentence(misuse.format_message())}", err=True)
