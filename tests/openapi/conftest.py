"""What the tests share: the document, the judge, and all that was exchanged with a sandbox."""

from __future__ import annotations

import pytest

from contract.document import Document
from contract.exchange import Exchange
from contract.judge import Judge
from contract.sandbox import running
from contract.scene import furnish, good, plain
from contract.trouble import particular, refused_everywhere, wrong


@pytest.fixture(scope="session")
def document() -> Document:
    return Document.read()


@pytest.fixture(scope="session")
def judge(document: Document) -> Judge:
    return Judge(document)


@pytest.fixture(scope="session")
def exchanges(document: Document) -> list[Exchange]:
    """Every operation of a sandbox called, well and badly."""
    with running() as sandbox:
        things = furnish(sandbox)
        calls = list(good(things))
        calls += plain(document, things, calls)
        for call in calls:
            sandbox.make(call)
        refused_everywhere(sandbox, calls)
        for call in calls:
            for each in wrong(call):
                sandbox.make(each)
        particular(sandbox, things)
        return sandbox.exchanges
