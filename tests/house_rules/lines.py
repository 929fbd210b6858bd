"""How many lines a file has of code, of documentation and of other comments. Empty lines do not
count.
"""

import ast
import io
import re
import tokenize
from collections import Counter

from .product import split
from .tokens import COMMENTS, tokens

# A line of C, C++, JavaScript or TypeScript that begins with one of these is a comment.
LINE = re.compile(r"^\s*(///|//!|//)")
BLOCK = re.compile(r"^\s*(/\*\*|/\*!|/\*)")
DOCS = ("///", "//!", "/**", "/*!")


def count(name, source):
    """The lines by what is on them: `code`, `docs`, `comments`, of a Rust file's product and of its
    tests.
    """
    suffix = name.rpartition(".")[2] if "." in name.rpartition("/")[2] else ""
    if suffix == "rs":
        return _rust(source)
    if suffix == "md":
        return Counter(docs=sum(1 for line in source.splitlines() if line.strip())), Counter()
    if suffix in ("py", "pyi") or re.match(r"#!.*\bpython", source):
        return _python(source), Counter()
    return (_c_like if suffix else _shell)(source), Counter()


def _rust(source):
    product, tests = split(tokens(source))
    return _by_line(product), _by_line(tests)


def _by_line(found):
    kinds = {}
    for token in found:
        kind = "comments" if token.kind == "comment" else "docs" if token.kind == "doc" else "code"
        for offset, text in enumerate(token.text.split("\n")):
            if text.strip() and (token.kind not in COMMENTS or token.line + offset not in kinds):
                kinds[token.line + offset] = kind
    return Counter(kinds.values())


def _python(source):
    lines = source.splitlines()
    kinds = {number: "code" for number, line in enumerate(lines, 1) if line.strip()}
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
            text = node.body[0]
            kinds |= {n: "docs" for n in range(text.lineno, text.end_lineno + 1) if n in kinds}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        row, column = token.start
        if token.type == tokenize.COMMENT and not lines[row - 1][:column].strip():
            kinds[row] = "comments"
    return Counter(kinds.values())


def _c_like(source):
    kinds, within = Counter(), None
    for line in source.splitlines():
        opened = BLOCK.match(line) if within is None else None
        mark = LINE.match(line)
        if opened:
            within = "docs" if opened[1] in DOCS else "comments"
        if within:
            kinds[within] += bool(line.strip())
            within = None if "*/" in line else within
        elif mark:
            kinds["docs" if mark[1] in DOCS else "comments"] += 1
        else:
            kinds["code"] += bool(line.strip())
    return kinds


def _shell(source):
    filled = [line.strip() for line in source.splitlines() if line.strip()]
    comments = sum(1 for line in filled if line.startswith("#") and not line.startswith("#!"))
    return Counter(code=len(filled) - comments, comments=comments)
