"""The project's folder and the files that a rule looks at."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def rust_files(root, *folders):
    """The Rust files below these folders, each with its name in the project."""
    for folder in folders:
        for path in sorted((Path(root) / folder).rglob("*.rs")):
            name = str(path.relative_to(root))
            if "target" not in path.parts and "node_modules" not in path.parts:
                yield name, path.read_text(encoding="utf-8")


def report(rules):
    """Runs rules, prints what each finds and how many passed. The exit code."""
    failed = 0
    for rule in rules:
        faults = rule()
        for fault in faults:
            print(f"{rule.__name__}: {fault}")
        failed += bool(faults)
    print(f"{len(rules) - failed} passed, {failed} failed")
    return 1 if failed else 0
