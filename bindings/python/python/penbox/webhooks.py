"""Webhooks: the check that a delivery comes from Penbox, for receivers of any framework.

    verifier = penbox.webhooks.Verifier("https://example.com/hooks/penbox")
    event = verifier.unwrap(request.headers, body)

The module is loaded when it is first used, by `penbox.webhooks` or `import penbox.webhooks`.
"""

from __future__ import annotations

from typing import Protocol

from penbox._checked import constructor, operation
from penbox._native import Verifier as NativeVerifier
from penbox.models import WebhookEvent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    class _HasItems(Protocol):
        """A mapping of a framework: names and values by `items()`."""

        def items(self) -> Iterable[tuple[Any, Any]]: ...

    _Headers = _HasItems | Sequence[tuple[str, str]] | Sequence[tuple[bytes, bytes]]
    _Body = bytes | bytearray | memoryview

__all__ = ["ReplayStore", "Verifier", "WebhookEvent"]


class ReplayStore(Protocol):
    """A store of the deliveries that were accepted, which several processes can share.

    Any object with these two methods is one. They are called on the thread that verifies, and must
    be plain functions. What they raise refuses the delivery with the reason `replay_store`, and is
    the cause of the error.

    Example:
        class Accepted:
            def __init__(self, redis):
                self.redis = redis

            def add(self, id, seconds):
                return self.redis.set(f"penbox:{id}", 1, nx=True, ex=seconds)

            def remove(self, id):
                self.redis.delete(f"penbox:{id}")
    """

    def add(self, id: str, seconds: int, /) -> object:
        """Keeps an id for so many seconds, and returns something true.

        Returns False or None where it is kept already. Of several calls at once with one id only
        one may be answered true, so it looks and keeps in one step. The id has 43 letters, digits,
        `-` and `_`.
        """

    def remove(self, id: str, /) -> object:
        """Removes an id, so that the delivery is accepted again. There may be no such id."""


