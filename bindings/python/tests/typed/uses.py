"""Right uses: a type checker has nothing to say, and infers what stands here."""

from __future__ import annotations

from typing import Any, assert_type

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
    for workspace in client.workspaces.list(page={"size": 10}):
        assert_type(workspace, penbox.Workspace)
    pager = client.forms.list(filter={"attributes": {}}, sort=penbox.NOT_GIVEN)
    assert_type(pager.page(2), penbox.Page[penbox.Form])
    assert_type(pager.total_count, int | None)
    for page in pager.pages():
        assert_type(page.data, list[penbox.Form])
        assert_type(page[0], penbox.Form)
        assert_type(page.meta, penbox.PageMeta | None)


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
        assert_type(client.auth.fingerprint, str)
