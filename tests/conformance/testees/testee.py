"""Makes the calls the conformance runner asks for, by the public methods of the package `penbox`."""

import inspect
import json
import keyword
import sys

import penbox

MEMBERS = (
    "kind",
    "message",
    "hint",
    "reason",
    "phase",
    "http_status",
    "title",
    "body",
    "operation",
    "method",
    "path",
    "attempts",
    "outcome",
    "retryable",
    "request_id",
    "occurred_at",
)


def seconds(settings):
    """The settings under Python's names: durations in seconds, without the unit in the name."""
    named = {}
    for name, value in settings.items():
        if name.endswith("_ms"):
            named[name.removesuffix("_ms")] = value / 1000
        else:
            named[name] = value
    return named


def argument(name, known):
    """A parameter's name in Python; one that the method does not know is given as it stands."""
    named = name.replace("$", "").replace("-", "_")
    named = f"{named}_" if keyword.iskeyword(named) else named
    return named if named in known else name


def rendered(result):
    """A result as what JSON can show."""
    if isinstance(result, (penbox.Pager, list)):
        return [rendered(item) for item in result]
    return result.to_dict() if isinstance(result, penbox.Model) else result


def perform(call):
    with penbox.Client(**seconds(call["settings"])) as client:
        resource, name = call["operation"].split(".")
        method = getattr(getattr(client, resource), name)
        known = inspect.signature(method).parameters
        arguments = {argument(name, known): value for name, value in call["params"].items()}
        for name, value in seconds(call.get("options") or {}).items():
            arguments[name if name == "timeout" else f"extra_{name}"] = value
        return rendered(method(**arguments))


def described(error):
    members = {name: getattr(error, name) for name in MEMBERS}
    wait = error.retry_after
    members["class"] = type(error).__name__
    members["retry_after_ms"] = None if wait is None else round(wait * 1000)
    members["support_report"] = error.support_report()
    return members


def main():
    for line in sys.stdin:
        call = json.loads(line)
        answer = {"id": call["id"]}
        try:
            answer["result"] = perform(call)
        except penbox.PenboxError as error:
            answer["error"] = described(error)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
