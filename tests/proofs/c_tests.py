"""Programs of C and C++: those of tests/c, as tests/c/run builds and runs them, once natively."""

import re
from pathlib import Path

from . import earlier
from .places import ROOT, read, run, tail

LINE = re.compile(r"^(ok|FAILED) +(.*) \([\d.]+ s\)$", re.M)


def results(wanted):
    """What came of the wanted programs, `{(file, name): problem or None}`. Of the suite's own tests `name` is what it prints; of
    a program it is the program's, or a function in it."""
    found = {each: _absent(*each) for each in wanted}
    labels = {each: _label(*each) for each, problem in found.items() if problem is None}
    shown = earlier.printed("c-and-c-")
    left = {each: label for each, label in labels.items() if _problem(label, shown)}
    if left:
        _, printed = run(ROOT / "tests" / "c" / "run", "only", *sorted(set(left.values())))
        found |= {each: _problem(label, printed) for each, label in left.items()}
    return found


def _problem(label, printed):
    """What came of a program, by what the suite printed; None where it ran well."""
    lines = LINE.findall(printed)
    mine = [(mark, said) for mark, said in lines if said == label or re.match(rf"{re.escape(label)}[: ]", said)]
    ran = [said for _, said in mine if not said.endswith(": compiles")]
    failed = [said for mark, said in mine if mark == "FAILED"]
    return f"{failed[0] if failed else 'nothing'} ran well\n{tail(printed)}" if failed or not ran else None


def _label(file, name):
    path = Path(file)
    return name if path.suffix == ".py" else path.name


def _absent(file, name):
    text = read(file)
    if not text:
        return "no such file"
    path = Path(file)
    if path.suffix == ".py" or name in (path.name, path.stem):
        return None
    # The compiler refuses a function that nobody calls, so one that stands there is run.
    return None if re.search(rf"^[a-z].*\b{re.escape(name)}\(", text, re.M) else "no function of this name"
