"""Stand-ins for what understanding talks to."""

import asyncio
import json


class FakeRasa:
    """Answers every request with `raw`, or by `mode`; keeps the bodies it was sent."""

    def __init__(self) -> None:
        self.mode = "answer"
        self.answer: object = rasa_answer()
        self.raw: bytes | None = None
        self.bodies: list[bytes] = []
        self.targets: list[str] = []
        self.address = ""
        self.asked = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode("latin-1").split("\r\n")
                length = next(
                    (int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length:")),
                    0,
                )
                self.targets.append(lines[0])
                self.bodies.append(await reader.readexactly(length))
                self.asked.set()
                await self._respond(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _respond(self, writer: asyncio.StreamWriter) -> None:
        body = self.raw if self.raw is not None else json.dumps(self.answer).encode()
        status = (
            b"500 Oh"
            if self.mode == "error"
            else b"302 Found\r\nlocation: /elsewhere"
            if self.mode == "redirect"
            else b"200 OK"
        )
        head = b"HTTP/1.1 " + status + b"\r\ncontent-type: application/json\r\ncontent-length: "
        if self.mode == "hang":
            await asyncio.sleep(30)
        elif self.mode == "drip":
            writer.write(head + b"1000\r\n\r\n")
            for _ in range(1000):
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.02)
        elif self.mode == "half":
            writer.write(head + str(len(body)).encode() + b"\r\n\r\n" + body[: len(body) // 2])
            await writer.drain()
            writer.close()
            raise ConnectionError
        elif self.mode == "drop":
            raise ConnectionError
        else:
            writer.write(head + str(len(body)).encode() + b"\r\n\r\n" + body)
        await writer.drain()


def rasa_answer(
    intent: str = "find_housing", confidence: float = 0.9, entities: list[object] | None = None
) -> dict[str, object]:
    """An answer in Rasa's wire format."""
    return {
        "text": "ignored",
        "intent": {"name": intent, "confidence": confidence},
        "intent_ranking": [
            {"name": intent, "confidence": confidence},
            {"name": "find_office", "confidence": (1 - confidence) / 2},
            {"name": "find_work", "confidence": (1 - confidence) / 3},
        ],
        "entities": entities or [],
    }


class Seconds:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now
