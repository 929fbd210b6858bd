"""Pages of forms: penbox and its peers, in turn, in one process. The protocol is in ../README.md."""

from __future__ import annotations

import argparse
import io
import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import httpx
import msgspec
import orjson
import penbox
import pycurl
from models import FiveFieldsPage, page_of_forms, pydantic_model, struct
from penbox._native import Field, Model
from penbox.models import Form

# Of the shape the API documents, and no token of anyone's.
TOKEN = "pnbx_" + "0" * 48
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/json"}

Operation = Callable[[], object]


def five_fields(forms: Iterable[Any]) -> list[tuple[Any, ...]]:
    """The work on every page: five fields of each form, two of them a level deeper."""
    return [(form.id, form.status, form.created_at, form.user.email, form.links.fill) for form in forms]


class FormPage(Model):
    """A page as one result: what is decoded where there is no request."""

    data = Field("data", Form)


def fetch_page(url: str, page: bytes) -> dict[str, Operation]:
    """A page over HTTP on a kept connection, then five fields of each form."""
    client = penbox.Client(TOKEN, base_url=url)
    full, few = msgspec.json.Decoder(page_of_forms(struct)), msgspec.json.Decoder(FiveFieldsPage)
    checked = page_of_forms(pydantic_model)
    curl, http = curl_get(f"{url}/forms?page[size]=100"), httpx_get(f"{url}/forms?page[size]=100")
    return {
        "penbox": lambda: five_fields(client.forms.list()),
        "pycurl + msgspec": lambda: five_fields(full.decode(curl()).data),
        "pycurl + msgspec, five fields": lambda: five_fields(few.decode(curl()).data),
        "httpx + msgspec": lambda: five_fields(full.decode(http()).data),
        "httpx + pydantic": lambda: five_fields(checked.model_validate_json(http()).data),
    }


def decode_page(url: str, page: bytes) -> dict[str, Operation]:
    """The same without a request. Ours takes text, the others bytes."""
    text = page.decode()
    full, few = msgspec.json.Decoder(page_of_forms(struct)), msgspec.json.Decoder(FiveFieldsPage)
    checked = page_of_forms(pydantic_model)
    return {
        "penbox": lambda: five_fields(FormPage.from_json(text).data),
        "msgspec": lambda: five_fields(full.decode(page).data),
        "msgspec, five fields": lambda: five_fields(few.decode(page).data),
        "pydantic": lambda: five_fields(checked.model_validate_json(page).data),
    }


def page_to_dicts(url: str, page: bytes) -> dict[str, Operation]:
    """A page as plain dicts and lists, without a request."""
    text = page.decode()
    return {
        "penbox": lambda: Model.from_json(text).to_dict(),
        "orjson": lambda: orjson.loads(text),
        "json": lambda: json.loads(text),
    }


def fetch_dicts(url: str, page: bytes) -> dict[str, Operation]:
    """A page over HTTP as plain dicts."""
    client = penbox.Client(TOKEN, base_url=url)
    curl, http = curl_get(f"{url}/forms?page[size]=100"), httpx_get(f"{url}/forms?page[size]=100")
    return {
        "penbox": lambda: [form.to_dict() for form in client.forms.list()],
        "pycurl + orjson": lambda: orjson.loads(curl())["data"],
        "httpx + orjson": lambda: orjson.loads(http())["data"],
    }


def curl_get(url: str) -> Callable[[], bytes]:
    """GET by one libcurl handle, which keeps its connection."""
    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, url)
    curl.setopt(pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in HEADERS.items()])
    curl.setopt(pycurl.TIMEOUT_MS, 60_000)

    def get() -> bytes:
        body = io.BytesIO()
        curl.setopt(pycurl.WRITEDATA, body)
        curl.perform()
        assert curl.getinfo(pycurl.RESPONSE_CODE) == 200
        return body.getvalue()

    return get


def httpx_get(url: str) -> Callable[[], bytes]:
    """GET by one httpx client, which keeps its connection."""
    client = httpx.Client(headers=HEADERS, timeout=60)
    return lambda: client.get(url).raise_for_status().content


WORKS = {
    "page": (fetch_page, lambda page: five_fields(FormPage.from_json(page).data)),
    "page_decode": (decode_page, lambda page: five_fields(FormPage.from_json(page).data)),
    "page_dicts": (page_to_dicts, json.loads),
    "page_dicts_http": (fetch_dicts, lambda page: json.loads(page)["data"]),
}
"""Of each work what makes its contestants, and what they must have read."""


def sample(operation: Operation, iterations: int) -> tuple[float, float]:
    """The mean wall and CPU time of an operation, in nanoseconds."""
    wall, cpu = time.perf_counter_ns(), time.process_time_ns()
    for _ in range(iterations):
        operation()
    cpu, wall = time.process_time_ns() - cpu, time.perf_counter_ns() - wall
    return wall / iterations, cpu / iterations


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--page", type=Path, required=True)
    arguments.add_argument("--url", required=True)
    arguments.add_argument("--iterations", type=int, required=True)
    arguments.add_argument("--rounds", type=int, required=True)
    arguments.add_argument("--work", choices=WORKS)
    given = arguments.parse_args()
    page = given.page.read_bytes()
    for work, (contestants, expected) in WORKS.items():
        if given.work not in (None, work):
            continue
        operations = contestants(given.url, page)
        for who, operation in operations.items():
            assert operation() == expected(page.decode()), f"{who} read something else than the page holds"
            sample(operation, max(given.iterations // 4, 5))
        for _ in range(given.rounds):
            for who, operation in operations.items():
                wall, cpu = sample(operation, given.iterations)
                line = {"work": work, "who": who, "ns_per_op": wall, "cpu_ns_per_op": cpu}
                print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
