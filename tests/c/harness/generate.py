"""Writes a C program that calls every function of the header wrongly: the list is the header's own, so none is left out.

For every function: NULL for each of its pointers, text that is not UTF-8 for each of its strings and, with a library built
for it, a panic inside. Before that it is called rightly, to know that the wrong calls differ from it.
"""

import json

from . import build
from .header import Function, Parameter, functions

HANDLES = ("cancel", "client", "config", "headers", "options", "pager", "params", "recording", "value", "error")
HANDLES += ("verifier", "verifier_config")

# What a string has to be for a call that works, by parameter and then by function.
TEXTS = {"json": "{}", "pointer": "/s", "name": "content-type", "operation": "workspaces.list", "value": "x", "token": "pnbx_x"}
TEXTS |= {"method": "POST", "workspace": "x", "form_id": "x", "url": "https://example.com/hooks"}
# A device is a source that is there, and a path to download to must not be.
RECORDED = build.ROOT / "tests/recordings/from-python.jsonl"
PATHS = {"upload": "/dev/null", "download": "not-there"}
CALLBACKS = {
    "penbox_read_callback": "reads_nothing",
    "penbox_seek_callback": "seeks_nowhere",
    "penbox_write_callback": "writes_nothing",
    "penbox_progress_callback": "NULL",
    "penbox_token_provider": "gives_nothing",
    "penbox_token_provider_free": "NULL",
    "penbox_request_hook": "hooks_nothing",
    "penbox_event_hook": "sees_nothing",
    "penbox_hook_free": "NULL",
    "penbox_log_callback": "logs_nothing",
    "penbox_replay_add": "adds_nothing",
    "penbox_replay_remove": "removes_nothing",
    "penbox_replay_free": "NULL",
}
POINTERS = {
    "penbox_value_int64": "/n",
    "penbox_value_double": "/n",
    "penbox_value_bool": "/t",
    "penbox_value_is_null": "/z",
    "penbox_value_size": "/l",
}

# Parameters that have to agree, which the spec cannot say.
EXTRACTION = {"attachments": [{"id": "x"}], "fields": [{"name": "x", "type": "text"}]}
AGREED = {"document_intelligence_create": EXTRACTION, "document_intelligence_extract": EXTRACTION}

# What a function without a status gives when it cannot do anything.
NOTHING = {"penbox_pager_total_count": "-1", "penbox_error_retry_after_ms": "-1", "penbox_value_age_ms": "-1"}

# Members that the error at hand does not have, and a count that is not known yet: nothing is what they give anyway.
BARE = (
    "penbox_error_reason",
    "penbox_error_phase",
    "penbox_error_request_id",
    "penbox_error_retry_after_ms",
    "penbox_error_retryable",
    "penbox_error_header",
    "penbox_error_header_count",
    "penbox_error_header_name",
    "penbox_error_header_value",
    "penbox_pager_total_count",
    "penbox_client_cache_hits",
    "penbox_client_cache_misses",
    "penbox_client_cache_entries",
    "penbox_client_cache_bytes",
    "penbox_client_notify_form",
    "penbox_value_age_ms",
    "penbox_value_elapsed_ms",
    "penbox_value_request_id",
)
# What can be read of an answer, and not of a value that was made of text.
OF_ANSWERS = ("attempts", "header", "header_count", "header_name", "header_value", "http_status")
# Pointers that may be NULL, beside those that all calls have.
MAY_BE_NULL = {"penbox_client_request": ("query", "body"), "penbox_client_check": ("workspace",), "penbox_verifier_new": ("config",)}

# Constants, which have nothing inside that could panic.
CONSTANT = ("penbox_version", "penbox_abi_version")


def program(panics: bool) -> str:
    """The program's text."""
    parts = [f'#define RECORDED "{RECORDED}"\n#include "wrong.h"\n']
    if panics:
        parts.append("void penbox_test_panic_next(void);\n")
    listed = functions()
    for function in listed:
        parts.append(_panic(function) if panics else _wrong(function))
    calls = "".join(f"    check_{function.name}(&all);\n" for function in listed)
    parts.append(
        f"int main(void) {{\n    struct all all;\n    set_up(&all);\n{calls}    tear_down(&all);\n"
        f'    printf("{len(listed)} functions\\n");\n    return report();\n}}\n'
    )
    return "\n".join(parts)


def _wrong(function: Function) -> str:
    body = [_call(function, {}, _good(function))]
    # A text with its length is bytes, of any kind.
    sizes = [parameter.name for parameter in function.parameters]
    for parameter in function.parameters:
        if parameter.is_pointer and function.result != "void":
            expected = "status == good" if _is_optional(function, parameter) else _refused(function)
            body.append(_call(function, {parameter.name: "NULL"}, expected))
        elif parameter.is_pointer:
            body.append(f"    {function.name}(NULL);\n")
        if parameter.type == "const char *" and f"{parameter.name}_size" not in sizes:
            body.append(_call(function, {parameter.name: '"\\xff\\xfe"'}, _refused(function)))
    return _function(function, body)


def _panic(function: Function) -> str:
    if function.name in CONSTANT:
        return _function(function, [])
    expected = "status == PENBOX_ERROR_INTERNAL" if function.can_fail else _refused(function)
    if any(parameter.name == "err" for parameter in function.parameters):
        # Nobody knows how far it came.
        expected += ' && strcmp(penbox_error_outcome(err), "unknown") == 0'
    return _function(function, [_call(function, {}, expected, "penbox_test_panic_next();")])


def _function(function: Function, body: list[str]) -> str:
    good = "    penbox_status good = PENBOX_OK;\n    (void)good;\n" if function.can_fail else ""
    return f"static void check_{function.name}(struct all *all) {{\n{good}    (void)all;\n{''.join(body)}}}\n"


