"""Makes the calls the conformance runner asks for, by the named public methods of the package `penbox`."""

import json
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


def perform(call):
    with penbox.Client(**seconds(call["settings"])) as client:
        options = {}
        for name, value in seconds(call.get("options") or {}).items():
            options[name if name == "timeout" else f"extra_{name}"] = value
        resource, method = call["operation"].split(".")
        result = getattr(getattr(client, resource), method)(**call["params"], **options)
        if isinstance(result, penbox.Pager):
            return [item.to_dict() for item in result]
        return result.to_dict()


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
