"""``data/datapackage.json``: what data/ holds, as programs read it (Data Package, version 2.0).

Written from the dictionary (``data/README.md``) and from the files themselves, never by hand.
"""

import csv
import json
import re
from pathlib import PurePosixPath

from filings import dictionary, paths
from filings.dictionary import TYPES, Field, Table

_PROFILES = "https://datapackage.org/profiles/2.0"
_LICENCES = (
    {
        "name": "CC-BY-4.0",
        "path": "https://creativecommons.org/licenses/by/4.0/",
        "title": "Creative Commons Attribution 4.0 International",
    },
)
_NUMBERS = ("integer", "number")
"""The types that the standard has, too; values of the others are strings with conditions."""


def descriptor() -> dict:
    """All of data/ in the terms of the standard: one resource a table, in the dictionary's order.

    Raises BrokenDictionaryError as ``dictionary.tables`` does.
    """
    tables = dictionary.tables()
    return {
        "$schema": f"{_PROFILES}/datapackage.json",
        "name": "filings",
        "title": paths.README.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# "),
        "description": dictionary.introduction(),
        "licenses": _LICENCES,
        "sources": _publications(),
        "resources": [_resource(table, tables) for table in tables.values()],
    }


def _publications() -> list[dict]:
    """Every publication on file; with its address, where it has one."""
    with paths.SOURCES.open(encoding="utf-8", newline="") as rows:
        return [
            {"title": row["title"]} | ({"path": row["url"]} if "://" in row["url"] else {})
            for row in csv.DictReader(rows)
        ]


def _resource(table: Table, tables: dict[str, Table]) -> dict:
    path = paths.DATA / table.file
    return {
        "$schema": f"{_PROFILES}/dataresource.json",
        "name": _name(table.file),
        "path": table.file,
        "type": "table",
        "title": table.title,
        "description": table.description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{paths.fingerprint(path)}",
        "licenses": [*_LICENCES, *_others(table)],
        "sources": [
            {"title": source} | ({"path": source} if source in tables else {})
            for source in table.sources
        ],
        "schema": _schema(table),
    }


def _others(table: Table) -> list[dict]:
    """Licences of what the table was taken from, where its sources name one."""
    return [{"name": name} for name in re.findall(r"\((\S+) licence\)", "; ".join(table.sources))]


def _name(file: str) -> str:
    """The resource's name: the file's, which no two folders share."""
    return PurePosixPath(file).stem


def _schema(table: Table) -> dict:
    emptiable = {field.name for field in table.fields if field.optional}
    # No field of a primary key may be empty; a unique key allows it.
    keys = {"uniqueKeys": [table.key]} if emptiable & {*table.key} else {"primaryKey": table.key}
    references = {field.name: field.reference for field in table.fields if field.reference}
    if references:
        keys["foreignKeys"] = [
            {"fields": [name], "reference": {"resource": _name(file), "fields": [target]}}
            for name, (file, target) in references.items()
        ]
    return {
        "$schema": f"{_PROFILES}/tableschema.json",
        "fields": [_field(field, table.key == (field.name,)) for field in table.fields],
        "missingValues": [""],
    } | keys


def _field(field: Field, unique: bool) -> dict:
    conditions = {
        "required": not field.optional,
        "unique": unique,
        "enum": field.choices,
        "pattern": "" if field.type in (*_NUMBERS, "text", "choice") else TYPES[field.type],
    }
    said = {
        "name": field.name,
        "type": field.type if field.type in _NUMBERS else "string",
        "description": field.description,
        "unit": field.unit,
        "constraints": _filled(conditions),
    }
    return _filled(said)


def _filled(properties: dict) -> dict:
    """The properties that say something: false and empty are what is taken without them."""
    return {name: value for name, value in properties.items() if value}


def rendered() -> bytes:
    """The content of the file: the descriptor as JSON."""
    return (json.dumps(descriptor(), ensure_ascii=False, indent=1) + "\n").encode()


def renew() -> None:
    """Write data/datapackage.json anew if all that it tells of is there and it has changed."""
    if not (paths.DICTIONARY.exists() and paths.README.exists() and paths.SOURCES.exists()):
        return
    if not all((paths.DATA / file).exists() for file in dictionary.tables()):
        return
    content = rendered()
    if not paths.DATAPACKAGE.exists() or paths.DATAPACKAGE.read_bytes() != content:
        paths.write(paths.DATAPACKAGE, content)
