"""Faults and conformance cases: each runner is started once, with the names of all that is wanted of it."""

import re

from . import earlier
from .places import TARGET, TESTEES, load, run, tail, testees


def case_results(names):
    """What came of conformance cases in every language, `{name: problem or None}`."""
    found = {name: None if _has_case(name) else "no such case" for name in names}
    shown = earlier.printed("four-languages")
    there = sorted(name for name, problem in found.items() if problem is None and _case(name, shown))
    if there:
        options = ("--spec", "tests/spec", "--only", ",".join(there))
        _, printed = run(TARGET / "debug" / "penbox-conformance", *testees(), *options)
        found |= {name: _case(name, printed) for name in there}
    return found


def _case(name, printed):
    """What came of a case, by what the runner printed; None where it holds in every language."""
    return _judge(re.search(rf"^{re.escape(name)} +(\S.*)$", printed, re.M), r"\S+", {"ok"}, name, printed)


def _has_case(name):
    """Whether there is a case of this name: a file, or a row of it, `folder/file[row]`. The runner refuses a run for one name that it
    does not know."""
    file, _, row = name.partition("[")
    case = load(f"tests/conformance/cases/{file}.json") or {}
    rows = case.get("rows")
    return bool(case) and row in ([f"{each['name']}]" for each in rows] if rows else [""])


def fault(identity):
    """A fault's case; nothing where there is none, or where it waits for something."""
    found = load(f"tests/faults/cases/{identity}.json") or {}
    return {} if "waits_for" in found else found


def own_tests(identity):
    """The tests outside the matrix that a fault has, as `(file, name)`."""
    return [(own["file"], name) for own in fault(identity).get("tested_by", []) for name in own["tests"]]


def fault_results(identities):
    """What came of faults in the matrix, `{id: problem or None}`: in Rust, or in the first language that can meet it. A fault
    that has only tests of its own holds here."""
    found = {}
    groups = {}
    for identity in identities:
        case = fault(identity)
        if _held(identity):
            found[identity] = None
        elif case.get("variants"):
            groups.setdefault(_language(case), []).append(identity)
        else:
            found[identity] = None if own_tests(identity) else "no such fault, or it is not tried yet"
    for language, several in groups.items():
        _, printed = run(TARGET / "debug" / "penbox-faults", *testees(language), "--only", ",".join(several))
        for identity in several:
            row = re.search(rf"^{re.escape(identity)} +(ok|own test|\S+) ", printed, re.M)
            found[identity] = _judge(row, r"ok|own test|\S+", {"ok", "own test"}, identity, printed)
    return found


def _held(identity):
    """Tells whether the whole matrix has shown before, in this run, that a fault does no harm in any language."""
    cells = rf"((?:(?:ok|own test|-) +){{{len(TESTEES)}}})"
    row = re.search(rf"^{re.escape(identity)} +{cells}", earlier.printed("fault-matrix-four-languages"), re.M)
    return row is not None and re.search("ok|own test", row[1]) is not None


def _language(case):
    surfaces = case.get("surfaces") or ["rust"]
    return "rust" if "rust" in surfaces else surfaces[0]


def _judge(row, cell, good, name, printed):
    if row is None:
        return f"it did not run\n{tail(printed)}"
    if all(word in good for word in re.findall(cell, row[1])):
        return None
    return f"it failed\n{_said(name, printed)}"


def _said(name, printed):
    """What a runner says of one row, behind its table."""
    parts = re.findall(rf"^FAIL {re.escape(name)} .*\n(?:  .*\n)*", printed, re.M)
    return tail("".join(parts)) or tail(printed)
