"""Clients of several workspaces, each with its own token."""

from __future__ import annotations

from penbox._client import Client
from penbox._native import check_workspaces, unknown_workspace
from penbox.errors import ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType
    from typing import Any, Self


class WorkspaceClients:
    """A client for each of several workspaces, by its slug.

    A token belongs to one workspace, so each client has its own token, and with it its own pause
    after a 429, its own rate limit and its own connections: a busy workspace holds no other up.

    Example:
        with penbox.WorkspaceClients({"sales": sales_token, "hr": hr_token}) as clients:
            for form in clients["sales"].forms.list():
                print(form.id)
    """

    __slots__ = ("__weakref__", "_clients")

    def __init__(self, workspaces: Mapping[str, str | Mapping[str, Any]], /, **common: Any) -> None:
        """Makes the clients. Nothing is sent.

        Args:
            workspaces: By the workspace's slug its token, or a dict of the settings of its client,
                such as `{"token_command": [..]}`.
            common: The settings of all clients, unless their own say otherwise.

        Raises:
            ConfigError: A setting is not good, a slug is empty, or two have the same token. A note
                names the workspace.
        """
        clients: dict[str, Client] = {}
        try:
            for slug, given in workspaces.items():
                own = {"token": given} if isinstance(given, str) else dict(given)
                try:
                    clients[slug] = Client(**{**common, **own})
                except ConfigError as error:
                    error.add_note(f"In the settings of the workspace {slug!r}.")
                    raise
            check_workspaces([(slug, each.auth.fingerprint) for slug, each in clients.items()])
        except BaseException:
            for client in clients.values():
                client.close()
            raise
        finally:
            # A tool that shows a traceback's variables must not find a token in them.
            workspaces, common, own, given = {}, {}, {}, ""
        self._clients = clients

    def get(self, slug: str) -> Client:
        """Returns the client of a workspace; `clients[slug]` is the same.

        Raises:
            InvalidArgumentError: No client belongs to it: the reason is `unknown_workspace`, and
                the message names the known ones.
        """
        client = self._clients.get(slug)
        if client is None:
            raise unknown_workspace(str(slug), list(self._clients))
        return client

    __getitem__ = get

    def __contains__(self, slug: object) -> bool:
        return slug in self._clients

    def __iter__(self) -> Iterator[str]:
        return iter(self._clients)

    def __len__(self) -> int:
        return len(self._clients)

    def close(self) -> None:
        """Ends all clients. It never raises, and a second time does nothing."""
        for client in self._clients.values():
            client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<penbox.WorkspaceClients {', '.join(getattr(self, '_clients', ()))}>"
