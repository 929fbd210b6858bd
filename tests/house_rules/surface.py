"""The names that a crate promises to its users."""

from .modules import CRATES, load
from .tokens import code, end_of_group, tokens


def root_names(root):
    """The names that core/src/lib.rs exports and shows in its documentation."""
    file = root / CRATES["core"]
    found = code(tokens(file.read_text(encoding="utf-8")))
    names, place, hidden = set(), 0, False
    while place < len(found):
        text = found[place].text
        if text == "#" and found[place + 1].text == "[":
            end = end_of_group(found, place + 1)
            hidden = hidden or [token.text for token in found[place:end]][2:5] == [
                "doc",
                "(",
                "hidden",
            ]
            place = end
            continue
        if text == "pub" and found[place + 1].text in ("use", "mod"):
            end = next(
                at
                for at in range(place, len(found))
                if found[at].text in (";", "{") and _ends(found, at)
            )
            if not hidden:
                names |= _names(found[place + 2 : end])
            place = end
        # An attribute hides the next item only, and items in braces are not at the root.
        hidden = False
        place = end_of_group(found, place) if found[place].text == "{" else place + 1
    return names


def binding_names(root):
    """The names of `penbox::bindings`; none where there is no such module."""
    module = load(root, CRATES["core"]).children.get("bindings")
    return {use.name for use in module.uses if use.public} if module else set()


def _ends(found, place):
    """The brace of a group follows `::`, that of a module a name."""
    return found[place].text == ";" or found[place - 1].text != "::"


def _names(found):
    """The last word of each path of a `use`, or the one behind `as`."""
    following = [*(token.text for token in found[1:]), ";"]
    last = (",", "}", ";")
    return {
        token.text
        for token, after in zip(found, following, strict=True)
        if token.kind == "word" and after in last
    }
