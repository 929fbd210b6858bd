"""Tests of Python: one pytest for each environment, with the names of all that is wanted of it."""

import tempfile
from pathlib import Path
from xml.etree import ElementTree

from . import earlier
from .places import OPENAPI_VENV, PYTHON_PACKAGE, ROOT, VENV, run, tail

# Which environment has what a folder's tests import.
HOMES = {PYTHON_PACKAGE: VENV, ROOT / "tests" / "openapi": OPENAPI_VENV, ROOT / "tests": VENV}
# The report of a whole run of a folder's tests.
REPORTS = {PYTHON_PACKAGE: "python.xml", ROOT / "tests" / "openapi": "openapi.xml"}


def results(wanted):
    """What came of the wanted tests, `{(file, name): problem or None}`."""
    homes = {}
    for file, name in wanted:
        home = next((home for home in HOMES if (ROOT / file).is_relative_to(home)), None)
        homes.setdefault(home, []).append((file, name))
    found = {}
    for home, several in homes.items():
        found |= _run(home, several) if home else {each: "no environment for this file" for each in several}
    return found


def _run(home, wanted):
    there = sorted({file for file, _ in wanted if (ROOT / file).is_file()})
    found = {each: "no such file" for each in wanted if each[0] not in there}
    shown = earlier.reported(REPORTS.get(home, "none.xml"))
    found |= {each: None for each in wanted if each[0] in there and _problem(home, each, shown) is None}
    left = [each for each in wanted if each not in found]
    there = sorted({file for file, _ in left})
    if not left:
        return found
    python = HOMES[home] / "bin" / "python"
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        names = " or ".join(sorted({name.split("::")[-1] for _, name in left}))
        options = ("-q", "-p", "no:cacheprovider", f"--junitxml={report}", "-k", names)
        _, printed = run(python, "-m", "pytest", *options, *(ROOT / file for file in there), cwd=home)
        cases = list(ElementTree.parse(report).iter("testcase")) if report.is_file() else []
    if not cases:
        return found | {each: f"no test of this name\n{tail(printed)}" for each in left}
    return found | {each: _problem(home, each, cases) for each in left}


def _problem(home, wanted, cases):
    """What came of a test, by a report; None where it passed."""
    file, name = wanted
    module = ".".join((ROOT / file).relative_to(home).with_suffix("").parts)
    return _judge([case for case in cases if _is(case, module, name)])


def _is(case, module, name):
    """Whether a result is that of a test, with whatever parameters."""
    place = case.get("classname", "").split(".")
    words = module.split(".")
    return place[: len(words)] == words and case.get("name", "").partition("[")[0] == name.split("::")[-1]


def _judge(cases):
    if not cases:
        return "no test of this name"
    for case in cases:
        for kind in ("failure", "error", "skipped"):
            said = case.find(kind)
            if said is not None:
                return f"{case.get('name')}: {kind}: {tail(said.get('message') or said.text or '')}"
    return None
