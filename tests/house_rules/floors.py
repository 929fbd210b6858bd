"""The floors of the core, from the top: a file imports from its own floor and from those below,
never from above.
"""

from pathlib import Path

from .circles import circles
from .imports import imports
from .modules import CRATES, load
from .project import ROOT

# Names of what is to come: they have a floor before they have a file.
RESERVED = frozenset(("workspace_clients",))
# A name stands for the file or the folder of this name in core/src.
FLOORS = (
    ("what tests have", ("testing",)),
    ("the client and what the crate exports", ("lib", "client", "bindings")),
    ("beside the client", ("webhook", "check", "workspace_clients")),
    ("the resources", ("endpoints",)),
    ("what every operation needs", ("call",)),
    ("between a call and its requests", ("pool",)),
    ("one request with its attempts", ("send",)),
    ("how bytes reach a server, and answers that are kept", ("transport", "cache")),
    ("settings and JSON", ("config", "json")),
    ("tokens, files, what is counted and called", ("auth", "files", "hooks", "stats")),
    ("the ground", ("error", "cancel", "schema", "per_process", "language", "memory", "system", "headers")),
)
LEVEL = {name: level for level, (_, names) in enumerate(FLOORS) for name in names}
HOME = Path(CRATES["core"]).parent


def imports_go_down(root=ROOT):
    """Within core; neighbours on a floor may need each other one way only."""
    crate, home = load(root, CRATES["core"]), Path(root) / HOME
    homeless = sorted({_place(home, file) for file in home.rglob("*.rs")} - LEVEL.keys())
    wrong = [
        f"{HOME}/{name}: it is on no floor: give it one in tests/house_rules/floors.py,"
        " or move what is in it"
        for name in homeless
    ]
    neighbours = {}
    for each in imports(crate) if crate else ():
        source, target = _place(home, each.source), _place(home, each.target)
        if source == target or source not in LEVEL or target not in LEVEL:
            continue
        if LEVEL[target] < LEVEL[source]:
            wrong.append(
                f"{each.source.relative_to(root)}:{each.line}:"
                f" imports {each.target.relative_to(root)}, which is above it"
                f" ({FLOORS[LEVEL[target]][0]}): move what both need to {source} or below"
            )
        elif LEVEL[target] == LEVEL[source]:
            neighbours.setdefault((source, target), each)
    return wrong + [_circle(root, neighbours, circle) for circle in circles(neighbours)]


def _circle(root, neighbours, circle):
    steps = [neighbours[step] for step in zip(circle, [*circle[1:], circle[0]], strict=True)]
    lines = ", ".join(f"{each.source.relative_to(root)}:{each.line}" for each in steps)
    names = " and ".join(circle)
    return f"{lines}: {names} stand on one floor and import each other: let one need the other only"


def _place(home, file):
    return file.relative_to(home).parts[0].removesuffix(".rs")
