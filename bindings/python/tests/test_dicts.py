"""`to_dict()`: the same as Python's own reading, whatever was read before."""

from __future__ import annotations

import gc
import json
import random
import threading
from typing import Any

from penbox._native import Model

NAMES = [
    "id",
    "status",
    "user-agent",
    "signature_method",
    "é",
    "",
    "a" * 17,
    "b" * 70,
    "$x",
    "to\n",
]
TEXTS = [
    "",
    "a",
    "fr",
    "sent",
    "sent!",
    "pending",
    "completed",
    "a" * 16,
    "a" * 17,
    "Zoë",
    'q"\\\n',
    "😀",
]


def value(chance: random.Random, depth: int) -> Any:
    """Something that JSON can say."""
    kind = chance.randrange(9 if depth else 6)
    if kind < 3:
        return chance.choice(TEXTS)
    if kind < 6:
        return chance.choice([None, True, False, 0, -1, 2**63, 2**64 - 1, -(2**63), 0.5, -1e300])
    if kind < 8:
        names = chance.sample(NAMES, chance.randrange(len(NAMES)))
        return {name: value(chance, depth - 1) for name in names}
    return [value(chance, depth - 1) for _ in range(chance.randrange(4))]


def read_alike(text: str) -> None:
    expected = json.loads(text)
    seen = Model.from_json(text).to_dict()
    assert seen == expected
    # The order of members and the types of numbers, too.
    assert repr(seen) == repr(expected)


def test_random_objects() -> None:
    chance = random.Random(20261125)
    for _ in range(300):
        items = [value(chance, 3) for _ in range(8)]
        read_alike(json.dumps({"data": items, "one": items[0]}, ensure_ascii=chance.random() < 0.5))


def test_objects_that_are_nearly_of_one_shape() -> None:
    shape = {"id": 1, "b": None, "c": {"d": 2}, "e": [{"f": 3, "g": None}]}
    others: list[dict[str, Any]] = [
        shape,
        {**shape, "b": 5},
        {**shape, "c": None},
        dict(reversed(shape.items())),
        {"id": 1, "b": 2, "c": 3, "h": 4},
        {"id": 1, "b": 2, "i": 3, "e": 4},
        {**shape, "more": 1},
        {"id": 1},
        {},
    ]
    chance = random.Random(1)
    for _ in range(50):
        read_alike(json.dumps({"data": chance.choices(others, k=60)}))


def test_texts_that_differ_in_the_middle_only() -> None:
    texts = [
        "first..." + middle * length + "....last"
        for length in (1, 2, 50, 113, 114, 200)
        for middle in ("x", "y", "é", "ü")
    ]
    chance = random.Random(2)
    for _ in range(5):
        read_alike(json.dumps({"data": chance.choices(texts, k=1000)}, ensure_ascii=False))


def test_a_name_that_stands_twice() -> None:
    twice = '{"a": 1, "b": 2, "a": 3}, {"a": 1, "b": 2, "c": 3}, {"a": 1, "a": {"a": 4, "a": 5}}'
    for _ in range(3):
        read_alike(f'{{"x": [{twice}]}}')


def test_many_members_and_deep_nesting() -> None:
    for count in (63, 64, 65, 1000):
        for _ in range(2):
            read_alike(json.dumps({"x": {f"name {number}": number for number in range(count)}}))
    read_alike('{"a":' * 120 + "null" + "}" * 120)


def test_each_dict_is_its_own() -> None:
    text = json.dumps({"data": [{"id": "a", "x": None, "l": []}] * 3})
    first = Model.from_json(text).to_dict()
    for item in first["data"]:
        item["x"] = "changed"
        item["l"].append(1)
        del item["id"]
        item["new"] = 1
    first["data"].append(1)
    for _ in range(2):
        assert Model.from_json(text).to_dict() == json.loads(text)


def test_what_runs_in_between_may_read_too() -> None:
    # Not so many that the collector is held off.
    text = json.dumps({"data": [{"id": str(number), "x": [{}]} for number in range(60)]})
    expected = json.loads(text)
    within: list[bool] = []
    reading = False
    threshold = gc.get_threshold()

    def collected(phase: str, info: dict[str, int]) -> None:
        if phase == "start" and reading and len(within) < 50:
            within.append(
                Model.from_json('{"data": [{"id": "i", "x": [{}]}]}').to_dict()["data"][0]["id"]
                == "i"
            )

    gc.callbacks.append(collected)
    gc.set_threshold(7)
    try:
        for _ in range(5):
            model = Model.from_json(text)
            reading = True
            read = model.to_dict()
            reading = False
            assert read == expected
    finally:
        gc.set_threshold(*threshold)
        gc.callbacks.remove(collected)
    assert within
    assert all(within)


def test_what_is_being_made_is_not_looked_through_for_garbage() -> None:
    model = Model.from_json(json.dumps({"data": [{"x": [number]} for number in range(2000)]}))
    phases: list[str] = []

    def collected(phase: str, info: dict[str, int]) -> None:
        phases.append(phase)

    gc.collect()
    gc.callbacks.append(collected)
    try:
        read = model.to_dict()
        count = len(phases)
    finally:
        gc.callbacks.remove(collected)
    assert count == 0
    assert gc.isenabled()
    gc.disable()
    try:
        assert model.to_dict() == read
        assert not gc.isenabled(), "who turned it off wants it off"
    finally:
        gc.enable()


def test_threads_read_at_once() -> None:
    texts = [
        json.dumps({"data": [{"id": str(each), f"own{each}": [None, {"deep": each}]}] * 400})
        for each in range(4)
    ]
    wrong: list[int] = []

    def reads(each: int) -> None:
        model, expected = Model.from_json(texts[each]), json.loads(texts[each])
        if not all(model.to_dict() == expected for _ in range(30)):
            wrong.append(each)

    threads = [threading.Thread(target=reads, args=(each,)) for each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
