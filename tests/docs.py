#!/usr/bin/env python3
"""The documentation agrees with the contract and with the files it shows.

    tests/docs.py            checks; the last line is `N passed, N failed`
    tests/docs.py --write    first writes the tables that tests/spec makes

A table between `<!-- table: NAME -->` and `<!-- end of table -->` is made here. A code block under `<!-- FILE -->` is that file to
the letter; under `<!-- part of FILE -->` it is a run of lines of it, whatever their indentation. One check sends to the sandbox what its
page shows: `cargo build -p penbox-sandbox` first.
"""

import json
import os
import re
import shlex
import subprocess
import sys
import textwrap
import urllib.error
import urllib.request
from pathlib import Path

sys.dont_write_bytecode = True

from house_rules.project import ROOT, report  # noqa: E402

PAGES = sorted((ROOT / "docs").glob("*.md"))
README = ROOT / "README.md"
MOST_README_LINES = 179
# Languages whose blocks must be parts of files that a suite runs.
CHECKED = ("rust", "python", "js", "c", "cpp")
TABLE = re.compile(r"(<!-- table: ([a-z ]+) -->\n)(.*?)(<!-- end of table -->)", re.S)
BLOCK = re.compile(r"^(?:<!-- (part of )?(\S+) -->\n)?```(\w*)\n(.*?)^```$", re.M | re.S)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.M)
# The address that the page on the sandbox shows, and what its table says is sent to a route.
SHOWN_ORIGIN = "http://127.0.0.1:4010"
SENT = re.compile(r"`(P\w+) (/_sandbox/\w+)` with `(\{[^`]*\})`")


def text(path):
    return path.read_text(encoding="utf-8")


def spec(name):
    return json.loads(text(ROOT / "tests/spec" / f"{name}.json"))


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def camel(name):
    """`max_attempts` as JavaScript writes it."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def names(setting):
    """A setting's name in Rust, Python, Node and C."""
    name, unit = setting["name"], setting["kind"] == "duration"
    return name, name, camel(name) + "Ms" * unit, f"penbox_config_set_{name}" + "_ms" * unit


def settings_table():
    rows = ([f"`{one['name']}`", one["default"], one["doc"]] for one in spec("settings")["settings"])
    return table(["setting", "default", "what it does"], rows)


def setting_names_table():
    units = {"duration": ("`Duration`", "seconds", "milliseconds", "milliseconds")}
    units |= {"integer": ("number",) * 4, "flag": ("`bool`", "`bool`", "`boolean`", "0 or 1"), "text": ("text",) * 4}
    units["callback"] = ("closure", "callable", "function", "function and pointer")
    units["words"] = ("list of texts", "text or list of texts", "text or list of texts", "text, or a list as JSON")
    rows = (
        [f"`{name}`, {unit}" for name, unit in zip(names(one), units[one["kind"]], strict=True)]
        for one in spec("settings")["settings"]
    )
    return table(["Rust (and C++)", "Python", "Node", "C"], rows)


def option_names(option):
    """An option's name in Rust, Python's `with_options`, Node and C."""
    name, unit = option["name"], option["kind"] == "duration"
    single = {"headers": "header"}.get(name, name)
    node = {"cancel": "signal"}.get(name, camel(name) + "Ms" * unit)
    return single, name, node, {"body": "body_json"}.get(name, single + "_ms" * unit)


def options_table():
    """The starred names are those of Python's `with_options` alone, as the page says."""
    rows = []
    for one in spec("options")["options"]:
        rust, python, node, in_c = (f"`{name}`" for name in option_names(one))
        if one["name"] == "body":
            rust += "; `body_json` in C++"
        if one["name"] in ("headers", "query", "body"):
            python = f"`extra_{one['name']}`, {python}*"
        elif one["name"] in ("max_attempts", "retry_unsafe", "fresh"):
            python += "*"
        # Of a choice between one and many, the page shows many.
        doc = re.sub(r"\[[^|\]]*\|([^\]]*)\]", r"\1", one["doc"])
        within = f" Range: {one['range']}." if one["range"] else ""
        rows.append([rust, python, node, in_c, doc + within])
    return table(["Rust (`CallOptions`), C++ (`Options`)", "Python", "Node", "C (`penbox_options_set_*`)", "what it does"], rows)


def member_names(member):
    """The name of an error's member in Rust, Python, Node and C."""
    name, unit = member["name"], member["kind"] == "duration"
    return name, name, camel(name) + "Ms" * unit, f"penbox_error_{name}" + "_ms" * unit


def members_table():
    rows = []
    for one in spec("errors")["members"]:
        rust, python, node, in_c = member_names(one)
        call = "()" * (one["name"] in ("curl", "support_report"))
        code = ", `code`" * (one["name"] == "kind")
        rows.append([f"`{rust}()`", f"`{python}{call}`", f"`{node}{call}`{code}", f"`{in_c}`", one["doc"]])
    return table(["Rust, C++", "Python", "Node", "C", "what it is"], rows)


