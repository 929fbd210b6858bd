"""The faults of tests/known-mutants.json: such as no tool makes, or as once survived everything. Each names the tests that see it.

A row replaces one text of one file by another. Its tests pass without the fault and fail with it, each of them:

    lib NAME, it NAME, logs NAME, memory NAME     a test of the core, by its path in the program
    fork NAME                                     one of ffi/tests/fork.rs
    fault NAME [CIRCUMSTANCES]                    a row of the fault matrix, in Rust, in the chosen cells or under `https,upload`
    secrets                                       the search of a process's memory, in Rust
"""

import json
import re
import sys

from .tree import BUILD, COPY, ROOT, Failed, copy, run

PLACE = ROOT / "tests" / "known-mutants.json"
CORE = ("-p", "penbox")
# With the features that the whole workspace has: else all that they need would be built once more.
WORKSPACE = ("--workspace",)
PROGRAMS = {
    "lib": (*CORE, "--lib"),
    "it": (*CORE, "--test", "it"),
    "logs": (*CORE, "--test", "logs"),
    "memory": (*CORE, "--test", "memory"),
    "fork": (*WORKSPACE, "--test", "fork"),
}
# A fault may make a test wait for what never comes.
LIMIT = 600
MATRIX = ("cargo", "build", "-q", "--locked", *WORKSPACE, "--bin", "testee-rust", "--bin", "penbox-faults")
TESTEE = f"rust={BUILD / 'debug' / 'testee-rust'}"


def rows(words):
    held = json.loads(PLACE.read_text(encoding="utf-8"))
    return [row for row in held if not words or any(word in str(row) for word in words)]


def run_rows(words):
    """Puts each fault into the copy, and has its tests run."""
    copy()
    chosen = rows(words)
    problems = [(row, _unfit(row)) for row in chosen]
    wrong = [f"{row['name']}: {problem}" for row, problem in problems if problem]
    wanted = list(dict.fromkeys(test for row in chosen for test in row["seen_by"]))
    wrong += [f"{test} fails without a fault: {said}" for test in wanted if (said := _fails(test))]
    caught = 0
    for row in chosen if not wrong else []:
        blind = _blind(row)
        caught += not blind
        wrong += [f"{row['name']}: {test} does not see it" for test in blind]
        print(f"  {'FAIL' if blind else 'ok':4} {row['name']}", flush=True)
    for problem in wrong:
        print(f"FAIL {problem}")
    print(f"known mutants: {caught} of {len(chosen)} caught")
    return 1 if wrong or not chosen else 0


def _unfit(row):
    text = (COPY / row["file"]).read_text(encoding="utf-8")
    if not row["seen_by"]:
        return "nothing sees it"
    count = text.count(row["replace"])
    return None if count == 1 else f"its text stands in {row['file']} {count} times, and not once"


def _blind(row):
    """The tests of a row that pass with its fault."""
    place = COPY / row["file"]
    whole = place.read_text(encoding="utf-8")
    place.write_text(whole.replace(row["replace"], row["by"]), encoding="utf-8")
    try:
        return [test for test in row["seen_by"] if not _fails(test)]
    finally:
        place.write_text(whole, encoding="utf-8")


def _fails(test):
    """What a test says that fails; nothing where it passes."""
    program, _, name = test.partition(" ")
    if program == "fault":
        return _fault(name)
    if program == "secrets":
        run(*MATRIX, check=True)
        code, said = run(sys.executable, ROOT / "tests" / "secrets", "--testee", TESTEE, limit=LIMIT)
        return said[-2000:] if code != 0 else None
    if program not in PROGRAMS:
        raise Failed(f"no such program: {test}")
    # Built apart: a fault that does not compile is seen by no test.
    run("cargo", "test", "-q", "--locked", "--no-run", *PROGRAMS[program], check=True)
    code, said = run("cargo", "test", "-q", "--locked", *PROGRAMS[program], "--", "--exact", name, limit=LIMIT)
    if code == 0 and not re.search(r"^test result: ok\. [1-9]", said, re.M):
        raise Failed(f"no test of this name: {test}")
    return said[-2000:] if code != 0 else None


def _fault(row):
    run(*MATRIX, check=True)
    name, _, circumstances = row.partition(" ")
    within = ("--in", circumstances) if circumstances else ()
    _, said = run(BUILD / "debug" / "penbox-faults", "--testee", TESTEE, "--only", name, *within, limit=LIMIT)
    found = re.search(rf"^{re.escape(name)} +(\S.*)$", said, re.M)
    return None if found and re.match(r"(ok|own test)\b", found[1]) else said[-2000:] or "it said nothing"
