"""Writes what the fuzz target of the C library draws from: a call of every function of the header, with arguments from the
input. The list is the header's own, so none is left out. The rest of the target is in tests/fuzz/abi.
"""

import json
import zlib
from pathlib import Path

from . import build
from .header import Function, Parameter, functions

FOLDER = build.ROOT / "tests/fuzz/abi"

# By hand, in program.h and webhooks.h.
BY_HAND = ("penbox_client_new", "penbox_recording_client", "penbox_recording_record", "penbox_value_string_view")
BY_HAND += ("penbox_headers_add_bytes", "penbox_verifier_new")

CALLBACKS = {
    "penbox_read_callback": "any_read()",
    "penbox_seek_callback": "any_seek()",
    "penbox_write_callback": "any_write()",
    "penbox_progress_callback": "any_progress()",
    "penbox_token_provider": "any_provider()",
    "penbox_token_provider_free": "NULL",
    "penbox_request_hook": "any_request_hook()",
    "penbox_event_hook": "any_event_hook()",
    "penbox_hook_free": "NULL",
    "penbox_log_callback": "any_log()",
    "penbox_replay_add": "any_replay_add()",
    "penbox_replay_remove": "any_replay_remove()",
    "penbox_replay_free": "NULL",
}
TEXTS = {"json": "draw_json()", "pointer": "draw_pointer()", "name": "draw_name()", "value": "draw_value_text()"}
TEXTS |= {"token": "draw_value_text()", "method": "draw_method()", "workspace": "draw_name()", "form_id": "draw_name()"}
TEXTS |= {"recorded": f'"{build.ROOT / "tests/recordings/from-python.jsonl"}"'}
NUMBERS = ("uint64_t", "uint32_t", "int64_t", "int32_t", "size_t")


def write(path: Path) -> None:
    """Writes the file."""
    build.write(path, text())


def text() -> str:
    """The file's text."""
    listed = sorted(functions(), key=_code)
    codes = {_code(function) for function in listed}
    assert len(codes) == len(listed) > 80, f"{len(codes)} codes of {len(listed)} functions"
    names = {function.name for function in listed}
    assert names.issuperset(BY_HAND), f"not in the header: {set(BY_HAND) - names}"
    operations = json.loads((build.ROOT / "tests/spec/operations.json").read_text())["operations"]
    ids = ", ".join(f'"{operation["id"]}"' for operation in operations)
    parts = [f"static const char *const OPERATIONS[] = {{{ids}}};\n"]
    parts += [_call(function) for function in listed if function.name not in BY_HAND]
    rows = "".join(f'    {{{_code(each)}, "{each.name}", call_{each.name}}},\n' for each in listed)
    parts.append(f"static const struct call CALLS[] = {{\n{rows}}};\n")
    return "\n".join(parts)


def _code(function: Function) -> int:
    """Which bytes of an input call it: the same as long as the function has its name."""
    return zlib.crc32(function.name.encode()) & 0xFFFF


def _call(function: Function) -> str:
    before, arguments, after = [], [], []
    if _reaches_out(function):
        before.append("if (!may_request()) return;")
    for parameter in function.parameters:
        first, argument, last = _argument(function, parameter)
        before += first
        arguments.append(argument)
        after += last
    call = f"{function.name}({', '.join(arguments)})"
    owner = function.parameters[0].name if function.parameters else "NULL"
    result = function.result
    if function.can_fail:
        has = [parameter.name for parameter in function.parameters]
        judged = "has_err, err" if "err" in has else "false, NULL"
        call = f"penbox_status status = {call};"
        after.insert(0, f'judge("{function.name}", status, {judged});')
    elif result == "const char *":
        call = f'keep_text("{function.name}", {owner}, {call});'
    elif result == "const penbox_value *":
        call = f"keep_part({owner}, {call});"
    elif result.endswith("*"):
        call = f"keep_{_kind(result)}({call});"
    else:
        call = f"(void){call};"
    lines = [*before, call, *after]
    return f"static void call_{function.name}(void) {{\n" + "".join(f"    {line}\n" for line in lines) + "}\n"


def _reaches_out(function: Function) -> bool:
    if function.name in ("penbox_pager_next", "penbox_pager_page"):
        return True
    if any(parameter.type == "const penbox_verifier *" for parameter in function.parameters):
        return True
    return any(parameter.type == "const penbox_options *" for parameter in function.parameters[1:])


def _kind(type: str) -> str:
    return type.removeprefix("const ").rstrip(" *").removeprefix("penbox_")


def _argument(function: Function, parameter: Parameter) -> tuple[list[str], str, list[str]]:
    """What stands before the call, the argument, and what is looked at after it."""
    name, type = parameter.name, parameter.type
    if type.endswith("**"):
        return _output(function, parameter)
    if type == "void *":
        return [], "&passes", []
    if name in ("bytes", "body") and type == "const uint8_t *":
        # With its length, which comes next.
        drawn = "draw_raw(200, false, &size)" if name == "bytes" else "draw_body(&size)"
        return ["size_t size = 0;", f"const void *{name} = {drawn};"], f"how & 128 ? NULL : {name}", []
    if name == "size" and type == "size_t":
        return [], "size", []
    drawn = _drawn(function, parameter)
    if drawn is None:
        assert type.endswith(" *") and not type.startswith("const"), f"{type} {name} of {function.name}"
        base = type.removesuffix(" *")
        return [f"{base} {name} = 0;"], f"how & 1 ? NULL : &{name}", []
    return [f"{type} {name} = {drawn};"], name, []


def _drawn(function: Function, parameter: Parameter) -> str | None:
    name, type = parameter.name, parameter.type
    if type in CALLBACKS:
        return CALLBACKS[type]
    if type == "penbox_log_level":
        return "(penbox_log_level)(next_byte() % 7) - 1"
    if type == "bool":
        return "next_byte() & 1"
    if type == "double":
        return "draw_double()"
    if type in NUMBERS:
        return f"({type})draw_number()"
    if type == "const char *":
        if name == "path" and function.name == "penbox_client_request":
            return "draw_address()"
        if name == "path":
            return "draw_source()" if "_upload_" in function.name else "draw_target()"
        return "draw_of(OPERATIONS, COUNT(OPERATIONS))" if name == "operation" else TEXTS[name]
    if type == "const penbox_value *":
        return "any_value_or_part()"
    if type == "const penbox_options *" and _reaches_out(function):
        return "any_options_of_call()"
    if type.removeprefix("const ").startswith("penbox_"):
        return f"take_{_kind(type)}()" if function.name.endswith("_free") else f"any_{_kind(type)}()"
    return None


def _output(function: Function, parameter: Parameter) -> tuple[list[str], str, list[str]]:
    name, base = parameter.name, parameter.type.removesuffix(" **")
    has = f"has_{name}"
    wants = "wants_error()" if name == "err" else "wants_out()"
    before = [f"{base} *{name} = POISON({base});", f"bool {has} = {wants};"]
    after = []
    if name != "err":
        after = [f'if ({has}) {{ judge_out("{function.name}", status, {name}); keep_{_kind(base)}({name}); }}']
    return before, f"{has} ? &{name} : NULL", after
