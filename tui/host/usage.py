"""What is wrong with a command line, in the operator's language."""

from __future__ import annotations

from typer._click import exceptions as click

from db.language import Message, _, say
from tui.host.tongue import LANGUAGE

Usage = click.UsageError


def in_words(usage: click.UsageError) -> str:
    """The mistake, and where help is; of a command without any word, its help."""
    if isinstance(usage, click.NoArgsIsHelpError) and usage.ctx is not None:
        return usage.ctx.get_help()
    said = say(_mistake(usage), LANGUAGE)
    path = usage.ctx.command_path if usage.ctx is not None else "mingce"
    advice = say(_("Try `{command} --help`.", command=path), LANGUAGE)
    return f"{said}\n{advice}"


def _mistake(usage: click.UsageError) -> Message:
    if isinstance(usage, click.MissingParameter):
        return _("{name} is missing.", name=_name(usage))
    if isinstance(usage, click.NoSuchOption):
        return _("There is no option {name}.", name=usage.option_name)
    if isinstance(usage, click.BadParameter):
        return _("{name} can't be that.", name=_name(usage))
    if isinstance(usage, click.BadOptionUsage):
        return _("{name} needs a value.", name=usage.option_name)
    return _("There is no such command, or too many words.")


def _name(usage: click.BadParameter) -> str:
    if usage.param is None:
        return "?"
    option = next((one for one in usage.param.opts if one.startswith("--")), "")
    return option or str(getattr(usage.param, "metavar", None) or usage.param.name)
