"""Tests of Node: each file is run once, with the titles of all that is wanted of it."""

import re
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from . import earlier
from .places import NODE_PACKAGE, ROOT, run, tail


def results(wanted):
    """What came of the wanted tests, `{(file, title): problem or None}`."""
    files = {}
    for file, title in wanted:
        files.setdefault(file, []).append(title)
    found = {}
    for file, titles in files.items():
        found |= {(file, title): problem for title, problem in _run(file, titles).items()}
    return found


def _run(file, titles):
    path = ROOT / file
    if not path.is_file():
        return dict.fromkeys(titles, "no such file")
    home = NODE_PACKAGE if path.is_relative_to(NODE_PACKAGE) else path.parent
    # The report of a whole run does not say which file a test stands in, so the file's own text does.
    text = path.read_text(encoding="utf-8")
    shown = earlier.reported("node.xml") if home == NODE_PACKAGE else []
    done = [title for title in titles if title in text and _judge(_called(title, shown)) is None]
    titles = [title for title in titles if title not in done]
    if not titles:
        return dict.fromkeys(done)
    patterns = [f"--test-name-pattern=^{_escaped(title)}$" for title in titles]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        told = ("--test-reporter=junit", f"--test-reporter-destination={report}")
        code, printed = run("node", *told, *patterns, path, cwd=home)
        try:
            cases = list(ElementTree.parse(report).iter("testcase"))
        except (OSError, ElementTree.ParseError):
            return dict.fromkeys(done) | dict.fromkeys(titles, f"it did not run, exit code {code}\n{tail(printed)}")
    return dict.fromkeys(done) | {title: _judge(_called(title, cases)) for title in titles}


def _called(title, cases):
    return [case for case in cases if case.get("name") == title]


def _escaped(title):
    """A title as a regular expression of JavaScript, which knows no escaped letters or spaces."""
    return re.sub(r"([^\w ])", r"\\\1", title)


def _judge(cases):
    # A test that the pattern leaves out is told as one that was skipped.
    if not cases:
        return "no test of this title"
    for case in cases:
        for kind in ("failure", "error", "skipped"):
            said = case.find(kind)
            if said is not None:
                return f"{kind}: {tail(said.get('message') or said.text or '')}"
    return None
