"""CITATION.cff: of the form that version 1.2.0 asks for, and in step with the other files."""

import re
import tomllib

import jsonschema
import pytest
import yaml
from filings import paths

TEXT = {"type": "string", "minLength": 1}
FORM = {
    "type": "object",
    # What the format requires; and of what it allows, what is used here.
    "required": ["cff-version", "message", "title", "authors"],
    "additionalProperties": False,
    "properties": {
        "cff-version": {"const": "1.2.0"},
        "message": TEXT,
        "title": TEXT,
        "abstract": TEXT,
        "type": {"enum": ["software", "dataset"]},
        "version": TEXT,
        "license": {"enum": ["MIT"]},
        "keywords": {"type": "array", "minItems": 1, "uniqueItems": True, "items": TEXT},
        "authors": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["name"],
                "additionalProperties": False,
                "properties": {"name": TEXT},
            },
        },
    },
}


def citation() -> dict:
    return yaml.safe_load((paths.ROOT / "CITATION.cff").read_text("utf-8"))


def project() -> dict:
    return tomllib.loads((paths.ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_it_has_the_form_of_the_format():
    jsonschema.validate(citation(), FORM)


@pytest.mark.parametrize(
    "spoilt",
    [{"cff-version": "1.1.0"}, {"authors": []}, {"authors": [{"alias": "x"}]}, {"doi": "10.1/x"}],
)
def test_another_form_is_refused(spoilt):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(citation() | spoilt, FORM)


def test_it_agrees_with_the_other_files():
    said, other = citation(), project()
    holder = re.search(r"^Copyright \(c\) \d{4} (.*)$", (paths.ROOT / "LICENSE").read_text(), re.M)
    readme = paths.README.read_text("utf-8")
    assert said["title"] == readme.partition("\n")[0].removeprefix("# ")
    assert said["authors"] == [{"name": holder[1]}]
    assert said["version"] == other["version"]
    assert said["abstract"] == other["description"]
    assert said["license"] == other["license"]
    assert "CC BY 4.0" in said["message"] and "[CC BY 4.0]" in readme
