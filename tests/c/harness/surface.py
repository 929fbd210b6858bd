"""The surface lock: the functions of C and the methods of C++ are those of the spec, and no others."""

import json
import re

from . import build, header

# Families of handles: everything else belongs to an operation.
FAMILIES = ("cancel", "config", "client", "options", "params", "value", "pager", "error", "process", "log", "recording")
FAMILIES += ("event", "headers", "verifier")
ENDS = {
    "none": {"c": [""], "cpp": [""]},
    "upload": {"c": ["_file", "_reader", "_seekable", "_bytes"], "cpp": ["_file", "_reader", "_stream", "_bytes"]},
    "download": {"c": ["_file", "_writer"], "cpp": ["_file", "_writer", "_bytes"]},
}


def check() -> None:
    """Raises where something is missing or too much."""
    operations = json.loads((build.ROOT / "tests/spec/operations.json").read_text())["operations"]
    assert len(operations) > 20, f"{len(operations)} operations"
    functions, methods = set(), set()
    for operation in operations:
        resource, name = operation["id"].split(".")
        ends = ENDS[operation["transfer"]]
        functions |= {f"penbox_{resource}_{name}{end}" for end in ends["c"]}
        if operation["list"]:
            functions.add(f"penbox_{resource}_{name}_pager")
        methods |= {f"{resource}.{name}{end}" for end in ends["cpp"]}
    known = re.compile(rf"penbox_({'|'.join(FAMILIES)})_|penbox_(abi_)?version$")
    found = {each.name for each in header.functions() if not known.match(each.name)}
    assert found == functions, f"in the header or the spec alone: {sorted(found ^ functions)}"
    assert _methods() == methods, f"in penbox.hpp or the spec alone: {sorted(_methods() ^ methods)}"
    for name, transfer in (("operations", "none"), ("uploads", "upload"), ("downloads", "download")):
        rows = (build.ROOT / f"tests/conformance/testees/{name}.inc").read_text()
        listed = set(re.findall(r'^\{"(\w+\.\w+)", ', rows, re.M))
        expected = {each["id"] for each in operations if each["transfer"] == transfer}
        assert listed == expected, f"in {name}.inc or the spec alone: {sorted(listed ^ expected)}"


def _methods() -> set[str]:
    text = (build.INCLUDE / "penbox/operations.hpp").read_text()
    found = set()
    for resource, body in re.findall(r"^/// `(\w+)`\.\nclass \w+ \{(.*?)^\};", text, re.M | re.S):
        found |= {f"{resource}.{name}" for name in re.findall(r"^    (?:Value|Pager|File) (\w+)\(", body, re.M)}
    return found
