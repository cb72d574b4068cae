"""The command ``filings``: each command is a few lines that call a room.

Rooms are imported inside the commands, so that ``filings --help`` and a run with nothing to do
start at once. Bad input ends in one line on stderr and exit code 2.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from filings.bounds import Bounds
    from filings.ledger import Statement

_PATH = click.Path(path_type=Path)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


class BadInputError(click.ClickException):
    """Input that cannot be used, said in one line; where JSON was asked for, as JSON, too."""

    exit_code = 2

    def __init__(self, message: str, as_json: bool = False):
        super().__init__(message)
        self.as_json = as_json

    def show(self, file: IO[Any] | None = None) -> None:
        super().show(file)
        if self.as_json:
            click.echo(_json({"error": self.message}))


@contextmanager
def one_line(as_json: bool = False) -> Iterator[None]:
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
        raise BadInputError(" ".join(str(error).split()), as_json) from error


class Commands(click.Group):
    """The group of commands; every command reports bad input through ``one_line``."""

    def make_context(
        self, info_name: str | None, args: list[str], *rest: Any, **kwargs: Any
    ) -> click.Context:
        as_json = "--json" in args
        with one_line():
            context = super().make_context(info_name, args, *rest, **kwargs)
        context.obj = as_json
        return context

    def invoke(self, ctx: click.Context) -> Any:
        with one_line(bool(ctx.obj)):
            return super().invoke(ctx)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Where in China blockchain information services are registered."""


@main.command()
@click.argument("notebooks", nargs=-1)
@click.option("--force", is_flag=True, help="Run them even if nothing changed.")
def run(notebooks: tuple[str, ...], force: bool) -> None:
    """Run the notebooks that a change can reach (all, or those named and what they need)."""
    from filings.notebook import runner

    _ended(runner.run(notebooks, force))


def _ended(well: bool) -> None:
    if not well:
        raise click.exceptions.Exit(1)


