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
