"""A table of rows and what shows that they hold: runs all proofs, each program once, and counts them one by one.

A proof is one of
    fault NAME              a fault of the matrix, with the tests of its own outside it
    case FOLDER/NAME        a conformance case, in every language; FOLDER/NAME[ROW] where its file has rows
    test FILE NAME          a test: a function of Rust or Python, a title of node:test, a program of C (or a function in it)
    text FILE TEXT          words that must stand in a file
    absent TEXT             words that must stand in no source of what is shipped
    least PACKAGE VERSION   the least version of a package in Cargo.lock

A name that ran no test has failed, and so has a proof of an unknown kind.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from . import c_tests, node_tests, python_tests, runners, rust_tests, words

LANGUAGES = {
    ".rs": rust_tests, ".py": python_tests, ".mjs": node_tests, ".cjs": node_tests, ".js": node_tests, ".c": c_tests, ".cpp": c_tests,
}
# They must fail: a way of running proofs that lets one of these pass proves nothing.
DECOYS = (
    "fault z9_no_such_fault",
    "case errors/no_such_case",
    "case errors/429_date[no_such_row]",
    "case errors/429_date",
    "test core/tests/it/proxy.rs no_such_test",
    "test bindings/python/tests/test_package.py test_no_such_test",
    "test bindings/node/test/package.test.mjs no such test",
    "test tests/c/fork.c no_such_program",
    "text README.md no such words: \u2014",
    "absent fn ",
    "least serde 999.0.0",
    "guess anything",
)


def prove(proofs):
    """Runs proofs: `{proof: problem or None}`."""
    proofs = list(dict.fromkeys(proofs))
    tests, faults, cases, found = {}, {}, {}, {}
    for proof in proofs:
        kind, _, rest = proof.partition(" ")
        first, _, last = rest.partition(" ")
        match kind:
            case "fault":
                faults[proof] = rest
                tests |= {(*own, proof): own for own in runners.own_tests(rest)}
            case "case":
                cases[proof] = rest
            case "test":
                tests[first, last, proof] = (first, last)
            case "text":
                found[proof] = words.text(first, last)
            case "absent":
                found[proof] = words.absent(rest)
            case "least":
                found[proof] = words.least(first, last)
            case _:
                found[proof] = "no such kind of proof"
    others = [(_cases, cases), *((partial(_tests, module), group) for module, group in _by_language(tests))]
    # The matrix mostly waits, so it runs beside the rest; more at a time would spoil what tests measure.
    with ThreadPoolExecutor(2) as pool:
        for outcomes in pool.map(_in_turn, ([(_faults, faults)], others)):
            for proof, problem in outcomes:
                found[proof] = found.get(proof) or problem
    return {proof: found[proof] for proof in proofs}


def _in_turn(jobs):
    """Runs jobs one after the other: what came of each proof."""
    outcomes = []
    for job, wanted in jobs:
        started = time.monotonic()
        if wanted:
            results, what = job(wanted)
            outcomes += results.items()
            print(f"  {what:28} {len(wanted):4} in {time.monotonic() - started:6.1f} s", flush=True)
    return outcomes


def _faults(wanted):
    results = runners.fault_results(wanted.values())
    return {proof: results[identity] for proof, identity in wanted.items()}, "faults"


def _cases(wanted):
    results = runners.case_results(wanted.values())
    return {proof: results[name] for proof, name in wanted.items()}, "conformance cases"


def _by_language(tests):
    groups = {}
    for (file, name, proof), own in tests.items():
        suffix = "." + file.rpartition(".")[2]
        module = c_tests if file.startswith("tests/c/") else LANGUAGES.get(suffix)
        groups.setdefault(module, {})[file, name, proof] = own
    return groups.items()


def _tests(module, wanted):
    if module is None:
        return {proof: f"nothing runs {file}" for file, _, proof in wanted}, "files of no language"
    results = module.results(list(dict.fromkeys(wanted.values())))
    found = {}
    for (*_, proof), own in wanted.items():
        problem = results[own]
        found[proof] = found.get(proof) or (problem and f"{' '.join(own)}: {problem}")
    return found, module.__name__.rpartition(".")[2].replace("_", " ")


def report(name, rows, title, arguments, fewest, decoys=()):
    """Runs the proofs of rows, prints what came of them, and gives the exit code. `arguments`: words that a row must hold one
    of to be run; none: all are. `decoys`: what must fail beside them."""
    chosen = [row for row in rows if not arguments or any(word in str(row) for word in arguments)]
    started = time.monotonic()
    found = prove([*(proof for row in chosen for proof in row["shown_by"]), *decoys])
    passed = failed = held = 0
    for row in chosen:
        problems = [(proof, found[proof]) for proof in row["shown_by"] if found[proof]]
        passed += len(row["shown_by"]) - len(problems)
        failed += len(problems) + (not row["shown_by"])
        held += bool(row["shown_by"]) and not problems
        for proof, problem in problems:
            print(f"FAIL {title(row)}\n     {proof}: {problem}".rstrip())
        if not row["shown_by"]:
            print(f"FAIL {title(row)}\n     nothing shows it")
    for decoy in decoys:
        if found[decoy] is None:
            print(f"FAIL {decoy}: there is no such thing, and yet it passed")
            failed += 1
    if len(rows) < fewest or not chosen:
        print(f"FAIL {len(chosen)} of {len(rows)} rows: at least {fewest} belong here")
        failed += 1
    print(f"{name}: {held} of {len(chosen)} hold, {passed} proofs run in {time.monotonic() - started:.0f} s")
    print(f"{passed} passed, {failed} failed")
    sys.stdout.flush()
    return 1 if failed else 0
