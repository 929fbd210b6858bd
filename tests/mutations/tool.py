"""cargo-mutants, installed into the project's own folder: it makes the mutants of some lines and runs tests over each."""

import json
import re
import shutil

from . import ledger, suites, switches
from .tree import COPY, HOME, ROOT, Failed, copy, run

VERSION = "27.1.0"
PLACE = ROOT / "target" / "tools"
PROGRAM = PLACE / "bin" / "cargo-mutants"
# A test run without a fault is measured first. What takes ten times as long, and minutes, does not end: tests over sockets wait for
# seconds by themselves, and a busy machine makes some slow.
PATIENCE = ("--timeout-multiplier", "10", "--minimum-test-timeout", "240", "--build-timeout", "1200")
# Scripted connections and faults for the tests of the crate: no part of the product.
NOT_SHIPPED = ("--exclude", "core/src/transport/fault_injection.rs", "--exclude", "core/src/transport/ureq/scripted.rs")


def install():
    """Builds the tool if it is not there in its version."""
    if PROGRAM.is_file() and run(PROGRAM, "mutants", "--version", cwd=ROOT)[1].split()[-1:] == [VERSION]:
        return
    print(f"installing cargo-mutants {VERSION} into {PLACE.relative_to(ROOT)}", flush=True)
    words = ("install", "-q", "cargo-mutants", "--version", VERSION, "--locked", "--debug", "--root", PLACE, "--target-dir", HOME / "tool")
    run("cargo", *words, cwd=ROOT, check=True)
    shutil.rmtree(HOME / "tool", ignore_errors=True)


def listed(selection):
    """The mutants that a selection has."""
    install()
    code, said = run(PROGRAM, "mutants", "--list", "--json", "--package", "penbox", *NOT_SHIPPED, *selection)
    if code != 0:
        raise Failed(f"cargo-mutants lists nothing: {said[-2000:]}")
    return json.loads(said[said.index("[") :])


def part_of(folder, part):
    """Part K/N, counted from 0, of the mutants of a folder that are built one by one: such as cannot be switches, or do not compile so."""
    others = [mutant for mutant in listed(("--file", f"core/src/{folder}/**")) if not switches.is_switch(mutant) or ledger.is_left(described(mutant))]
    match = re.fullmatch(r"(\d+)/(\d+)", part)
    if not match or int(match[1]) >= int(match[2]):
        raise Failed(f"a part is K/N, K counted from 0; not {part}")
    number, count = int(match[1]), int(match[2])
    # Neighbours together: what is built anew for one is mostly what the next one needs.
    return others[len(others) * number // count : len(others) * (number + 1) // count]


def switched(folders):
    """What came of those mutants of some folders that can be switches, by the folder's own tests, and those that do not compile so: `[(outcome, mutant)]`, `[mutant]`."""
    wanted = listed([part for folder in folders for part in ("--file", f"core/src/{folder}/**")])
    wanted = [mutant for mutant in wanted if switches.is_switch(mutant)]
    described_ones = {mutant["name"]: described(mutant) for mutant in wanted}
    found = switches.tried(wanted, is_whole=False)
    copy()
    left = [each for name, each in described_ones.items() if name not in found]
    return [(found[name], each) for name, each in described_ones.items() if name in found], left


def tried(folders, wanted):
    """What came of these mutants, `[(outcome, mutant)]`."""
    found = switches.tried(wanted)
    # The switches go, and what is left is built one by one.
    copy()
    left = [mutant for mutant in wanted if mutant["name"] not in found]
    print(f"{len(found)} of {len(wanted)} mutants were tried in one program, {len(left)} are built one by one", flush=True)
    if left:
        first = run_pass("first", left, suites.near(folders))
        survivors = [mutant for mutant in left if first[mutant["name"]] in ("MissedMutant", "Timeout")]
        found |= first | (run_pass("second", survivors, suites.all_of_them()) if survivors else {})
    return [(found[mutant["name"]], described(mutant)) for mutant in wanted]


def run_pass(name, mutants, tests):
    """Builds mutants one by one and runs tests over each: `{name: outcome}`."""
    folder = HOME / name
    shutil.rmtree(folder, ignore_errors=True)
    options = ("--in-place", "--dir", COPY, "--package", "penbox", "--output", folder, "--no-times", "--colors", "never", *NOT_SHIPPED, *PATIENCE)
    names = [part for mutant in mutants for part in ("--re", f"^{re.escape(mutant['name'])}$")]
    code, said = run(PROGRAM, "mutants", *options, *names, "--", *tests)
    print(said, flush=True)
    place = folder / "mutants.out" / "outcomes.json"
    if not place.is_file():
        raise Failed(f"cargo-mutants ended with {code}")
    outcomes = json.loads(place.read_text(encoding="utf-8"))["outcomes"]
    if any(each["scenario"] == "Baseline" and each["summary"] != "Success" for each in outcomes):
        raise Failed("the tests fail without a fault")
    return {each["scenario"]["Mutant"]["name"]: each["summary"] for each in outcomes if each["scenario"] != "Baseline"}


def described(mutant):
    """A mutant by what stays when lines move: its file, the text of its line, where in it, and what was changed."""
    start = mutant["span"]["start"]
    line = (COPY / mutant["file"]).read_text(encoding="utf-8").splitlines()[start["line"] - 1]
    change = re.sub(r"^\S+:\d+:\d+: ", "", mutant["name"])
    function = (mutant.get("function") or {}).get("function_name", "")
    # One line may have the same operator twice.
    column = start["column"] - (len(line) - len(line.lstrip()))
    return {"file": mutant["file"], "function": function, "mutation": change, "line": line.strip(), "column": column}


def names(described_ones):
    """The same for mutants of which only a description was kept."""
    found = []
    for each in described_ones:
        found += ["--re", rf"^{re.escape(each['file'])}:\d+:\d+: {re.escape(each['mutation'])}$"]
    return found
