"""The attributes of the client that are its resources. Their types are in the stub beside it."""


class _ResourceOf:
    """A resource of the client, made when it is first asked for and kept.

    On the client's class it is a resource without a client, so that `create_autospec`, and whoever
    else looks at classes, knows the methods.
    """

    __slots__ = ("_cls", "_name")

    def __init__(self, cls):
        self._cls = cls

    def __set_name__(self, owner, name):
        self._name = name

    def __get__(self, client, owner=None):
        if client is None:
            return self._cls(None)
        # From here on it is found in the client itself.
        made = client.__dict__[self._name] = self._cls(client._native)
        return made


def resource_of(cls):
    """A class's attribute that is a resource of each of its clients."""
    return _ResourceOf(cls)