def file_facts_table(section, head):
    """A table of the facts about files in a section of the contract."""
    return table([head, "what holds"], ([one["name"], one["doc"]] for one in spec("files")[section]))


def kinds_table():
    rows = (
        [
            f"`{one['kind']}`",
            f"`{one['class']}`",
            f"`{one['parent']}`",
            f"`PENBOX_ERROR_{one['kind'].upper()}` {one['number']}",
            one["doc"],
        ]
        for one in spec("errors")["kinds"]
    )
    return table(["kind", "class", "its base", "C status", "when"], rows)


def safety_table():
    contract = spec("operations")
    rows = (
        [f"`{one['name']}`", one["doc"], ", ".join(f"`{each['id']}`" for each in contract["operations"] if each["safety"] == one["name"])]
        for one in contract["safeties"]
    )
    return table(["safety", "what the call does", "operations"], rows)


TABLES = {
    "settings": settings_table,
    "setting names": setting_names_table,
    "options": options_table,
    "members": members_table,
    "sources": lambda: file_facts_table("upload", "source"),
    "targets": lambda: file_facts_table("download", "target"),
    "kinds": kinds_table,
    "safety": safety_table,
}


def tables_are_fresh():
    """Every table of the contract stands on a page as the contract has it."""
    shown = [(page, name, body) for page in PAGES for _, name, body, _ in TABLE.findall(text(page))]
    wrong = [f"no page shows the table {name}" for name in TABLES if name not in {name for _, name, _ in shown}]
    for page, name, body in shown:
        if name not in TABLES:
            wrong.append(f"{page.name} has a table {name} that nobody makes")
        elif body != TABLES[name]():
            wrong.append(f"{page.name}: the table {name} is stale; tests/docs.py --write mends it")
    return wrong


def names_exist():
    """The names that a table derives stand in what each language has."""
    places = {
        "core/src/config": "pub fn {}(",
        "bindings/python/python/penbox/_client.py": "        {}: ",
        "bindings/node/ts/generated/settings.ts": "  {}?: ",
        "include/penbox.h": " {}(penbox_config *",
    }
    wrong = []
    # Rust's setters stand in more than one file.
    setters = "".join(text(ROOT / "core/src/config" / name) for name in ("builder.rs", "limits.rs"))
    for setting in spec("settings")["settings"]:
        for name, (place, form) in zip(names(setting), places.items(), strict=True):
            found = setters if place == "core/src/config" else text(ROOT / place)
            # A setter of Rust that takes a function has types of its own between its name and the parenthesis.
            if form.format(name) not in re.sub(r"<[A-Z, ]+>\(", "(", found):
                wrong.append(f"{place} has no setting {name}")
        if f"Config &{setting['name']}(" not in text(ROOT / "include/penbox/config.hpp"):
            wrong.append(f"penbox::Config has no setting {setting['name']}")
    places = {
        "core/src/send/options.rs": "pub fn {}(",
        "bindings/python/python/penbox/_base.py": "        {}: ",
        "bindings/node/ts/options.ts": "  {}?: ",
        "include/penbox.h": " penbox_options_set_{}(penbox_options *",
    }
    for option in spec("options")["options"]:
        for name, (place, form) in zip(option_names(option), places.items(), strict=True):
            if form.format(name) not in text(ROOT / place):
                wrong.append(f"{place} has no option {name}")
    places = {
        "include/penbox/error.hpp": " {}() const ",
        "bindings/python/python/penbox/_error.py": " {}",
        "bindings/node/ts/error.ts": " {}",
        "include/penbox.h": "penbox_error_{}(const penbox_error *",
    }
    for member in spec("errors")["members"]:
        for name, (place, form) in zip(member_names(member), places.items(), strict=True):
            if form.format(name.removeprefix("penbox_error_")) not in text(ROOT / place):
                wrong.append(f"{place} has no member {name}")
    header = text(ROOT / "include/penbox.h")
    for kind in spec("errors")["kinds"]:
        constant = f"PENBOX_ERROR_{kind['kind'].upper()}"
        if not re.search(rf"\b{constant}\b = {kind['number']}\b|\b{constant} {kind['number']}\b", header):
            wrong.append(f"penbox.h has no {constant} {kind['number']}")
    return wrong


def first_cells(page, heading):
    """The names in the first column of the table below a heading."""
    part = text(ROOT / "docs" / page).split(f"\n## {heading}\n", 1)
    return set(re.findall(r"^\| `([a-z_]+)` \|", part[1].split("\n## ")[0], re.M)) if len(part) == 2 else set()


