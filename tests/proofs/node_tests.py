"""Tests of Node: each file is run once, with the titles of all that is wanted of it."""

import re
import tempfile
from pathlib import Path
from xml.etree import ElementTree

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
    patterns = [f"--test-name-pattern=^{_escaped(title)}$" for title in titles]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        told = ("--test-reporter=junit", f"--test-reporter-destination={report}")
        code, printed = run("node", *told, *patterns, path, cwd=home)
        try:
            cases = list(ElementTree.parse(report).iter("testcase"))
        except (OSError, ElementTree.ParseError):
            return dict.fromkeys(titles, f"it did not run, exit code {code}\n{tail(printed)}")
    return {title: _judge([case for case in cases if case.get("name") == title]) for title in titles}


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
