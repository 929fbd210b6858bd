"""Arguments with one reading are taken as what they are; the others say what to do."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import fractions
import json
import subprocess
import sys
import uuid
from typing import Any

import numpy
import pandas  # type: ignore[import-untyped]
import pytest

import penbox
from conftest import Sandbox
from raw import TOKEN, answer, serving, silence

FLOW: penbox.Flow = {"slug": "client-onboarding"}
CEST = datetime.timezone(datetime.timedelta(hours=2))
MOMENT = datetime.datetime(2026, 11, 30, 9, 38, 39, 390061, CEST)


class Plain(enum.Enum):
    """As programs have them."""

    ID = uuid.UUID(int=1)


class Named(enum.StrEnum):
    """Text that is one of these."""

    DE = "de"


@dataclasses.dataclass
class Person:
    """A program's own record of a contact."""

    email: str
    locale: Named = Named.DE


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (MOMENT, "2026-11-30T09:38:39.390061+02:00"),
        (MOMENT.astimezone(datetime.UTC), "2026-11-30T07:38:39.390061+00:00"),
        (pandas.Timestamp(MOMENT), "2026-11-30T09:38:39.390061+02:00"),
        (datetime.date(2026, 11, 30), "2026-11-30"),
        (Named.DE, "de"),
        (Plain.ID, "00000000-0000-0000-0000-000000000001"),
        (enum.IntEnum("Level", ["LOW"]).LOW, 1),  # type: ignore[attr-defined]
        (decimal.Decimal("12.50"), 12.5),
        (decimal.Decimal("3.00"), 3),
        (decimal.Decimal("-0.1"), -0.1),
        (numpy.int64(3), 3),
        (numpy.uint8(255), 255),
        (numpy.float64(0.1), 0.1),
        (numpy.float32(0.5), 0.5),
        (numpy.bool_(True), True),
        (numpy.str_("x"), "x"),
        ([uuid.UUID(int=1), {"at": MOMENT}], None),
        (Person("a@b.c"), {"email": "a@b.c", "locale": "de"}),
    ],
    ids=repr,
)
def test_what_has_one_reading_is_sent(given: Any, sent: Any) -> None:
    with (
        serving(answer({"id": "a"})) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        client.forms.create(flow=FLOW, data={"value": given})
        body = json.loads(server.requests[0].body)
    if sent is None:
        first, second = body["data"]["value"]
        assert first == str(uuid.UUID(int=1))
        assert second == {"at": MOMENT.isoformat()}
    else:
        assert body["data"]["value"] == sent
        assert type(body["data"]["value"]) is type(sent)


def test_in_the_path_and_the_query() -> None:
    form = uuid.UUID(int=7)
    with (
        serving(answer({"id": "a"}), answer({"data": []})) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        client.forms.get(form)  # type: ignore[arg-type]
        list(client.forms.list(filter={"created_at": {"$gte": MOMENT}}))
        first, second = server.requests
    assert first.path == f"/v1/forms/{form}"
    assert MOMENT.isoformat() in dict(second.query)["filter"]


@pytest.mark.parametrize(
    ("given", "words", "remedy"),
    [
        (datetime.datetime(2026, 11, 30), "is a datetime without a time zone", "astimezone"),
        (pandas.NaT, "is a datetime without a time zone", "astimezone"),
        (datetime.time(9), "is a time of day", "datetime with its time zone"),
        (datetime.timedelta(1), "is a timedelta", "total_seconds"),
        (decimal.Decimal("NaN"), "is NaN, which has no JSON form", "Leave it out"),
        (decimal.Decimal("0." + "1" * 30), "is a Decimal of more digits", "str"),
        (decimal.Decimal(2**70), "is a Decimal of more digits", "str"),
        (numpy.float64("nan"), "is (NaN|nan)", "Leave it out"),
        (numpy.array([1]), "is an array of numpy", "tolist"),
        (numpy.datetime64("2026-11-30T00:00"), "is a datetime without a time zone", "astimezone"),
        (fractions.Fraction(1, 3), "is of type Fraction, which has no JSON form", "number"),
        (Person, "is of type type, which has no JSON form", "dict"),
        (object(), "is of type object, which has no JSON form", "dict"),
    ],
    ids=repr,
)
def test_the_rest_says_what_to_do(given: Any, words: str, remedy: str) -> None:
    with silence() as server, penbox.Client(TOKEN, base_url=server.url) as client:
        with pytest.raises(
            penbox.InvalidArgumentError, match=f"parameter data.value {words}"
        ) as raised:
            client.forms.create(flow=FLOW, data={"value": given})
        assert server.requests == []
    error = raised.value
    assert (error.operation, error.outcome) == ("forms.create", "not_sent")
    assert error.hint is not None
    assert remedy in error.hint


def test_an_exception_of_the_callers_own_stays_as_it_is() -> None:
    class Odd(enum.Enum):
        A = 1

        @property
        def value(self) -> int:
            raise RuntimeError("mine")

    with silence() as server, penbox.Client(TOKEN, base_url=server.url) as client:
        with pytest.raises(RuntimeError, match="mine"):
            client.forms.create(flow=FLOW, data={"value": Odd.A})
        assert server.requests == []


def test_a_result_brings_what_the_parameter_knows(sandbox: Sandbox) -> None:
    with penbox.Client(sandbox.token, base_url=sandbox.url) as client:
        first = client.forms.create(
            flow=FLOW,
            user={"email": "john@example.com", "given_name": "John"},
            data={"iban": "BE00"},
        )
        made: Any = client.forms.get(first.id)
        assert made.user["anonymous"] is False, "a member that no parameter knows"
        again = client.forms.create(flow=FLOW, user=made.user, data={"earlier": made})
        assert again.user is not None
        assert again.user.email == "john@example.com"
        # What takes anything gets everything.
        assert again.data is not None
        assert again.data["earlier"] == made.to_dict()
        # A dict has only what its writer meant.
        user: Any = dict(made.user)
        with pytest.raises(penbox.InvalidArgumentError, match=r"no parameter user\.anonymous"):
            client.forms.create(flow=FLOW, user=user)


def test_plain_arguments_load_nothing() -> None:
    code = (
        "import sys, penbox\n"
        "token, url = 'pnbx_' + 'a1' * 24, 'http://127.0.0.1:9'\n"
        "client = penbox.Client(token, base_url=url, max_attempts=1)\n"
        "try: client.forms.create(flow={'slug': 'a'}, data={'a': [1, 'b', None, 2.5, {}]})\n"
        "except penbox.APIConnectionError: pass\n"
        "print('penbox._plain' in sys.modules, 'decimal' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
