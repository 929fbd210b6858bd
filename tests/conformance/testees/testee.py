"""Makes the calls the conformance runner asks for, by the public methods of the package `penbox`."""

import concurrent.futures
import contextlib
import inspect
import json
import keyword
import math
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import penbox
import penbox.webhooks

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
    if isinstance(result, list):
        return [rendered(item) for item in result]
    return finite(result.to_dict() if isinstance(result, penbox.Model) else result)


def finite(value):
    """A value without infinite numbers, for which JSON has no word: null, as JSON.stringify writes them."""
    if isinstance(value, dict):
        return {name: finite(member) for name, member in value.items()}
    if isinstance(value, list):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and math.isinf(value) else value


def walked(pager, resume):
    """The items of a list, which is gone on with after so many errors."""
    items = []
    while True:
        try:
            for item in pager:
                items.append(rendered(item))
            return items
        except penbox.PenboxError:
            if resume == 0:
                raise
            resume -= 1


def moving(call, told, stack):
    """The arguments that say which file to move, and whom to tell of it."""
    arguments = {}
    if file := call.get("file"):
        path = Path(file["path"])
        ways = {"path": path.absolute, "bytes": path.read_bytes, "reader": lambda: SimpleNamespace(read=stack.enter_context(path.open("rb")).read)}
        arguments["source"] = ways[file["way"]]()
    if to := call.get("to"):
        arguments["overwrite"] = to["overwrite"]
        if to["way"] == "writer":
            arguments["to"] = stack.enter_context(Path(to["path"]).open("wb"))
        elif to["way"] != "memory":
            arguments["to"] = to["path"]

    def hear(moved, total):
        told.append((moved, total))
        return call["progress"] != "cancel"

    return {**arguments, "on_progress": hear} if "progress" in call else arguments


def facts(file, to):
    if file.content is not None:
        Path(to["path"]).write_bytes(file.content)
    names = ("name", "content_type", "size", "sha256")
    return {"path": file.path and str(file.path)} | {name: getattr(file, name) for name in names}


def provider_of(tokens):
    """A callback that gives these tokens in order, the last one again and again; an empty text is a failure."""
    rest = list(tokens)

    def give():
        token = rest.pop(0) if len(rest) > 1 else rest[0]
        if token == "":
            raise RuntimeError("the vault is sealed")
        return token

    return give


def at_once(callers, method):
    """The result of a call that so many threads make at once, and that comes to the same for each."""
    with concurrent.futures.ThreadPoolExecutor(callers) as threads:
        results = [call.result() for call in [threads.submit(method) for _ in range(callers)]]
    assert all(rendered(result) == rendered(results[0]) for result in results)
    return results[0]


def stats_of(client, names):
    """The members of these names; of an operation the calls and the errors, for times are never the same."""
    told = client.stats().to_dict()
    told["operations"] = {id: {"calls": of["calls"], "errors": of["errors"]} for id, of in told["operations"].items()}
    return {name: told[name] for name in names}


def checked(report):
    """Whether all is well, and each finding that says otherwise."""
    findings = [f"{finding.level} {finding.id}" for finding in report.findings if finding.level != "ok"]
    return {"ok": report.ok, "findings": findings}


def called_around(around, client, method):
    """Makes a call with all that is done around it."""
    for _ in range(around.get("before", 0)):
        with contextlib.suppress(penbox.PenboxError):
            method()
    if "set_token" in around:
        client.set_token(around["set_token"])
    if around.get("clear_cache"):
        client.clear_cache()
    with contextlib.ExitStack() as stack:
        if "stats" in around:
            stack.enter_context(contextlib.suppress(penbox.PenboxError))
        return at_once(around["at_once"], method) if "at_once" in around else method()


def client_of(call, kept, stack):
    """The client that makes the call, closed with the stack: a new one, or the one that was kept."""
    # Python reads the environment unasked.
    call.get("settings", {}).pop("from_env", None)
    settings = seconds(call.get("settings", {}))
    if "provider" in call.get("around", {}):
        settings["token_provider"] = provider_of(call["around"]["provider"])
    client = penbox.Client(**settings) if "settings" in call else kept.pop()
    if call.get("keep"):
        kept.append(client)
    else:
        stack.enter_context(client)
    return client


def close_when(sign, client, stack):
    """Has another thread close the client as soon as this file is there."""

    def watch():
        while not Path(sign).exists():
            time.sleep(0.002)
        client.close()

    thread = threading.Thread(target=watch)
    thread.start()
    stack.callback(thread.join)