def outcomes_and_reasons_are_told():
    """The tables that say more than the contract have the contract's rows."""
    errors = spec("errors")
    wanted = {"Outcomes": set(errors["outcomes"]), "Reasons": {one["reason"] for one in errors["reasons"]}}
    return [
        f"errors.md, {heading}: {', '.join(sorted(rows ^ first_cells('errors.md', heading)))}"
        for heading, rows in wanted.items()
        if rows != first_cells("errors.md", heading)
    ]


def is_part(block, whole):
    """Whether a block is a run of lines of a text that may be indented further there."""
    lines, wanted = whole.splitlines(), block.splitlines()
    runs = ("\n".join(lines[at : at + len(wanted)]) for at in range(len(lines) - len(wanted) + 1))
    return bool(wanted) and any(textwrap.dedent(run) == "\n".join(wanted) for run in runs)


def examples_are_shown():
    """Code on a page is code that a suite runs."""
    wrong = []
    for page in PAGES:
        for part, name, language, block in BLOCK.findall(text(page)):
            if not name:
                if language in CHECKED:
                    wrong.append(f"{page.name} shows {language} that is part of no file")
            elif not (ROOT / name).is_file():
                wrong.append(f"{page.name} names {name}, which is no file")
            elif not (is_part(block, text(ROOT / name)) if part else block == text(ROOT / name)):
                wrong.append(f"{page.name} does not show {name} as it is: {block.splitlines()[0]}")
    return wrong


def anchors(path):
    """What a page's headings are linked by."""
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(text(path)))
    return {heading.strip().replace(" ", "-") for heading in kept}


def links_lead_somewhere():
    wrong = []
    for page in (*PAGES, *ROOT.glob("*.md"), ROOT / "tests/README.md"):
        for target in LINK.findall(re.sub(r"```.*?```", "", text(page), flags=re.S)):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = target.partition("#")
            place = (page.parent / name) if name else page
            if not place.exists():
                wrong.append(f"{page.name} links to {target}, which is not there")
            elif anchor and anchor not in anchors(place):
                wrong.append(f"{page.name} links to {target}, and there is no such heading")
    return wrong


def commands(page):
    """The requests that a page shows: of its curl commands, and of its tables."""
    for line in re.findall(r"^curl .*$", page, re.M):
        words = shlex.split(line, comments=True)[1:]
        given = {words[at]: words[at + 1] for at in range(len(words) - 1) if words[at] in ("-X", "-d")}
        url = next(word for word in words if word.startswith(SHOWN_ORIGIN))
        yield given.get("-X", "GET"), url.removeprefix(SHOWN_ORIGIN), given.get("-d")
    yield from SENT.findall(page)


def the_sandbox_does_what_is_shown():
    """What the page on the sandbox sends to it is taken. Needs the sandbox, built."""
    program = Path(os.environ.get("PENBOX_SANDBOX_BIN") or ROOT / "target/debug/penbox-sandbox")
    if not program.is_file():
        return [f"there is no {program}: cargo build -p penbox-sandbox"]
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    wrong, sent = [], 0
    with subprocess.Popen([program, "--exit-on-stdin-eof"], text=True, **pipes) as sandbox:
        origin = sandbox.stdout.readline().strip().removesuffix("/v1")
        for method, path, body in commands(text(ROOT / "docs/sandbox.md")):
            sent += 1
            request = urllib.request.Request(origin + path, body and body.encode(), method=method)
            try:
                opener.open(request, timeout=10).close()
            except urllib.error.HTTPError as error:
                wrong.append(f"sandbox.md shows {method} {path} {body or ''}, which is answered with {error.code}")
    return wrong if sent >= 6 else [*wrong, f"sandbox.md shows {sent} requests only"]


def the_readme_is_short():
    """README is for the first minute, and leads to every page."""
    lines = text(README).count("\n")
    wrong = [f"README.md has {lines} lines, more than {MOST_README_LINES}"] if lines > MOST_README_LINES else []
    return wrong + [f"README.md does not link docs/{page.name}" for page in PAGES if f"(docs/{page.name}" not in text(README)]


def write():
    for page in PAGES:
        before = text(page)
        after = TABLE.sub(lambda found: found[1] + TABLES[found[2]]() + found[4], before)
        if after != before:
            page.write_text(after, encoding="utf-8")
            print(f"wrote {page.relative_to(ROOT)}")


def main(arguments):
    if arguments == ["--write"]:
        write()
    elif arguments:
        print(__doc__, file=sys.stderr)
        return 2
    checks = (
        *(tables_are_fresh, names_exist, outcomes_and_reasons_are_told, examples_are_shown, links_lead_somewhere),
        *(the_sandbox_does_what_is_shown, the_readme_is_short),
    )
    return report(checks)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
