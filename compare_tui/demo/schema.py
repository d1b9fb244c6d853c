"""Values that are valid against a JSON Schema, with content that suits the prompt.

Follows object, array, enum, const, string, number, integer, boolean, null, anyOf, oneOf, allOf and `$ref`; of the
limits, lengths, counts, ranges, multiples and the common formats. `pattern` is not followed.
"""

from collections.abc import Mapping
from typing import Any

from compare_tui.demo.values import Source, invalid_schema, number_for, text_for

_MOST_VALUES = 2_000
_MOST_DEPTH = 40
_TIRED = 5
_ATTEMPTS = 60


def instance(schema: Mapping[str, Any], source: Source) -> Any:
    """One valid value; a schema that nothing of reasonable size fits is refused."""
    return _Writer(schema, source).value(schema, "", ())


class _Writer:
    """One walk through a schema; it counts what it writes, because a schema may ask for a billion items."""

    def __init__(self, root: Mapping[str, Any], source: Source) -> None:
        self.root = root
        self.source = source
        self.left = _MOST_VALUES

    def value(self, schema: object, name: str, where: tuple[object, ...]) -> Any:
        self.left -= 1
        if self.left < 0 or len(where) > _MOST_DEPTH:
            raise invalid_schema("it asks for more values than this endpoint writes")
        rules = self._plain(schema, where)
        if "const" in rules:
            return rules["const"]
        if "enum" in rules:
            return self._one_of(rules["enum"], where)
        match self._kind(rules, where):
            case "object":
                return self._object(rules, where)
            case "array":
                return self._array(rules, name, where)
            case "boolean":
                return self.source.voice.pick((True, False), *where)
            case "null":
                return None
            case "integer" | "number" as kind:
                return number_for(rules, name, self.source, where, whole=kind == "integer")
            case "string":
                return text_for(rules, name, self.source, where)
            case other:
                raise invalid_schema(f"'{other}' is not a type")

    def _plain(self, schema: object, where: tuple[object, ...]) -> Mapping[str, Any]:
        """References followed, alternatives chosen, parts joined."""
        for _ in range(_MOST_DEPTH):
            if schema is True:
                return {}
            if not isinstance(schema, Mapping):
                raise invalid_schema("a schema is an object")
            rules = dict(schema)
            branches = rules.pop("anyOf", None) or rules.pop("oneOf", None)
            if "$ref" in rules:
                schema = _joined(rules, [self._referred(rules.pop("$ref"))])
            elif branches is not None:
                schema = _joined(rules, [self._branch(branches, where)])
            elif "allOf" in rules:
                schema = _joined(rules, _list(rules.pop("allOf"), "allOf"))
            else:
                return rules
        raise invalid_schema("its references go round in circles")

    def _branch(self, branches: object, where: tuple[object, ...]) -> object:
        """Null only when tired of descending, so that a recursive schema comes to an end."""
        found = _list(branches, "anyOf")
        ends = [branch for branch in found if isinstance(branch, Mapping) and branch.get("type") == "null"]
        if ends and len(where) > _TIRED:
            return ends[0]
        others = [branch for branch in found if branch not in ends] or found
        return self.source.voice.pick(others, "branch", *where)

    def _referred(self, pointer: object) -> object:
        found: object = self.root
        if not isinstance(pointer, str) or not pointer.startswith("#"):
            raise invalid_schema("only references within the schema are followed")
        for step in pointer[1:].split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            if not isinstance(found, Mapping) or key not in found:
                raise invalid_schema(f"the reference '{pointer[:80]}' leads nowhere")
            found = found[key]
        return found

    def _kind(self, rules: Mapping[str, Any], where: tuple[object, ...]) -> str:
        kind = rules.get("type")
        if isinstance(kind, list) and kind:
            solid = [one for one in kind if one != "null"] or kind
            kind = "null" if "null" in kind and len(where) > _TIRED else solid[0]
        if isinstance(kind, str):
            return kind
        if "properties" in rules:
            return "object"
        if "items" in rules or "prefixItems" in rules:
            return "array"
        return "number" if {"minimum", "maximum", "multipleOf"} & rules.keys() else "string"

    def _one_of(self, values: object, where: tuple[object, ...]) -> Any:
        allowed = _list(values, "enum")
        words = tuple(value for value in allowed if isinstance(value, str))
        in_a_list = bool(where) and isinstance(where[-1], int)
        if len(words) == len(allowed) > 1 and not in_a_list:
            return self.source.choose(words)
        return self.source.voice.pick(allowed, *where)

    def _object(self, rules: Mapping[str, Any], where: tuple[object, ...]) -> dict[str, Any]:
        properties = rules.get("properties", {})
        required = rules.get("required", [])
        if not isinstance(properties, Mapping) or not isinstance(required, list):
            raise invalid_schema("'properties' is an object and 'required' an array")
        names = [name for name in properties if name in required or len(where) <= _TIRED]
        names += [name for name in required if isinstance(name, str) and name not in properties]
        return {name: self.value(properties.get(name, True), name, (*where, name)) for name in names}

    def _array(self, rules: Mapping[str, Any], name: str, where: tuple[object, ...]) -> list[Any]:
        opening = _list_or_none(rules, "prefixItems")
        items = rules.get("items", True)
        least = _count(rules, "minItems", 0)
        most = _count(rules, "maxItems", max(least, len(opening), 3)) if items is not False else len(opening)
        if least > min(most, _MOST_VALUES):
            raise invalid_schema("no array has that many items")
        lively = self.source.voice.between(max(least, min(most, 1)), min(most, least + 3), *where)
        count = least if len(where) > _TIRED else lively
        values: list[Any] = []
        for index in range(max(count, min(len(opening), most))):
            rule = opening[index] if index < len(opening) else items
            values.append(self._fresh(rule, name, (*where, index), values if rules.get("uniqueItems") else []))
        return values

    def _fresh(self, rule: object, name: str, where: tuple[Any, ...], taken: list[Any]) -> Any:
        """A value that is not among those taken."""
        *outer, index = where
        for attempt in range(_ATTEMPTS):
            value = self.value(rule, name, (*outer, index + attempt * _MOST_VALUES))
            if value not in taken:
                return value
        raise invalid_schema("it asks for more different items than there are")


def _joined(rules: Mapping[str, Any], parts: list[object]) -> object:
    """Rules that hold together: properties and required names add up, the rest is overruled by the later part."""
    if not rules and len(parts) == 1:
        return parts[0]
    joined = dict(rules)
    for part in parts:
        if not isinstance(part, Mapping):
            raise invalid_schema("a schema is an object")
        properties = {**_object(joined, "properties"), **_object(part, "properties")}
        required = [*_list_or_none(joined, "required"), *_list_or_none(part, "required")]
        joined |= part
        joined |= {"properties": properties} if properties else {}
        joined |= {"required": required} if required else {}
    return joined


def _object(rules: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = rules.get(name, {})
    if not isinstance(value, Mapping):
        raise invalid_schema(f"'{name}' is an object")
    return value


def _list(value: object, name: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise invalid_schema(f"'{name}' is an array that holds something")
    return value


def _list_or_none(rules: Mapping[str, Any], name: str) -> list[Any]:
    return _list(rules[name], name) if rules.get(name) else []


def _count(rules: Mapping[str, Any], name: str, default: int) -> int:
    value = rules.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise invalid_schema(f"'{name}' is a number of things")
    return value