class _Figures(click.Command):
    """A command whose help ends with the names and titles of the figures."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from filings.figures.output import manifest

        rows = [(name, entry["title"]["en"]) for name, entry in manifest().items()]
        if rows:
            with formatter.section("Figures"):
                formatter.write_dl(rows)


@main.command(cls=_Figures)
@click.argument("names", nargs=-1)
@click.option("--lang", type=click.Choice(["en", "zh"]), help="One language; without it, both.")
@click.option("--format", "formats", default="svg,pdf,png", show_default=True, help="Formats.")
@click.option("--width", type=float, metavar="MM", help="Width in millimetres.")
@click.option(
    "--preset",
    type=click.Choice(["single-column", "double-column", "web", "slide", "card"]),
    help="The size of an outlet; card is for social media.",
)
@click.option("--dpi", type=click.IntRange(50, 1200), help="Resolution of the png.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write to; without it figures/, or a folder inside it named after the size.",
)
@click.option("--list", "as_list", is_flag=True, help="Print names and titles, and draw nothing.")
def figures(
    names: tuple[str, ...], lang: str | None, formats: str, width: float | None,
    preset: str | None, dpi: int | None, out: Path | None, as_list: bool,
) -> None:  # fmt: skip
    """Draw figures again from their numbers (all, or those named), without the notebooks."""
    from filings.figures import export, manifest

    if as_list:
        for name, entry in manifest().items():
            click.echo(f"{name:<24}  {entry['title'][lang or 'en']}")
        return
    langs = (lang,) if lang else ("en", "zh")
    for path in export(names, langs, formats.split(","), width, preset, dpi, out):
        click.echo(path)


@main.command()
@click.argument("names", nargs=-1, metavar="[BATCH]...")
@click.option("--address", default="", help="Fetch the one list named from there.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def fetch(names: tuple[str, ...], address: str, force: bool) -> None:
    """Download official lists into data/raw/lists (a batch as a number, or a list's name).

    Without a name, every list with an address in data/reference/official_lists.csv. No address
    could be tried when this was made; where none is on file, the error says what to search for.
    Nothing else fetches anything.
    """
    from filings.lists.fetch import FetchError, official
    from filings.lists.fetch import fetch as fetched

    if address and len(names) != 1:
        raise click.UsageError("--address goes with one list; name it")
    known = official()
    chosen = names or known.index[known["attachment"] != ""]
    if not len(chosen):
        click.echo(
            "no list has an address on file; name a batch to see what to search for", err=True
        )
    failed = not len(chosen)
    for name in chosen:
        try:
            click.echo(fetched(name, address, force=force))
        except FetchError as error:
            failed = True
            click.echo(f"Error: {error}", err=True)
    if failed:
        raise click.exceptions.Exit(1)


@main.command()
@click.argument("numbers", nargs=-1, required=True, metavar="NUMBER...")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def number(numbers: tuple[str, ...], as_json: bool) -> None:
    """Say what filing numbers tell and whether they can be real; exit code 1 if one can't."""
    from filings.lists.numbers import describe, in_words

    said = [describe(text) for text in numbers]
    lines = [_json(said)] if as_json else map(in_words, said)
    click.echo("\n".join(lines))
    if not all(each["valid"] for each in said):
        raise click.exceptions.Exit(1)


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=_PATH)
@click.option("--out", required=True, type=_PATH, help="Folder for the tables.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def ingest(files: tuple[Path, ...], out: Path, as_json: bool) -> None:
    """Read official lists into entries.csv, quarantine.csv and entity_history.csv.

    A list that can't be read is one line on stderr and exit code 2; the others are read.
    """
    from filings import lists

    read = lists.ingest(files, out, progress=True)
    said = [each.summary for each in read.lists]
    for line in [_json(said)] if as_json else map(lists.in_words, said):
        click.echo(line)
    for error in read.errors:
        click.echo(f"Error: {error}", err=True)
    if read.errors:
        raise click.exceptions.Exit(BadInputError.exit_code)


@main.command()
@click.argument("file", type=_PATH)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@click.option(
    "--without",
    "sources",
    multiple=True,
    metavar="SOURCE",
    help="Leave out what only this source says (S01; may be given again, or as S01,S07).",
)
@click.option("--draft", type=_PATH, help="Write candidate rows for the ledger to this file.")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
def audit(
    file: Path, as_json: bool, sources: tuple[str, ...], draft: Path | None, lang: str
) -> None:
    """Find what a press article in Chinese claims about the register and judge each claim.

    Numbers of which no claim was made are listed on stderr, with the reason.
    """
    from filings import claims, lists, paths

    named = [name.strip() for given in sources for name in given.split(",")]
    found = claims.audit(file, lists.evidence()[0], named)
    if draft:
        paths.write(draft, claims.draft((claim for claim, _ in found.judged), file.stem))
    click.echo(_json(found.as_json()) if as_json else found.in_words(lang))
    for line in found.left_out(lang):
        click.echo(line, err=True)


_LEDGER = click.option(
    "--statements", "path", type=_PATH, help="A ledger of your own, in place of the one on file."
)


def _kept(path: Path | None) -> "tuple[tuple[Statement, ...], bool]":
    """The statements that can hold together, and whether notebooks 01 and 02 sorted the same ones.

    Those set aside are named on stderr.
    """
    from filings import ledger, lists, paths
    from filings.bounds import reconcile

    statements = lists.evidence(path or paths.STATEMENTS)[0]
    aside = ledger.known_to_clash(statements)
    sorted_before = aside is not None
    if aside is None:
        found = reconcile(statements, explain=False).set_aside
        aside = tuple(item.statement.id for item in found)
    if aside:
        ids = ", ".join(aside)
        click.echo(f"set aside as contradicted: {ids} (filings conflicts says why)", err=True)
    kept = tuple(one for one in statements if one.binds and one.id not in aside)
    return kept, sorted_before


@main.command()
@click.argument("queries", nargs=-1, required=True, metavar="QUERY...")
@_LEDGER
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@click.option("--witness", is_flag=True, help="Add a full table of counts for each end.")
def bounds(queries: tuple[str, ...], path: Path | None, as_json: bool, witness: bool) -> None:
    """Lowest and highest value of sums, unit:places:batches (services:四川+重庆:2-3)."""
    from filings.bounds import IdentifiedSet, Sum

    asked = [Sum.parse(query) for query in queries]
    register = IdentifiedSet(_kept(path)[0], asked)
    rows = _rows(queries, register.bounds(asked))
    if witness:
        for row, question in zip(rows, asked, strict=True):
            row["witness"] = {
                end: register.witness(question, end).as_dict() for end in ("low", "high")
            }
    _say(rows, as_json)


def _rows(queries: Iterable[str], found: "Iterable[Bounds]") -> list[dict[str, Any]]:
    return [
        {"query": query, "low": answer.low, "high": answer.high, "proven": answer.proven}
        for query, answer in zip(queries, found, strict=True)
    ]


def _say(rows: list[dict[str, Any]], as_json: bool) -> None:
    """Queries with the ends of their answers, as JSON or a line each."""
    if as_json:
        click.echo(_json(rows))
        return
    for row in rows:
        low, high = row["low"], row["high"]
        ends = f"{low}" if low == high else f"{low} to {'open' if high is None else high}"
        click.echo(f"{row['query']}\t{ends}{'' if row['proven'] else ' (not proven)'}")
        for end, table in row.get("witness", {}).items():
            click.echo(f"  {end}: {json.dumps(table, ensure_ascii=False)}")


@main.command()
@click.argument("queries", nargs=-1, required=True, metavar="NAME:BATCHES...")
@_LEDGER
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def measure(queries: tuple[str, ...], path: Path | None, as_json: bool) -> None:
    """Lowest and highest value of measures over the 31 provinces (hhi:1, gini:1-3, cr4:2)."""
    from filings.bounds import IdentifiedSet, parse_measure, proven_before

    asked = [parse_measure(query) for query in queries]
    kept, sorted_before = _kept(path)
    known = proven_before() if sorted_before else {}
    if any(one not in known for one in asked):
        register = IdentifiedSet(kept)
        known |= {one: register.measure(*one) for one in asked if one not in known}
    found = [known[one] for one in asked]
    _say(_rows(queries, found), as_json)


@main.command()
@click.argument("queries", nargs=-1, required=True, metavar="QUERY...")
@_LEDGER
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
def likely(queries: tuple[str, ...], path: Path | None, as_json: bool, lang: str) -> None:
    """What is likely on each of six assumptions, beside what is proven.

    Of counts (services:四川+重庆:2-3) or of shares of all services (share:四川+重庆:2-3). The
    assumptions are models, no evidence: `filings bounds` says what the evidence alone leaves.
    """
    from filings import likely
    from filings.bounds import Sum

    asked = [Sum.parse(query.replace("share:", "services:", 1)) for query in queries]
    if any(question.unit != "services" for question in asked):
        raise ValueError("only services are drawn; write services: or share:")
    batches = {1, 2, 3, 4, 5}.union(*(question.batches for question in asked))
    feasible = likely.Feasible(_kept(path)[0], sorted(batches))
    drawn = likely.draws(feasible)
    said = []
    for query, question in zip(queries, asked, strict=True):
        share = query.startswith("share:")
        table = likely.summary(drawn, question.places, question.batches, share)
        said += [{"query": query} | row for row in table.to_dict("records")]
    click.echo(_json(said) if as_json else "\n".join(likely.in_words(said, lang)))


@main.command()
@click.argument("query")
@_LEDGER
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
def why(query: str, path: Path | None, as_json: bool, lang: str) -> None:
    """Which statements force both ends of a sum (services:四川:1) or a measure (hhi:1)."""
    from filings import words
    from filings.bounds import IdentifiedSet, Sum, parse_measure, why, why_measure

    kept, _ = _kept(path)
    if query.count(":") == 2:
        asked = Sum.parse(query)
        reasons = why(IdentifiedSet(kept, [asked]), asked)
    else:
        reasons = why_measure(IdentifiedSet(kept), *parse_measure(query))
    if as_json:
        ends = {
            end: {"value": one.value, "because": [s.id for s in one.because],
                  "smallest": one.smallest}
            for end, one in reasons.items()
        }  # fmt: skip
        click.echo(_json({"query": query} | ends))
    else:
        for end, one in reasons.items():
            click.echo(words.forced(end, one.value, one.because, one.smallest, lang))


@main.command()
@_LEDGER
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
def conflicts(path: Path | None, as_json: bool, lang: str) -> None:
    """The lightest set of statements to set aside so that the rest can hold, and why."""
    from filings import lists, paths
    from filings.bounds import reconcile

    found = reconcile(lists.evidence(path or paths.STATEMENTS)[0]).set_aside
    if as_json:
        rows = [
            {
                "id": item.statement.id,
                "weight": item.weight,
                "clashes_with": [other.id for other in item.clashes_with],
                "words": item.words(lang),
            }
            for item in found
        ]
        click.echo(_json({"set_aside": rows}))
        return
    none = "没有互相矛盾的说法。" if lang == "zh" else "no statement contradicts the others"
    click.echo("\n".join(item.words(lang) for item in found) or none)


@main.command()
@click.argument("names", nargs=-1, required=True, metavar="PLACE...")
@click.option(
    "--lang",
    type=click.Choice(["en", "zh"]),
    help="Its language, which later runs keep; without it, the one it has (English).",
)
def case(names: tuple[str, ...], lang: str | None) -> None:
    """Make the case study of any province, city or county, and no other.

    It is notebooks/cases/PLACE.ipynb; the next whole run compares it with the others.
    """
    from filings import cases
    from filings.notebook import runner

    _ended(runner.study((cases.find(name).name for name in names), lang))


@main.command()
def site() -> None:
    """Build the static site in site/ from the files on record; no notebook is run."""
    from filings import site

    click.echo(f"built: open {site.build() / 'index.html'}")
