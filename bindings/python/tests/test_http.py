"""Requests of the caller's own, the HTTP side of results, and kept answers, as Python sees them."""

from __future__ import annotations

import contextlib
import copy
import io
import json
import os
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import penbox
from raw import TOKEN, Request, Server, answer, page, serving

FORM = {"id": "a"}


def test_a_request_is_plain_python() -> None:
    with (
        serving(answer({"data": [{"slug": "a"}]}), answer(), answer([1])) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        flows = client.request("GET", "/flows", query={"page[size]": 5})
        assert flows == {"data": [{"slug": "a"}]}
        assert client.request("DELETE", "/requests/a") is None
        body = {"flow": {"slug": "x"}, "note": None}
        assert client.request("post", "requests", body=body, headers={"X-A": "1"}) == [1]
        sent = server.requests
    assert sent[0].query == [("page[size]", "5")]
    assert [each.method for each in sent] == ["GET", "DELETE", "POST"]
    assert (sent[2].path, sent[2].json, sent[2].headers["x-a"]) == ("/v1/requests", body, "1")


def test_a_request_that_may_lead_elsewhere_is_refused() -> None:
    with serving() as server, penbox.Client(TOKEN, base_url=server.url) as client:
        absolute = ("https://evil.example/x", "//evil.example")
        for path in (*absolute, "/a/../b", "/a\r\nb", "/requests/", ""):
            with pytest.raises(penbox.InvalidArgumentError) as caught:
                client.request("GET", path)
            assert (caught.value.operation, caught.value.outcome) == ("request", "not_sent")
        wrong: list[dict[str, Any]] = [
            {"headers": {"Authorization": "x"}},
            {"safe": 1},
            {"query": [1]},
        ]
        for given in wrong:
            with pytest.raises(penbox.InvalidArgumentError):
                client.request("POST", "/flows", **given)
        for method in (None, 5, "BREW"):
            with pytest.raises(penbox.InvalidArgumentError):
                client.request(method, "/flows")  # type: ignore[arg-type]
        assert server.requests == []


def test_safe_says_what_is_repeated() -> None:
    down = answer({}, status=503, headers={"Retry-After": "0"})
    with (
        serving(down, answer([]), down) as server,
        penbox.Client(TOKEN, base_url=server.url, max_attempts=2) as client,
    ):
        assert client.request("POST", "/search", body={}, safe=True) == []
        with pytest.raises(penbox.ServerError) as caught:
            client.request("POST", "/search", body={})
        assert (caught.value.attempts, caught.value.path) == (1, "/search")
        assert len(server.requests) == 3


def test_a_result_has_its_http_side() -> None:
    headers = {"X-Request-Id": "r1", "X-Echo": f"is {TOKEN}"}
    first = answer({}, status=503, headers={"Retry-After": "0"})
    with (
        serving(first, answer(FORM, headers=headers), answer(FORM, status=201)) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        result = client.with_response.forms.get("a")
        assert (
            result.data == client.with_options().with_response.forms.create(flow={"slug": "x"}).data
        )
    assert isinstance(result.data, penbox.Form)
    assert (result.status, result.request_id, result.attempts) == (200, "r1", 2)
    assert 0 < result.elapsed < 60
    assert (result.from_cache, result.age) == (False, None)
    assert result.headers["x-REQUEST-id"] == "r1"
    assert "x-echo" in result.headers
    assert result.headers["x-echo"] == "is pnbx_***"
    assert result.headers.get("x-none") is None
    assert "r1" not in repr(result.headers)


def test_every_kind_of_call_has_it() -> None:
    pdf = answer(text="%PDF", headers={"Content-Type": "application/pdf"})
    with (
        serving(
            answer({"id": "u"}, status=201), pdf, page(["a"], number=2, pages=3), answer()
        ) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        recording = client.with_response
        up = recording.attachments.upload(b"abc", name="a.pdf")
        assert (up.status, up.data.id) == (201, "u")
        target = io.BytesIO()
        down = recording.attachments.download("a", to=target)
        assert (down.status, down.data.size, target.getvalue()) == (200, 4, b"%PDF")
        assert down.headers["content-type"] == "application/pdf"
        second = recording.forms.list().page(2)
        assert (second.status, [form.id for form in second.data]) == (200, ["a"])
        assert recording.request("DELETE", "/requests/a").status == 200


def test_a_list_is_iterated_by_pages() -> None:
    pages = (page(["a", "b"], number=1, pages=2), page(["c"], number=2, pages=2))
    with serving(*pages) as server, penbox.Client(TOKEN, base_url=server.url) as client:
        seen = [
            (each.status, [form.id for form in each.data])
            for each in client.with_response.forms.list()
        ]
    assert seen == [(200, ["a", "b"]), (200, ["c"])]


def test_an_error_has_headers_and_its_body_as_python() -> None:
    headers = {"X-Left": "0", "Set-Cookie": "a=1"}
    body = {"statusCode": 404, "message": "gone", "list": [1]}
    with (
        serving(
            answer(body, status=404, headers=headers), answer(status=404, text="<no>")
        ) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        with pytest.raises(penbox.NotFoundError) as caught:
            client.forms.get("a")
        with pytest.raises(penbox.NotFoundError) as other:
            client.with_response.forms.get("a")
    error = caught.value
    assert error.headers is not None
    assert (error.headers["x-left"], error.body_json) == ("0", body)
    for copied in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert copied.headers == error.headers
    assert "a=1" not in f"{error} {error!r} {error.support_report()} {error.headers!r}"
    assert (other.value.body, other.value.body_json) == ("<no>", None)
    unsent = penbox.NotFoundError("made by hand")
    assert (unsent.headers, unsent.body_json) == (None, None)


def test_headers_are_a_mapping() -> None:
    headers = penbox.Headers([("Set-Cookie", "a=1"), ("X-A", "2"), ("set-cookie", "b=2")])
    assert dict(headers) == {"set-cookie": "a=1", "x-a": "2"}
    assert (len(headers), list(headers)) == (2, ["set-cookie", "x-a"])
    assert headers.get_all("SET-COOKIE") == ["a=1", "b=2"]
    assert headers.pairs()[2] == ("set-cookie", "b=2")
    with pytest.raises(KeyError):
        headers["x-none"]
    assert 5 not in headers  # type: ignore[comparison-overlap]


def test_threads_share_one_request_and_each_result_is_its_own() -> None:
    release = threading.Event()

    def respond(_: Request) -> bytes:
        release.wait()
        return answer({"n": [1]})

    with (
        contextlib.closing(Server(respond)) as server,
        penbox.Client(TOKEN, base_url=server.url, cache_ttl=60) as client,
        ThreadPoolExecutor(20) as threads,
    ):
        calls = [threads.submit(client.form_templates.options, "a") for _ in range(20)]
        release.set()
        results = [call.result() for call in calls]
        results[0]["n"].append(2)
        assert client.form_templates.options("a") == {"n": [1]}
        assert len(server.requests) == 1
        stats = client.cache_stats()
        assert (stats.hits, stats.misses, stats.entries) == (20, 1, 1)


def test_the_cache_is_emptied_and_gone_round() -> None:
    answers = [answer({"n": number}) for number in range(3)]
    with (
        serving(*answers) as server,
        penbox.Client(TOKEN, base_url=server.url, cache_ttl=60) as client,
    ):
        options = client.form_templates.options
        assert [options("a"), options("a")] == [{"n": 0}, {"n": 0}]
        client.clear_cache()
        assert options("a") == {"n": 1}
        assert client.with_options(fresh=True).form_templates.options("a") == {"n": 2}
        kept = client.with_response.form_templates.options("a")
        assert (kept.data, kept.from_cache, kept.attempts) == ({"n": 2}, True, 0)
        assert kept.age is not None
        assert 0 <= kept.age < 60
        assert len(server.requests) == 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_begins_with_an_empty_cache() -> None:
    with (
        serving(answer({"n": 0}), answer({"n": 1})) as server,
        penbox.Client(TOKEN, base_url=server.url, cache_ttl=60) as client,
    ):
        assert client.form_templates.options("a") == {"n": 0}
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            told = [client.cache_stats().entries, client.form_templates.options("a")]
            os.write(writer, json.dumps(told).encode())
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as stream:
            assert json.loads(stream.read()) == [0, {"n": 1}]
        os.waitpid(child, 0)
        assert client.form_templates.options("a") == {"n": 0}
