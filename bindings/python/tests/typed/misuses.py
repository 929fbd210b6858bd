"""Wrong uses: each ignored line is an error of this kind, or the unused comment is one."""

from __future__ import annotations

from typing import TextIO

import penbox

penbox.Client(tiemout=3)  # type: ignore[call-arg]
penbox.Client("pnbx_x", "dev")  # type: ignore[arg-type, call-arg]
penbox.Client(timeout="3")  # type: ignore[arg-type]
penbox.Clinet()  # type: ignore[attr-defined]


def operations(client: penbox.Client) -> None:
    client.forms.create()  # type: ignore[call-arg]
    client.forms.create({"slug": "x"})  # type: ignore[call-arg]
    client.forms.create(flow={"slgu": "x"})  # type: ignore[typeddict-item, typeddict-unknown-key]
    client.forms.create(flow={})  # type: ignore[typeddict-item]
    client.forms.create(flow={"slug": "x"}, usr={})  # type: ignore[call-arg]
    client.forms.create(flow={"slug": "x"}, draft="yes")  # type: ignore[arg-type]
    client.forms.create(flow={"slug": "x"}, user={"email": 3})  # type: ignore[arg-type]
    client.forms.get()  # type: ignore[call-arg]
    client.forms.get(3)  # type: ignore[arg-type]
    client.forms.list(page=2)  # type: ignore[arg-type]
    client.forms.list(filter="status=draft")  # type: ignore[arg-type]
    client.forms.list().collect("all")  # type: ignore[arg-type]
    client.forms.list(sort=3)  # type: ignore[arg-type]
    client.forms.list(extra_body={})  # type: ignore[call-arg]
    client.formz.list()  # type: ignore[attr-defined]
    client.with_options(tiemout=3)  # type: ignore[call-arg]
    client.with_options(cancel=True)  # type: ignore[arg-type]


def files(client: penbox.Client, text: TextIO) -> None:
    client.attachments.upload()  # type: ignore[call-arg]
    client.attachments.upload(text, name="x")  # type: ignore[arg-type]
    client.attachments.upload(3)  # type: ignore[arg-type]
    client.attachments.upload("x", on_progress=len)  # type: ignore[arg-type]
    client.attachments.download("a", "to")  # type: ignore[call-arg]
    client.attachments.download("a", to=text)  # type: ignore[arg-type]
    client.attachments.download_merged(["a"])  # type: ignore[call-arg]
    client.forms.update(archived=True)  # type: ignore[call-arg]
    client.cases.start_step("c")  # type: ignore[call-arg]


def results(form: penbox.Form) -> None:
    form.stauts  # type: ignore[attr-defined]  # noqa: B018
    form.id = "x"  # type: ignore[assignment]
    form.user.email  # type: ignore[union-attr]  # noqa: B018
    penbox.Form()  # type: ignore[call-arg]
    hash(form)
