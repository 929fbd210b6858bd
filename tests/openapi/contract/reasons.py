"""The exceptions the tests make, each with its reason; one that nothing needs is a fault."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

PATH = Path(__file__).resolve().parent.parent / "reasons.json"


class Reasons:
    """A section of `reasons.json`: lines that may be, by pattern. `*` stands for anything."""

    def __init__(self, section: str) -> None:
        found: dict[str, str] = json.loads(PATH.read_text(encoding="utf-8"))[section]
        self.section = section
        self.patterns = {
            text: re.compile(re.escape(text).replace(r"\*", ".*"), re.DOTALL) for text in found
        }
        self.blank = [text for text, reason in found.items() if not reason.strip()]

    def covers(self, line: str) -> bool:
        """Whether there is a reason for this line."""
        return any(pattern.fullmatch(line) for pattern in self.patterns.values())

    def faults(self, lines: Iterable[str]) -> list[str]:
        """Lines without a reason, and reasons without a line."""
        lines = list(lines)
        missing = [f"no reason: {line}" for line in lines if not self.covers(line)]
        stale = [
            f"{self.section}: nothing is like {text}"
            for text, pattern in self.patterns.items()
            if not any(pattern.fullmatch(line) for line in lines)
        ]
        return [*missing, *stale, *(f"{self.section}: blank: {text}" for text in self.blank)]
