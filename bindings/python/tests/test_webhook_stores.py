"""The replay guard: each delivery once, in memory or in a store of the caller's."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import penbox
from deliveries import BODY, KEYS, URL, delivery
from penbox.webhooks import ReplayStore, Verifier


class Store:
    """A store in a dict, which answers as Redis does."""

    def __init__(self) -> None:
        self.kept: dict[str, int] = {}
        self.lock = threading.Lock()

    def add(self, id: str, seconds: int) -> bool | None:
        with self.lock:
            if id in self.kept:
                return None
            self.kept[id] = seconds
            return True

    def remove(self, id: str) -> None:
        with self.lock:
            self.kept.pop(id, None)


def guarded(store: bool | ReplayStore) -> Verifier:
    return Verifier(URL, keys=KEYS, remember_deliveries=store)


def reason(verifier: Verifier, headers: Any) -> str | None:
    try:
        verifier.unwrap(headers, BODY)
    except penbox.WebhookVerificationError as error:
        return error.reason
    return None


@pytest.mark.parametrize("own", [False, True])
def test_a_delivery_is_accepted_once(own: bool) -> None:
    store = Store()
    verifier = guarded(store if own else True)
    first, second = delivery(), delivery(jti="d-2")
    assert [reason(verifier, each) for each in (first, first, second)] == [None, "replayed", None]
    verifier.verify(first, BODY)
    verifier.forget(first)
    assert [reason(verifier, first), reason(verifier, first)] == [None, "replayed"]
    if own:
        assert all(1000 <= seconds <= 1061 for seconds in store.kept.values())
        assert all(len(id) == 43 for id in store.kept)


def test_nothing_is_remembered_unless_it_is_asked_for() -> None:
    verifier = Verifier(URL, keys=KEYS)
    headers = delivery()
    assert [reason(verifier, headers) for _ in range(3)] == [None] * 3
    verifier.forget(headers)
    verifier.forget({})


def test_a_forged_delivery_is_neither_remembered_nor_forgotten() -> None:
    store = Store()
    verifier = guarded(store)
    assert reason(verifier, delivery(aud="https://other.example/")) == "audience"
    assert store.kept == {}
    assert reason(verifier, delivery()) is None
    forged = delivery() | {"X-Pnbx-Signature": delivery()["X-Pnbx-Signature"][:-8] + "AAAAAAAA"}
    with pytest.raises(penbox.WebhookVerificationError):
        verifier.forget(forged)
    assert len(store.kept) == 1


def test_of_many_at_once_one_is_accepted() -> None:
    for store in (True, Store()):
        verifier, headers = guarded(store), delivery()
        with ThreadPoolExecutor(8) as pool:
            came = list(pool.map(lambda _: reason(verifier, headers), range(64)))  # noqa: B023
        assert sorted(came, key=str) == [None, *["replayed"] * 63]


class Away(Exception):
    """What a store raises."""


class Broken:
    def __init__(self, raised: BaseException) -> None:
        self.raised = raised

    def add(self, id: str, seconds: int) -> bool:
        raise self.raised

    remove = add


def test_what_a_store_raises_is_the_cause() -> None:
    away = Away("the database is away")
    with pytest.raises(penbox.WebhookVerificationError) as raised:
        guarded(Broken(away)).unwrap(delivery(), BODY)  # type: ignore[arg-type]
    error = raised.value
    assert (error.reason, error.retryable) == ("replay_store", True)
    assert error.__cause__ is away
    assert "Away: the database is away" in str(error)


@pytest.mark.parametrize("raised", [KeyboardInterrupt, SystemExit])
def test_an_end_of_the_program_in_a_store_is_raised_as_it_is(raised: type[BaseException]) -> None:
    with pytest.raises(raised):
        guarded(Broken(raised())).unwrap(delivery(), BODY)  # type: ignore[arg-type]


def test_an_asynchronous_store_is_refused() -> None:
    class Asynchronous:
        async def add(self, id: str, seconds: int) -> bool:
            return True

        async def remove(self, id: str) -> None: ...

    verifier = guarded(Asynchronous())
    for call in (lambda: verifier.unwrap(delivery(), BODY), lambda: verifier.forget(delivery())):
        with pytest.raises(penbox.WebhookVerificationError) as raised:
            call()
        assert raised.value.reason == "replay_store"
        assert isinstance(raised.value.__cause__, TypeError)


def test_a_store_may_use_the_verifier() -> None:
    class Curious(Store):
        def add(self, id: str, seconds: int) -> bool | None:
            verifier.verify(headers, BODY)
            return super().add(id, seconds)

    headers = delivery()
    verifier = guarded(Curious())
    assert [reason(verifier, headers), reason(verifier, headers)] == [None, "replayed"]
