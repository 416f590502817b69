"""What goes wrong at the two faces: answers of the Bot API and refusals of the control API."""

from playground.types import Json


class ApiError(Exception):
    """An answer of the Bot API with ok = false, worded as Telegram words it."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


class ControlError(Exception):
    """A request of the page or of a test that cannot be done; the text is for people."""

    def __init__(self, text: str, code: int = 400) -> None:
        super().__init__(text)
        self.text = text
        self.code = code


def bad_request(text: str) -> ApiError:
    return ApiError(400, f"Bad Request: {text}")


def too_many_requests(seconds: int) -> ApiError:
    return ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
