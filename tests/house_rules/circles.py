"""No circle of files in any crate: a file that needs another can be read, tested and moved without
what needs it.
"""

from pathlib import Path

from .imports import imports
from .modules import crates
from .project import ROOT


def no_circle_of_files(root=ROOT):
    """A `mod child;` and a re-export of a child's names are no imports; the use of them is."""
    wrong = []
    for crate in crates(root).values():
        needed = {
            (each.source, each.target): each.line for each in imports(crate) if not each.passes_on
        }
        for circle in circles(needed):
            steps = zip(circle, [*circle[1:], circle[0]], strict=True)
            way = " -> ".join(f"{_name(root, here)}:{needed[here, there]}" for here, there in steps)
            wrong.append(
                f"{_name(root, circle[0])}:{needed[circle[0], circle[1]]}:"
                f" a circle of {len(circle)} files,"
                f" {way} -> {_name(root, circle[0])}: move what they share into a file below them"
            )
    return wrong


def circles(edges):
    """For each knot of things that reach each other, its shortest circles, so many that each of its
    things is in one.
    """
    after = {}
    for source, target in edges:
        after.setdefault(source, []).append(target)
    found, told = [], set()
    for start in sorted(after):
        circle = None if start in told else _shortest(after, start)
        if circle:
            found.append(circle)
            told.update(circle)
    return found


def _shortest(after, start):
    """The shortest way from a thing back to itself."""
    came_from, left = {}, [start]
    for here in left:
        for target in sorted(after.get(here, ())):
            if target == start:
                way = [here]
                while way[-1] != start:
                    way.append(came_from[way[-1]])
                return way[::-1]
            if target not in came_from:
                came_from[target] = here
                left.append(target)
    return None


def _name(root, file):
    return Path(file).relative_to(root)
