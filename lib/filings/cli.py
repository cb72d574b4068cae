"""The command ``filings``: each command is a few lines that call a room.

Rooms are imported inside the commands, so that ``filings --help`` and a run with nothing to do
start at once. Bad input ends in one line on stderr and exit code 2.
"""

from contextlib import contextmanager

import click


class BadInput(click.ClickException):
    """Input that cannot be used, said in one line."""

    exit_code = 2


@contextmanager
def one_line():
    """Turn an input error of the library, or a wrong option, into one line and exit code 2."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        error.ctx = None  # leaves out the usage lines that click puts above the message
        raise
    except BrokenPipeError:
        raise
    except (ValueError, OSError) as error:
        raise BadInput(" ".join(str(error).split())) from error


class Commands(click.Group):
    """The group of commands; every command reports bad input through ``one_line``."""

    def make_context(self, *args, **kwargs):
        with one_line():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx):
        with one_line():
            return super().invoke(ctx)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main():
    """Where in China blockchain information services are registered."""


@main.command()
@click.argument("notebooks", nargs=-1)
@click.option("--force", is_flag=True, help="Run them even if nothing changed.")
def run(notebooks, force):
    """Run the notebooks that a change can reach (all, or those named and what they need)."""
    from filings import run

    if not run.run(notebooks, force):
        raise click.exceptions.Exit(1)