def _good(function: Function) -> str:
    """What shows that the right call does something."""
    if function.can_fail:
        return "(good = status) == PENBOX_OK || good == PENBOX_ERROR_CLOSED"
    if function.result == "void" or function.name in BARE or function.name in CONSTANT:
        return "1"
    return f"result != {_nothing(function)}"


def _refused(function: Function) -> str:
    if function.can_fail:
        return "status == PENBOX_ERROR_INVALID_ARGUMENT"
    if function.result == "void":
        return "1"
    return f"result == {_nothing(function)}"


def _nothing(function: Function) -> str:
    return NOTHING.get(function.name, "NULL" if function.result.endswith("*") else "0")


def _is_optional(function: Function, parameter: Parameter) -> bool:
    if parameter.name in ("err", "user") or parameter.name in MAY_BE_NULL.get(function.name, ()):
        return True
    is_call = function.parameters[0].type == "const penbox_client *"
    return is_call and (parameter.name == "options" or (parameter.name == "params" and _least(function) == {}))


def _least(function: Function) -> dict:
    """The parameters that an operation cannot do without, from the spec."""
    spec = build.ROOT / "tests/spec"
    operations = json.loads((spec / "operations.json").read_text())["operations"]
    models = {model["name"]: model["fields"] for model in json.loads((spec / "schema.json").read_text())["models"]}

    def sample(type: dict) -> object:
        samples = {"text": "x", "enum": "x", "any": "x", "boolean": True, "integer": 1, "number": 1, "object": {}}
        if type["kind"] == "model":
            return {each["name"]: sample(each["type"]) for each in models[type["name"]] if each["required"]}
        if type["kind"] in ("list", "one_or_many"):
            return [sample(type["of"])]
        return samples[type["kind"]]

    name = function.name.removeprefix("penbox_").removesuffix("_pager")
    for operation in operations:
        moves = operation["transfer"] != "none"
        if operation["id"].replace(".", "_") == (name.rpartition("_")[0] if moves else name):
            fields = models.get(operation["params"], []) if operation["params"] else []
            needed = {each["name"]: sample(each["type"]) for each in fields if each["required"]}
            if name.endswith("_upload_file"):
                return {}  # the path names it
            needed = AGREED.get(name, needed)
            return needed | {each: "x" for each in operation["path_parameters"]}
    return {}


def _call(function: Function, given: dict[str, str], expected: str, before: str = "") -> str:
    """One call with what is needed before and after it, as a block of C."""
    before_lines, after_lines, arguments = [], [], []
    for parameter in function.parameters:
        argument, before_line, after_line = _argument(function, parameter)
        if parameter.name in given:
            argument, before_line, after_line = given[parameter.name], "", ""
        before_lines.append(before_line)
        arguments.append(argument)
        after_lines.append(after_line)
    call = f"{function.name}({', '.join(arguments)})"
    after = f"CHECK({expected});"
    if function.can_fail:
        call = f"penbox_status status = {call}"
    elif function.result != "void":
        call = f"{function.result} result = {call}"
        kind = next((kind for kind in HANDLES if function.result == f"penbox_{kind} *"), None)
        after += f" penbox_{kind}_free(result);" if kind else " (void)result;"
    lines = [*before_lines, f"{before} {{ {call};", after, *after_lines, "}"]
    return "    {\n" + "".join(f"        {line}\n" for line in lines if line.strip()) + "    }\n"


def _argument(function: Function, parameter: Parameter) -> tuple[str, str, str]:
    """An argument that works, what has to stand before the call, and what is checked and freed after it."""
    name, type = parameter.name, parameter.type
    if type in CALLBACKS or type == "void *":
        return CALLBACKS.get(type, "NULL"), "", ""
    if name == "path" and function.name == "penbox_client_request":
        return '"/workspaces"', "", ""
    if name == "path":
        kind = "upload" if "_upload_" in function.name else "download"
        return f'"{PATHS[kind]}"', "", ""
    if name == "recorded":
        return "RECORDED" if function.name == "penbox_recording_read" else '"/dev/null"', "", ""
    if function.name.startswith("penbox_verifier_") and name in ("body", "size"):
        return {"body": "(const uint8_t *)DELIVERY_BODY", "size": "sizeof DELIVERY_BODY - 1"}[name], "", ""
    if name == "bytes":
        return '(const uint8_t *)"x"', "", ""
    if type == "const char *":
        text = POINTERS.get(function.name, TEXTS[name]) if name == "pointer" else TEXTS[name]
        return f'"{text}"', "", ""
    if type.endswith("**"):
        base = type.removesuffix(" **")
        free = f"{base}_free({name});"
        if name == "err":
            check = "CHECK(status == PENBOX_OK ? err == NULL : penbox_error_status(err) == status);"
        else:
            check = f"CHECK(status == PENBOX_OK || {name} == NULL);"
        return f"&{name}", f"{base} *{name} = POISON({base});", f"{check} {free}"
    handle = type.removeprefix("const ").removesuffix(" *").removeprefix("penbox_")
    if handle in HANDLES and type.endswith("*"):
        free = "" if function.name == f"penbox_{handle}_free" else f"penbox_{handle}_free({name});"
        if not type.startswith("const "):
            return name, f"penbox_{handle} *{name} = new_{handle}(all);", free
        if handle == "params" and _least(function):
            text = json.dumps(json.dumps(_least(function)))
            return name, f"penbox_params *{name} = params_of({text});", free
        answer = handle == "value" and function.name.removeprefix("penbox_value_") in OF_ANSWERS
        place = "answer" if answer else handle
        return f"all->{place}", "", ""
    if type.endswith("*"):
        base = type.removesuffix(" *")
        return f"&{name}", f"{base} {name};", f"(void){name};"
    return "1", "", ""
