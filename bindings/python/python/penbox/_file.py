"""The result of a download."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path


class File:
    """A file that was downloaded: at `path`, as `content`, or in the caller's file object."""

    __slots__ = ("content", "content_type", "name", "path", "sha256", "size")

    path: Path | None
    """The path of the file, if it was written to one."""
    content: bytes | None
    """The bytes of the file, if they are in memory."""
    name: str | None
    """The name that the server gave the file, made safe as a file name, if it gave one. It begins
    with no dot and no dash.
    """
    content_type: str | None
    """The MIME type of the file, if the server gave one."""
    size: int
    """The size of the file in bytes."""
    sha256: str
    """The SHA-256 of the file's bytes, in hexadecimal."""

    def __init__(
        self,
        *,
        size: int,
        sha256: str,
        path: Path | None = None,
        content: bytes | None = None,
        name: str | None = None,
        content_type: str | None = None,
    ) -> None:
        self.path = path
        self.content = content
        self.name = name
        self.content_type = content_type
        self.size = size
        self.sha256 = sha256

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, File):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__slots__)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        # The name and the bytes are left out: they may identify a person.
        place = "in memory" if self.path is None else f"at {str(self.path)!r}"
        if self.path is None and self.content is None:
            place = "written"
        return f"<penbox.File {place}, {self.size} bytes, {self.content_type}>"