class Verifier:
    """The verifier of the deliveries to one address.

    It checks that a request comes from Penbox, is meant for this address, and is as it was sent.
    Make one and keep it: any number of threads may use it. It needs no API token. The issuer's keys
    are fetched at the first delivery, or by `fetch_keys()`, and kept for ten minutes; all else is
    done without a request, in some 0.1 ms. A forked child fetches keys of its own.

    In a coroutine call it by a thread, because a fetch would hold the loop:
    `await asyncio.to_thread(verifier.unwrap, request.headers, await request.body())`. With pinned
    `keys` nothing is fetched, and it can be called as it is.

    Example:
        verifier = penbox.webhooks.Verifier("https://example.com/hooks/penbox")

        @app.post("/hooks/penbox")
        def receive():
            try:
                event = verifier.unwrap(flask.request.headers, flask.request.get_data())
            except penbox.WebhookVerificationError as error:
                return "", 503 if error.retryable else 401
            except penbox.PenboxError:
                return "", 503
            queue.put(event)
            return "", 204
    """

    __slots__ = ("__weakref__", "_native", "_url")

    @constructor
    def __init__(
        self,
        url: str,
        *,
        keys: str | bytes | Mapping[str, Any] | None = None,
        keys_url: str | None = None,
        issuer: str | None = None,
        algorithms: Iterable[str] | None = None,
        method: str | None = None,
        leeway: float | None = None,
        remember_deliveries: bool | ReplayStore = False,
        timeout: float | None = None,
        proxy: str | None = None,
        no_proxy: str | None = None,
        ca_file: str | None = None,
        client_cert: str | None = None,
        client_key: str | None = None,
    ) -> None:
        """Validates the settings. Nothing is sent, and it may be repeated.

        Args:
            url: The whole public address of the receiver, exactly as it was given to Penbox in a
                form's `webhooks`, whatever a proxy makes of it.
            keys: The keys to trust, instead of fetching the issuer's: a key or a set in JSON (JWK,
                JWKS), as text or parsed, or one key or several in PEM form (`BEGIN PUBLIC KEY`).
                Nothing is fetched then, so a key that the issuer changes has to be changed here.
                Default: none.
            keys_url: The address of the issuer's key set (a JWKS). Plain http is accepted for
                loopback only. Default: `.well-known/jwks.json` at the issuer (inferred: the API's
                page does not name the place).
            issuer: The issuer that tokens must name, exactly: with its slash at the end. Default:
                `https://connect.penbox.io/`.
            algorithms: The algorithms that are accepted: `RS256`, `RS384`, `RS512`, `ES256`.
                Default: `RS256` (inferred: the API's page names none).
            method: The HTTP method of deliveries, exactly as the request line has it. Default:
                `POST` (inferred: the API's page names a claim for the method, and no method).
            leeway: The difference between the clocks of Penbox and of this machine that is
                accepted, up to a day. In seconds. Default: 60.
            remember_deliveries: True accepts each delivery once, and keeps those that were accepted
                in this process's memory, at most 65,536: `unwrap` refuses a repeat as `replayed`.
                Receivers of several processes give a `ReplayStore` of their own. Default: repeats
                are accepted.
            timeout: The limit of a request for keys, from a millisecond to a day. In seconds.
                Default: 10.
            proxy: As that of `penbox.Client`, for the requests for keys; so are the next four.
            no_proxy: The hosts that are reached without the proxy.
            ca_file: A PEM file with the certificates of the CAs to trust.
            client_cert: A PEM file with the client's certificate.
            client_key: A PEM file with the private key of `client_cert`.

        Raises:
            ConfigError: What is given is no address, or a setting is not good. The reason is
                `insecure_http` for keys on plain http, and `weak_key` for a pinned RSA key of less
                than 2,048 bits.
        """
        settings: dict[str, object] = {
            "keys": keys,
            "keys_url": keys_url,
            "issuer": issuer,
            "algorithms": algorithms,
            "method": method,
            "leeway": leeway,
            "remember_deliveries": remember_deliveries,
            "timeout": timeout,
            "proxy": proxy,
            "no_proxy": no_proxy,
            "ca_file": ca_file,
            "client_cert": client_cert,
            "client_key": client_key,
        }
        self._native = NativeVerifier(url, settings)
        self._url = url

    @operation
    def verify(self, headers: _Headers, body: _Body) -> None:
        """Verifies a delivery. It may be called again for the same one: the guard is `unwrap`'s.

        Args:
            headers: The request's: what the framework gives (`request.headers`), the list of ASGI's
                scope, the environ of WSGI, a dict or a list of pairs. Names in any case.
            body: The bytes as they were received. JSON that was parsed and written again is another
                text.

        Raises:
            WebhookVerificationError: The delivery must not be trusted; `reason` says why.
            APIError: The issuer's keys could not be fetched, so nothing is known of the delivery:
                answer it with 503.
            InvalidArgumentError: The body is not bytes, or the headers are nothing of that kind.
        """
        self._native.verify(headers, body)

    @operation
    def unwrap(self, headers: _Headers, body: _Body) -> WebhookEvent:
        """Verifies a delivery and reads its body.

        With `remember_deliveries` each delivery is accepted once.

        Args:
            headers: As those of `verify`.
            body: The bytes as they were received.

        Raises:
            WebhookVerificationError: The delivery must not be trusted; `reason` says why. It is
                `replayed` for one that was accepted before, `replay_store` (and `retryable`) where
                the store failed, and `decode` for a signed body that is no JSON object.
            APIError: The issuer's keys could not be fetched, so nothing is known of the delivery:
                answer it with 503.
            InvalidArgumentError: The body is not bytes, or the headers are nothing of that kind.
        """
        event: WebhookEvent = self._native.unwrap(WebhookEvent, headers, body)
        return event

    @operation
    def forget(self, headers: _Headers) -> None:
        """Forgets that a delivery was accepted, so that its repeat is accepted again.

        For a receiver that could not do its work. Without `remember_deliveries` it does nothing. It
        may be called again.

        Args:
            headers: Those of the delivery, as they were given to `unwrap`.

        Raises:
            WebhookVerificationError: The headers have no token of the issuer, or the store failed:
                the reason is `replay_store`.
        """
        self._native.forget(headers)

    def fetch_keys(self) -> None:
        """Fetches the issuer's keys, if they are not known.

        At the start of a program, so that the first delivery does not wait for them, and a wrong
        address is found before it comes. With pinned keys it does nothing. It may be called again.

        Raises:
            APIError: The keys could not be fetched. It may be repeated if the error is `retryable`.
        """
        self._native.fetch_keys()

    @property
    def url(self) -> str:
        """The address that the verifier is for."""
        return self._url

    def __reduce__(self) -> Any:
        return self._native.__reduce__()

    def __repr__(self) -> str:
        return f"<penbox.webhooks.Verifier url={self._url!r}>"
