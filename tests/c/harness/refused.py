"""What C++ must not compile: each line beside one that differs in this alone and does compile."""

import tempfile
from pathlib import Path

from . import build

# Compiled once: with it a line takes a tenth of the time.
HEADER = """#include <penbox.hpp>
#include <cstdlib>
"""
HEAD = """enum Plain { plain };
enum class Scoped { scoped };
penbox::Value got(); penbox::Error caught(); penbox::Params params(); penbox::Client client(); int function();
void check(penbox::Value kept, penbox::Error error, const void *pointer, int *number) {
    (void)kept; (void)error; (void)pointer; (void)number;
    %s;
}
"""

# A line that compiles, and its fellows that must not.
LINES = {
    'params().set("/x", "text")': [
        'params().set("/x", L"text")',
        'params().set("/x", u"text")',
        'params().set("/x", U"text")',
        'params().set("/x", pointer)',
        'params().set("/x", number)',
        'params().set("/x", const_cast<void *>(pointer))',
        'params().set("/x", &function)',
        'params().set("/x", function)',
        "params().set(\"/x\", 'J')",
        "params().set(\"/x\", L'J')",
        "params().set(\"/x\", u'J')",
        'params().set("/x", plain)',
        'params().set("/x", Scoped::scoped)',
        'params().set("/x", 1.5L)',
        'params().set("/x", std::optional<bool>(true))',
        'params().set("/x", std::optional<std::string>("text"))',
        'params().set("/x", std::make_unique<int>(1))',
        'params().set("/x", std::wstring())',
        'params().set(nullptr, "text")',
        'params().set(0, "text")',
        "params().set_json(\"/x\", nullptr)",
    ],
    'penbox::Config().token("text")': [
        "penbox::Config().token(nullptr)",
        'penbox::Config().token(L"text")',
        "penbox::Config().token(pointer)",
        "penbox::Config().token('J')",
        "penbox::Config().token(5)",
    ],
    "penbox::Config().allow_insecure_http(true)": [
        'penbox::Config().allow_insecure_http("false")',
        'penbox::Config().allow_insecure_http(std::getenv("X"))',
        "penbox::Config().allow_insecure_http(1)",
        "penbox::Config().allow_insecure_http(nullptr)",
    ],
    "penbox::Options().max_attempts(2)": [
        "penbox::Options().max_attempts('2')",
        "penbox::Options().max_attempts(true)",
        "penbox::Options().max_attempts(2.5)",
        "penbox::Options().max_attempts(\"2\")",
    ],
    "penbox::Options().retry_unsafe(false)": ['penbox::Options().retry_unsafe("no")'],
    'client().forms().get("id")': ["client().forms().get(5)", "client().forms().get(nullptr)", 'client().forms().get(L"id")'],
    'kept.view("/x")': ['got().view("/x")', 'kept.at("/y").value().view("/x")', 'got().at("/y")->view("/x")'],
    "kept.get()": ["got().get()", 'got().at("/y")->get()'],
    "error.message()": ["caught().message()"],
    "error.hint()": ["caught().hint()"],
    "error.kind()": ["caught().kind()"],
    "error.support_report()": ["caught().support_report()"],
    'const penbox::Params &set = params().set("/x", 1); (void)set': ['penbox::Params &set = params().set("/x", 1); (void)set'],
    "const penbox::Config &set = penbox::Config().pool_size(1); (void)set": [
        "penbox::Config &set = penbox::Config().pool_size(1); (void)set"
    ],
    "const penbox::Options &set = penbox::Options().max_attempts(1); (void)set": [
        "penbox::Options &set = penbox::Options().max_attempts(1); (void)set"
    ],
    "const penbox::Pager &list = client().forms().list().prefetch(); (void)list": [
        "penbox::Pager &list = client().forms().list().prefetch(); (void)list"
    ],
}


def check(standard: str) -> None:
    """Raises where a line compiles that must not, or the other way round."""
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        header = Path(folder) / "header.hpp"
        header.write_text(HEADER, encoding="utf-8")
        compiler = ["g++", f"-std={standard}", f"-I{build.INCLUDE}"]
        build.call([*compiler, "-x", "c++-header", header, "-o", f"{header}.gch"])
        compiler += ["-x", "c++", "-include", header, "-fsyntax-only", "-"]
        for good, bad in LINES.items():
            wrong += [f"refused: {good}\n{said}" for said in [_compile(compiler, good)] if said]
            wrong += [f"compiles: {line}" for line in bad if not _compile(compiler, line)]
    assert not wrong, "\n".join(wrong)


def _compile(compiler: list[str | Path], line: str) -> str:
    """What the compiler says against a line; nothing where it takes it."""
    try:
        build.call(compiler, input=HEAD % line)
    except build.Failed as failed:
        return str(failed)
    return ""
