"""An article against the ledger: its claims, the verdict on each, candidate rows for a person."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from filings import ledger, paths
from filings.bounds import IdentifiedSet, reconcile
from filings.claims import lex, text
from filings.claims.claim import Claim
from filings.claims.extract import extract
from filings.claims.judge import Verdict, judge_all, standing, without
from filings.claims.report import Audited
from filings.ledger import Statement
from filings.words import Text


def audit(path: Path, statements: Iterable[Statement], sources: Iterable[str] = ()) -> Audited:
    """An article's file, its claims with the verdict of the ledger on each.

    Parameters
    ----------
    path
        The article as UTF-8 or GB 18030 text.
    statements
        The ledger; what cannot hold beside the rest of it is set aside.
    sources
        Ids of publications that are left out of the evidence.

    Raises
    ------
    TextError
        For a file that cannot be read or is not press text.
    ValueError
        For a source that the ledger does not know.
    """
    try:
        article = text.decode(path.read_bytes(), path.name)
    except OSError as error:
        raise text.TextError(
            f"{path.name}: cannot be read ({error.strerror}); check the path"
        ) from None
    found, rest = extract(article), without(statements, sources)
    kept = reconcile(rest, explain=False).kept if found else ()
    verdicts = judge_all(found, IdentifiedSet(kept)) if found else []
    judged = tuple(zip(found, verdicts, strict=True))
    return Audited(article, judged, found.not_judged, {one.id: one for one in kept})


# --- candidate rows for the ledger ---------------------------------------------------------------


def draft(claims: Iterable[Claim], name: str) -> bytes:
    """Candidate rows in the ledger's form (UTF-8 CSV), for a person to confirm; never read back.

    Parameters
    ----------
    claims
        What a text says. A region is written as its provinces, "most" as a least number, and the
        note says what the ledger's columns cannot.
    name
        What stands as the source of every row; ids are N001 and so on.
    """
    rows = io.StringIO(newline="")
    writer = csv.DictWriter(rows, ledger.COLUMNS, lineterminator="\n")
    writer.writeheader()
    for number, claim in enumerate(claims, start=1):
        notes = ["candidate, to be confirmed"]
        notes += [f"wording: {claim.wording}"] * bool(claim.wording)
        notes += ["batch not stated"] * (not claim.batches)
        most = claim.relation == ">"
        writer.writerow(
            {
                "id": f"N{number:03d}",
                "source": name,
                "kind": claim.kind,
                "place": "+".join(claim.members),
                "batches": claim.written_batches,
                "unit": claim.unit,
                "relation": ">=" if most else claim.relation or "~",
                "value": str(claim.amount + 1) if most else claim.written_value,
                "of": claim.of,
                "phrase": claim.phrase,
                "note": "; ".join(notes),
            }
        )
    return rows.getvalue().encode()


# --- the article that started the project --------------------------------------------------------


def listed(path: Path = paths.ARTICLE_CLAIMS) -> pd.DataFrame:
    """The article's checkable claims as transcribed, indexed by id (data/README.md)."""
    return pd.read_csv(path, dtype=str, keep_default_na=False).set_index("id")


OUTSIDE = {
    "opinion": Text(
        "An opinion: no count bears it out or refutes it.", "属于看法，数字无从证实或否定。"
    ),
    "event": Text(
        "An event: the register records filings, not events.", "属于事件，备案清单不记录事件。"
    ),
    "trend": Text(
        "About a kind of filer; the register counts filings by place and batch.",
        "所说为某类主体；备案清单按地点和批次计数。",
    ),
    "count": Text("A number of something else than filings.", "所说数字不是备案数。"),
}
"""Why a claim that is not about the register lies outside it, by the claim's kind."""


ARTICLE = "S01"
"""The audited article in ``data/raw/sources.csv``."""


def with_and_without() -> tuple[IdentifiedSet, IdentifiedSet]:
    """All tables that agree with the evidence in force, and with it without the article."""
    statements = ledger.sorted_out("used", "set aside", "context")
    others = without(statements, [ARTICLE])
    with_all, alone = (reconcile(rows, explain=False).kept for rows in (statements, others))
    return IdentifiedSet(with_all), IdentifiedSet(alone)


def audited(identified: IdentifiedSet, alone: IdentifiedSet) -> pd.DataFrame:
    """The article's claims and how each stands, by id.

    Parameters
    ----------
    identified, alone
        All tables that agree with the evidence, and with the evidence without the article.

    Returns
    -------
    pandas.DataFrame
        Columns ``phrase`` (the article's words), ``claim`` (in English), ``topic``, ``standing``
        (see `standing`), ``verdict``, ``low``, ``high`` (what all the evidence leaves for the
        claim's quantity), ``verdict_alone``, ``low_alone``, ``high_alone``, ``publications`` (ids
        of those whose statements decide; without the article where they can), ``reason_en``,
        ``reason_zh``.
    """
    claims = listed()
    both = [audit_listed(claims, one) for one in (identified, alone)]
    says = {one.id: one for one in identified.statements}
    rows = []
    for name, row in claims.iterrows():
        full, rest = (found[name] for found in both)
        how = standing(full, rest)
        decide = rest.evidence if how == "confirmed" else full.evidence
        by = dict.fromkeys(source for one in decide for source in ledger.sources(says[one]))
        if how == "confirmed":
            by.pop(ARTICLE, None)
        rows.append(
            (
                *(name, row["phrase"], row["claim_in_english"], row["topic"], how),
                *(full.verdict, full.low, full.high, rest.verdict, rest.low, rest.high),
                *(";".join(by), *full.reason),
            )
        )
    columns = ["id", "phrase", "claim", "topic", "standing", "verdict", "low", "high",
               "verdict_alone", "low_alone", "high_alone", "publications", "reason_en",
               "reason_zh"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).set_index("id")


def audit_listed(listed: pd.DataFrame, register: IdentifiedSet) -> dict[str, Verdict]:
    """The verdict on each claim listed, by id.

    Parameters
    ----------
    listed
        Transcribed claims, as `listed` reads them.
    register
        All tables that agree with the evidence.
    """
    told = {str(name): claim_of(row) for name, row in listed.iterrows()}
    verdicts = iter(judge_all([one for one in told.values() if one], register))
    return {
        name: next(verdicts)
        if claim
        else Verdict("outside the register", None, None, (), OUTSIDE[listed.loc[name, "kind"]])
        for name, claim in told.items()
    }


def claim_of(row: pd.Series) -> Claim | None:
    """The claim of one transcribed row; None if it says nothing that the register counts.

    Parameters
    ----------
    row
        As of `listed`; the wording (近, 绝对优势) is read from its phrase.
    """
    if row["topic"] not in ("register", "catch-up"):
        return None
    phrase = text.plain(row["phrase"])
    said = [token for token in lex.tokens(phrase) if token.kind in ("amount", "share")]
    wording = said[0].wording if said and said[0].relation == row["relation"] else ""
    if row["kind"] == "rank" and "绝对优势" in phrase:
        wording = "绝对优势"
    if row["relation"] == ">":
        wording = "多数"
    batches = ledger.Batches.parse(row["batches"]) if row["batches"] else ledger.Batches()
    value = ledger.KINDS[row["kind"]].read(row["value"])
    return Claim(
        "", "", row["kind"], tuple(row["place"].split("+")), batches, row["unit"], row["relation"],
        value, row["of"], row["phrase"], end=len(row["phrase"]), wording=wording,
    )  # fmt: skip
