"""What is wrong with a setting, in the words of Lotse instead of pydantic's."""

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from lotse.settings import Settings


def described(error: ValidationError) -> str:
    """One line for each setting that does not fit; never what was given, which can be a secret."""
    lines = [
        f"  LOTSE_{'__'.join(map(str, found['loc'])).upper()}: {_said(found)}"
        for found in error.errors(include_input=False, include_url=False)
    ]
    return "a setting is not right:\n" + "\n".join(lines)


def _said(found: ErrorDetails) -> str:
    limits = found.get("ctx", {})
    match found["type"]:
        case "value_error":
            return str(limits["error"])
        case "greater_than_equal":
            return f"has to be at least {limits['ge']}"
        case "less_than_equal":
            return f"has to be at most {limits['le']}"
        case "int_parsing" | "int_type" | "int_parsing_size":
            return "has to be a whole number"
        case "bool_parsing" | "bool_type":
            return "has to be true or false"
    field = _field(found["loc"])
    return f"does not fit. {field.description}" if field and field.description else "does not fit"


def _field(names: tuple[int | str, ...]) -> FieldInfo | None:
    model, field = Settings, None
    for name in names:
        field = getattr(model, "model_fields", {}).get(name)
        model = field.annotation if field else None  # type: ignore[assignment]
    return field
