"""Right uses: a type checker has nothing to say, and infers what stands here."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import Any, BinaryIO, assert_type

import penbox


def client() -> penbox.Client:
    return penbox.Client("pnbx_x", timeout=3, base_url="http://127.0.0.1:9/v1", page_size=50)


def operations(client: penbox.Client) -> None:
    user: penbox.User = {"email": "john@example.com", "given_name": None}
    form = client.forms.create(flow={"slug": "x"}, user=user, owner=None, draft=True)
    assert_type(form, penbox.Form)
    assert_type(client.forms.get("a", timeout=2.5, extra_headers={"x": "y"}), penbox.Form)
    assert_type(client.forms.list(flow={"slug": ["a", "b"]}), penbox.Pager[penbox.Form])
    assert_type(client.with_options(timeout=1), penbox.Client)
    token = penbox.CancelToken()
    assert_type(client.forms.get("a", cancel=token), penbox.Form)
    assert_type(client.with_options(cancel=token), penbox.Client)
    assert_type(token.cancelled, bool)
    for workspace in client.workspaces.list(page={"size": 10}):
        assert_type(workspace, penbox.Workspace)
    pager = client.forms.list(filter={"attributes": {}}, sort=penbox.NOT_GIVEN)
    order: penbox.SortOrder = "+created_at"
    client.forms.list(sort=order)
    client.forms.list(sort="-an.order.of.tomorrow")
    assert_type(pager.page(2), penbox.Page[penbox.Form])
    assert_type(pager.total_count, int | None)
    assert_type(pager.prefetch().collect(10), list[penbox.Form])
    owner: penbox.RelatedFilter = {"attributes": {"email": {"$eq": "sam@example.com"}}}
    recent: penbox.Condition = {"$ge": "2026-01-01", "$lt": "2026-02-01"}
    related = {"owner": owner}
    chosen: penbox.Filter = {"attributes": {"created_at": recent}, "relationships": related}
    client.forms.list(filter=chosen)
    client.cases.count(filter={"attributes": {"score": {"$le": 3}}, "user": {"id": 1}})
    for page in pager.pages():
        assert_type(page.data, list[penbox.Form])
        assert_type(page[0], penbox.Form)
        assert_type(page.meta, penbox.PageMeta | None)


def http(client: penbox.Client) -> None:
    answer = client.with_response.forms.get("a", timeout=2.5)
    assert_type(answer, penbox.WithResponse[penbox.Form])
    assert_type(answer.data, penbox.Form)
    assert_type(answer.headers, penbox.Headers)
    assert_type(answer.headers["x"], str)
    assert_type(answer.elapsed, float)
    created = client.with_response.forms.create(flow={"slug": "x"})
    assert_type(created.data.id, str)
    assert_type(client.with_response.attachments.download("a").data, penbox.File)
    pages = client.with_response.forms.list(completed=True)
    assert_type(pages, penbox.PagesWithResponse[penbox.Form])
    for page in pages:
        assert_type(page, penbox.WithResponse[penbox.Page[penbox.Form]])
    assert_type(pages.page(2).data, penbox.Page[penbox.Form])
    assert_type(client.with_response.request("GET", "/flows"), penbox.WithResponse[Any])
    client.request("POST", "/x", query={"a": 1}, body=[1], safe=True, headers={"x": "y"})
    assert_type(client.cache_stats().hits, int)


def files(client: penbox.Client, path: Path, file: BinaryIO) -> None:
    def progress(sent: int, total: int | None) -> bool:
        return sent != total

    for source in (path, str(path), b"x", bytearray(), memoryview(b"x"), file, io.BytesIO()):
        assert_type(client.attachments.upload(source, name="x"), penbox.Attachment)
    client.attachments.upload(path, name=None, type="a/b", scope="public", on_progress=progress)
    with path.open("wb") as target, gzip.open(path, "wb") as packed:
        client.attachments.download("a", to=packed)
        client.responses.download_pdf("r", to=target, on_progress=print)
    done = client.attachments.download("a", to=path, overwrite=True)
    assert_type(done, penbox.File)
    assert_type(done.path, Path | None)
    assert_type(done.content, bytes | None)
    assert_type(done.size, int)
    client.attachments.download_merged(ids=["a", "b"], filename="x", to=io.BytesIO())


def others(client: penbox.Client) -> None:
    assert_type(client.forms.update("f", active_until=None, archived=True), penbox.Form)
    assert_type(client.forms.count(group_by="x").by, dict[str, Any] | None)
    assert_type(client.form_templates.options("s"), dict[str, Any])
    assert_type(client.form_templates.steps("s"), list[penbox.FormStep])
    assert_type(client.cases.start_step("c", "step", data={"a": 1}), penbox.Case)
    assert_type(client.responses.get("r").created_at, str | None)
    contact: penbox.CaseContactInput = {"key": "main", "email": None}
    client.cases.create(title="x", contacts=[contact], schema=[{"key": "a", "value": 3}])
    client.document_intelligence.create(
        attachments=[{"id": "a"}], fields=[{"name": "n", "type": "text"}]
    )


def results(form: penbox.Form) -> None:
    assert_type(form.id, str)
    assert_type(form.status, str | None)
    assert_type(form.archived, bool | None)
    assert_type(form.user, penbox.FormUser | None)
    assert_type(form.responses, list[penbox.FormResponse] | None)
    assert_type(form.data, dict[str, Any] | None)
    assert_type(form.to_dict(), dict[str, Any])
    assert_type(penbox.Form.from_json("{}"), penbox.Form)
    if form.notifications:
        assert_type(form.notifications[0].from_, str | None)


def errors(client: penbox.Client) -> None:
    with client as same:
        assert_type(same, penbox.Client)
    try:
        client.close()
    except penbox.RateLimitError as error:
        assert_type(error.retry_after, float | None)
        assert_type(error.kind, str)
        assert_type(error.support_report(), str)
    except (TimeoutError, ConnectionError):
        assert_type(client.auth.fingerprint, str | None)
