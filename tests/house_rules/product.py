"""The parts of a Rust file that users get, without those that are compiled for tests and fuzzing
only.
"""

from .tokens import CLOSERS, COMMENTS, OPENERS, end_of_group

# The conditions that no build for users sets.
NEVER = ("test", "fuzzing")
QUALIFIERS = ("async", "unsafe", "extern", "default")
ENDED_BY_SEMICOLON = ("use", "const", "static", "type", "let")
ENDED_BY_BODY = ("fn", "impl", "mod", "struct", "enum", "trait", "union")


def split(found):
    """The tokens of the product and those of tests."""
    product, tests, place = [], [], 0
    while place < len(found):
        start, inner, excluded = place, False, False
        while place < len(found) and (end := _end_of_lead(found, place)):
            if not excluded and _stands_apart(found, place):
                product.extend(found[start:end])
                start = end
            inner = found[place + 1].text == "!" if found[place].text == "#" else inner
            excluded = excluded or _excludes(found[place:end])
            place = end
        if excluded and inner:
            return product, [*tests, *found[start:]]
        if excluded:
            place = _end_of_item(found, place)
        elif place == start:
            place += 1
        (tests if excluded else product).extend(found[start:place])
    return product, tests


def _end_of_lead(found, place):
    """The end of a comment or an attribute; nothing where there is neither."""
    if found[place].kind in COMMENTS:
        return place + 1
    if found[place].text != "#":
        return None
    bracket = place + 2 if found[place + 1].text == "!" else place + 1
    return end_of_group(found, bracket) if found[bracket].text == "[" else None


def _stands_apart(found, place):
    """A comment stands apart behind code on the same line, or above an empty line."""
    if found[place].kind not in COMMENTS:
        return False
    behind_code = place > 0 and found[place - 1].last_line == found[place].line
    return (
        behind_code or place + 1 == len(found) or found[place + 1].line > found[place].last_line + 1
    )


def _excludes(attribute):
    """The attribute is `#[test]` or a `cfg` that keeps the item out of every build for users."""
    words = [token for token in attribute if token.text not in ("#", "!")][1:-1]
    if [token.text for token in words] == ["test"]:
        return True
    return bool(words) and words[0].text == "cfg" and _holds(words[2:-1]) is False


def _holds(condition):
    """True, False, or None where it depends on the target or on a feature."""
    if len(condition) > 1 and condition[1].text == "(":
        parts = [_holds(part) for part in _by_commas(condition[2:-1])]
        if condition[0].text == "not":
            return None if parts[0] is None else not parts[0]
        decisive = condition[0].text == "any"
        return decisive if decisive in parts else None if None in parts else not decisive
    return False if len(condition) == 1 and condition[0].text in NEVER else None


def _by_commas(found):
    parts, part, place = [], [], 0
    while place < len(found):
        end = end_of_group(found, place) if found[place].text in OPENERS else place + 1
        if found[place].text == ",":
            parts, part = [*parts, part], []
        else:
            part += found[place:end]
        place = end
    return [*parts, part] if part else parts


def _end_of_item(found, place):
    """The end of the item, statement, field or arm that begins here."""
    kind = _kind(found, place)
    angles = 0
    is_field = kind == "other" and found[place + 1 : place + 2] and found[place + 1].text == ":"
    while place < len(found):
        text = found[place].text if found[place].kind == "mark" else ""
        if text in CLOSERS:
            return place
        if text == ";" or (text == "," and kind == "other" and angles == 0):
            return place + 1
        if is_field:
            angles += (text == "<") - (text == ">")
        if text in OPENERS:
            place = end_of_group(found, place)
            if text == "{" and _ends_with_body(found, place, kind):
                return place
        else:
            place += 1
    return place


def _ends_with_body(found, place, kind):
    following = found[place].text if place < len(found) else "}"
    return kind == "body" or (kind == "other" and following not in (",", ";", ".", "?", "else"))


def _kind(found, place):
    """How the thing that begins here ends: by a semicolon, with its body, or else by a comma."""
    while place < len(found):
        text = found[place].text
        following = found[place + 1].text if place + 1 < len(found) else ""
        if text == "pub":
            place = end_of_group(found, place + 1) if following == "(" else place + 1
        elif (
            text in QUALIFIERS
            or found[place].kind == "text"
            or (text == "const" and following in ("fn", *QUALIFIERS))
        ):
            place += 1
        elif text in ENDED_BY_SEMICOLON:
            return "semicolon"
        else:
            return "body" if text in ENDED_BY_BODY or following == "!" else "other"
    return "other"
