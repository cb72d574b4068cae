"""Fetching official lists: from a server on this machine that also misbehaves."""

import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner
from filings import paths
from filings.cli import main
from filings.lists import fetch as fetching

DOCUMENT = b"PK\x03\x04" + bytes(range(256)) * 200


class Server(BaseHTTPRequestHandler):
    def do_GET(self):
        length, kind, body, status = len(DOCUMENT), "application/octet-stream", DOCUMENT, 200
        match self.path.removeprefix("/").partition(".")[0]:
            case "missing":
                return self.send_error(404)
            case "page":
                body = b"\n<!DOCTYPE html><title>verify</title>"
                length = len(body)
            case "typed":
                kind = "text/html; charset=utf-8"
            case "cut":
                body = DOCUMENT[:20_000]
            case "long":
                length = 10**9
            case "empty":
                body, length = b"", 0
            case "slow":
                length = None
            case "endless":
                length = None
                body = DOCUMENT * 20
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        try:
            if "slow" in self.path:
                for at in range(0, 400, 40):
                    self.wfile.write(body[at : at + 40])
                    self.wfile.flush()
                    time.sleep(0.1)
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()


def fetch(tmp_path, address, **more):
    options = {"attempts": 1, "largest": 500_000, "patience": 0.5, **more}
    return fetching.fetch("3", address, folder=tmp_path, **options)


def test_a_list_is_there_whole_with_its_record(server, tmp_path):
    file = fetch(tmp_path, f"{server}/list.docx?x=1")
    assert file == tmp_path / "batch-3.docx" and file.read_bytes() == DOCUMENT
    record = json.loads((tmp_path / ".batch-3.docx.json").read_text("utf-8"))
    assert record["sha256"] == hashlib.sha256(DOCUMENT).hexdigest()
    assert record["address"] == f"{server}/list.docx?x=1" and record["bytes"] == len(DOCUMENT)
    assert record["fetched"].endswith("+00:00")


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("missing.docx", "404"),
        ("page.docx", "a web page in place of the document"),
        ("typed.docx", "a web page in place of the document"),
        ("cut.docx", "cut off after"),
        ("long.docx", "1000000000 bytes, more than the 500000"),
        ("endless.docx", "more than the 500000 bytes"),
        ("empty.docx", "an empty file"),
        ("slow.docx", "not there after 0.5 seconds"),
    ],
)
def test_a_server_that_misbehaves_leaves_one_line_and_no_file(path, says, server, tmp_path):
    with pytest.raises(fetching.FetchError) as refused:
        fetch(tmp_path, f"{server}/{path}")
    said = str(refused.value)
    assert says in said and said.startswith("batch-3: ") and "\n" not in said
    assert list(tmp_path.iterdir()) == []


def test_nobody_at_the_address(tmp_path):
    with pytest.raises(fetching.FetchError, match="try again"):
        fetch(tmp_path, "http://127.0.0.1:9/list.docx")


def test_nothing_is_replaced_unless_asked(server, tmp_path):
    (tmp_path / "batch-3.docx").write_bytes(b"mine")
    with pytest.raises(fetching.FetchError, match="--force"):
        fetch(tmp_path, f"{server}/list.docx")
    assert (tmp_path / "batch-3.docx").read_bytes() == b"mine"
    with pytest.raises(fetching.FetchError):
        fetch(tmp_path, f"{server}/missing.docx", force=True)
    assert (tmp_path / "batch-3.docx").read_bytes() == b"mine"
    assert fetch(tmp_path, f"{server}/list.docx", force=True).read_bytes() == DOCUMENT


def test_a_list_of_a_sister_register_has_a_folder_of_its_own(server, tmp_path):
    file = fetching.fetch("algorithm-2022-08", f"{server}/list.docx", folder=tmp_path)
    assert file == tmp_path / "algorithm" / "algorithm-2022-08.docx"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["3"], 1, "search www.cac.gov.cn for “第三批"),
        (["77"], 1, "no list 'batch-77' is on file"),
        (["--address", "http://127.0.0.1:9/"], 2, "name it"),
    ],
)
def test_the_command_says_what_to_do(arguments, code, says):
    done = CliRunner().invoke(main, ["fetch", *arguments])
    assert done.exit_code == code and says in done.output
    assert len(done.output.strip().splitlines()) == 1


def test_the_command_ends_with_1_where_the_server_fails(server):
    done = CliRunner().invoke(main, ["fetch", "3", "--address", f"{server}/page.docx"])
    assert done.exit_code == 1 and "web page" in done.output
    assert not (paths.LISTS / "batch-3.docx").exists()


def test_every_list_counted_is_on_the_list_of_lists():
    counted = {
        line.split(",")[0] for line in paths.SISTER_COUNTS.read_text("utf-8").splitlines()[1:]
    }
    assert counted <= set(fetching.official().index)