def method_of(client, operation):
    """The method of an operation's id; `request` is one of the client's own."""
    resource, _, name = operation.rpartition(".")
    return getattr(getattr(client, resource) if resource else client, name)


def answered(answer, names):
    """A result and its HTTP side, with the headers of these names."""
    told = ("status", "request_id", "attempts", "from_cache")
    side = {name: getattr(answer, name) for name in told}
    headers = {name: answer.headers.get(name) for name in names}
    return {"data": rendered(answer.data), **side, "headers": headers}


def perform(call, told, kept):
    with contextlib.ExitStack() as stack:
        client = client_of(call, kept, stack)
        if "operation" not in call:
            return None
        if "close_when" in call:
            close_when(call["close_when"], client, stack)
        options = seconds(call.get("options") or {})
        names = options.pop("with_response", None)
        again = options.pop("again", 0)
        if options.pop("fresh", False):
            client = client.with_options(fresh=True)
        method = method_of(client if names is None else client.with_response, call["operation"])
        known = inspect.signature(method).parameters
        arguments = {argument(name, known): value for name, value in call["params"].items()}
        cancel_after = options.pop("cancel_after", None)
        resume = options.pop("resume", 0)
        for name, value in options.items():
            arguments[name if name == "timeout" else f"extra_{name}"] = value
        for _ in range(again):
            method(**arguments)
        if cancel_after is not None:
            cancel = penbox.CancelToken()
            if call["operation"] == "check":
                # Which takes the options of its client alone.
                method = client.with_options(cancel=cancel).check
            else:
                arguments["cancel"] = cancel
            timer = threading.Timer(cancel_after, cancel.cancel)
            stack.callback(timer.cancel)
            timer.start()
        around = call.get("around", {})
        moves = moving(call, told, stack)
        result = called_around(around, client, lambda: method(**arguments, **moves))
        if "stats" in around:
            return stats_of(client, around["stats"])
        if isinstance(result, penbox.CheckReport):
            return checked(result)
        if names is not None:
            return answered(result, names)
        if isinstance(result, penbox.Pager):
            return walked(result, resume)
        return facts(result, call["to"]) if isinstance(result, penbox.File) else rendered(result)


def delivered(operation, webhook):
    """What a verifier makes of a delivery, after other methods of it were called with the same one."""
    verifier = penbox.webhooks.Verifier(webhook["url"], **seconds(webhook["settings"]))
    headers = [tuple(pair) for pair in webhook["headers"]]
    body = webhook["body"].encode()

    def call(name):
        return verifier.forget(headers) if name == "forget" else getattr(verifier, name)(headers, body)

    for name in webhook.get("before", ()):
        with contextlib.suppress(penbox.PenboxError):
            call(name)
    return rendered(call(operation.removeprefix("webhook.")))


class Second:
    """A second client, which calls on a thread of its own while the first one meets a fault."""

    def __init__(self, settings):
        self.client = penbox.Client(**seconds(settings))
        self.client.forms.get("beside")
        self.calls = 1
        self.error = None
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.call)
        self.thread.start()

    def call(self):
        try:
            while not self.over.wait(0.02):
                self.client.forms.get("beside")
                self.calls += 1
        except penbox.PenboxError as error:
            self.error = error

    def end(self):
        self.over.set()
        self.thread.join()
        self.client.close()
        if self.error:
            raise self.error
        return {"calls": self.calls}


def change(beside, second):
    """Starts the second client, or ends it: then the number of its calls is told."""
    if "settings" not in beside:
        return second.pop().end()
    second.append(Second(beside["settings"]))
    return None


def described(error):
    members = {name: getattr(error, name) for name in MEMBERS}
    wait = error.retry_after
    members["class"] = type(error).__name__
    members["retry_after_ms"] = None if wait is None else round(wait * 1000)
    members["support_report"] = error.support_report()
    members["curl"] = error.curl()
    return members


def main():
    kept, second = [], []
    for line in sys.stdin:
        call = json.loads(line)
        answer = {"id": call["id"], "progress": []}
        try:
            if "beside" in call:
                answer["result"] = change(call["beside"], second)
            elif "webhook" in call:
                answer["result"] = delivered(call["operation"], call["webhook"])
            else:
                answer["result"] = perform(call, answer["progress"], kept)
        except penbox.PenboxError as error:
            answer["error"] = described(error)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
