"""What C++ must not compile: each line beside one that differs in this alone and does compile."""

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

from . import build

HEAD = """#include <penbox.hpp>
#include <cstdlib>
enum Plain { plain };
enum class Scoped { scoped };
penbox::Value got(); penbox::Error caught(); penbox::Params params(); penbox::Client client(); int function();
penbox::webhook::Verifier verifier();
"""
# A function on one line, so that what the compiler says of a line is found by its number.
SIGNATURE = "void check%d(penbox::Value kept, penbox::Error error, const void *pointer, int *number)"
FUNCTION = SIGNATURE + " { (void)kept; (void)error; (void)pointer; (void)number; %s; }\n"

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
    'verifier().verify({{"digest", "x"}}, "body")': [
        'verifier().verify({{"digest", L"x"}}, "body")',
        'verifier().verify("digest", "body")',
        "verifier().verify(std::vector<int>(), \"body\")",
        'verifier().verify({{"digest", "x"}}, nullptr)',
        'verifier().verify({{"digest", "x"}}, L"body")',
    ],
    'penbox::webhook::VerifierConfig().algorithms({"ES256"})': [
        "penbox::webhook::VerifierConfig().algorithms({5})",
        'penbox::webhook::VerifierConfig().algorithms(L"ES256")',
    ],
    "penbox::webhook::VerifierConfig().remember_deliveries()": ['penbox::webhook::VerifierConfig().remember_deliveries("no")'],
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
    compiler = ["g++", f"-std={standard}", f"-I{build.INCLUDE}", "-x", "c++", "-fsyntax-only", "-fmax-errors=0", "-"]
    good, bad = list(LINES), [line for lines in LINES.values() for line in lines]
    # Both at once: the header takes longer than all lines.
    with ThreadPoolExecutor() as pool:
        (said, _), (_, refused) = pool.map(lambda lines: _compile(compiler, lines), (good, bad))
    wrong = [f"refused: {said}"] if said else []
    # A line that is not refused beside the others is compiled once more, alone: the compiler says some things only once.
    wrong += [f"compiles: {line}" for line in bad if line not in refused and not _compile(compiler, [line])[0]]
    assert not wrong, "\n".join(wrong)


def _compile(compiler: list[str], lines: list[str]) -> tuple[str, set[str]]:
    """What the compiler says against lines, nothing where it takes them all; and those that it calls wrong themselves."""
    text = HEAD + "".join(FUNCTION % each for each in enumerate(lines))
    done = subprocess.run(compiler, input=text, capture_output=True, text=True, check=False)
    first = HEAD.count("\n") + 1
    numbers = {int(number) for number in re.findall(r"^<stdin>:(\d+):\d+: error: ", done.stderr, re.M)}
    said = done.stderr or f"it ended with {done.returncode}" if done.returncode else ""
    return said, {lines[number - first] for number in numbers}
