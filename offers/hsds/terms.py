"""What HSDS has no field for, as attributes with terms of the taxonomy `lotse`, and ids as UUID; which fields those are is not said here."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid5

Json = dict[str, Any]
TAXONOMY = "lotse"
_SPACE = UUID("6b0f8f6e-6a0c-5b52-9d6e-0c8a1f4a7d31")
_TAXONOMY = {
    "id": str(uuid5(_SPACE, "taxonomy")),
    "name": TAXONOMY,
    "description": "Fields of a Lotse catalogue that HSDS does not have.",
}


def uuid(*parts: object) -> str:
    """The id of a row, the same in every export."""
    return str(uuid5(_SPACE, ":".join(str(part) for part in parts)))


def entity_id(kind: str, external_id: str) -> str:
    """The id of a service or an organization: one that came from HSDS keeps its own."""
    try:
        return str(UUID(external_id))
    except ValueError:
        return uuid(kind, external_id)


def attributes(entity: str, link_id: str, values: Mapping[str, object]) -> list[Json]:
    """One attribute for each value, several where a value is a tuple; what is empty has none."""
    found: list[Json] = []
    for field, value in values.items():
        several = value if isinstance(value, tuple) else () if value is None or value == "" else (value,)
        found += [_attribute(entity, link_id, field, str(one), at) for at, one in enumerate(several)]
    return found


def _attribute(entity: str, link_id: str, field: str, value: str, at: int) -> Json:
    return {
        "id": uuid("attribute", entity, link_id, field, at),
        "link_id": link_id,
        "link_entity": entity,
        "value": value,
        "taxonomy_term": {
            "id": uuid("term", field),
            "code": f"{TAXONOMY}:{field}",
            "name": field,
            "description": f"The field {field} of a Lotse catalogue.",
            "taxonomy": TAXONOMY,
            "taxonomy_detail": dict(_TAXONOMY),
        },
    }


def values(attributes: Iterable[Json]) -> dict[str, list[str]]:
    """The values of Lotse's own attributes by field, in their order; those of other taxonomies are left out."""
    found: dict[str, list[str]] = {}
    for attribute in attributes:
        term = attribute.get("taxonomy_term")
        code = term.get("code") if isinstance(term, dict) else None
        if isinstance(code, str) and code.startswith(f"{TAXONOMY}:"):
            found.setdefault(code.removeprefix(f"{TAXONOMY}:"), []).append(str(attribute.get("value", "")))
    return found
