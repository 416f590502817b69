"""What a phone sends when it is not text: small real files, a place, a contact."""

import base64
from collections.abc import Callable

from playground.methods.sending import document_wire, photo_wire
from playground.types import Json, StoredFile, User
from playground.world import World

_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
_WEBP = base64.b64decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
_OGG = b"OggS" + bytes(60)
_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
HAAR = (48.1089, 11.7267)


def _stored(world: World, spec: Json, default: bytes, name: str, mime_type: str, folder: str) -> StoredFile:
    """The given content (base64), else a small sample."""
    content = base64.b64decode(spec["content"]) if spec.get("content") else default
    return world.store_file(
        content,
        name=str(spec.get("name", name)),
        mime_type=str(spec.get("mime_type", mime_type)),
        folder=folder,
    )


def _ids(file: StoredFile) -> Json:
    return {"file_id": file.file_id, "file_unique_id": file.unique_id, "file_size": file.size}


def _caption(spec: Json) -> Json:
    return {"caption": spec["caption"]} if spec.get("caption") else {}


def _photo(world: World, _user: User, spec: Json) -> Json:
    return {"photo": photo_wire(_stored(world, spec, _PNG, "photo.png", "image/png", "photos"))} | _caption(
        spec
    )


def _sticker(world: World, _user: User, spec: Json) -> Json:
    file = _stored(world, spec, _WEBP, "sticker.webp", "image/webp", "stickers")
    flags = {"is_animated": False, "is_video": False, "type": "regular"}
    return {"sticker": _ids(file) | flags | {"width": 512, "height": 512, "emoji": spec.get("emoji", "🙂")}}


def _voice(world: World, _user: User, spec: Json) -> Json:
    file = _stored(world, spec, _OGG, "voice.ogg", "audio/ogg", "voice")
    return {"voice": _ids(file) | {"duration": int(spec.get("duration", 4)), "mime_type": file.mime_type}}


def _video(world: World, _user: User, spec: Json) -> Json:
    file = _stored(world, spec, bytes(64), "video.mp4", "video/mp4", "videos")
    size = {"width": 320, "height": 240, "duration": 3, "mime_type": file.mime_type}
    return {"video": _ids(file) | size} | _caption(spec)


def _document(world: World, _user: User, spec: Json) -> Json:
    file = _stored(world, spec, _PDF, "brief.pdf", "application/pdf", "documents")
    return {"document": document_wire(file)} | _caption(spec)


def _location(_world: World, _user: User, spec: Json) -> Json:
    latitude, longitude = float(spec.get("latitude", HAAR[0])), float(spec.get("longitude", HAAR[1]))
    return {"location": {"latitude": latitude, "longitude": longitude}}


def _contact(_world: World, user: User, spec: Json) -> Json:
    phone = str(spec.get("phone_number", "+498999998123"))
    return {"contact": {"phone_number": phone, "first_name": user.first_name, "user_id": user.id}}


SAMPLES: dict[str, Callable[[World, User, Json], Json]] = {
    "photo": _photo,
    "sticker": _sticker,
    "voice": _voice,
    "video": _video,
    "document": _document,
    "location": _location,
    "contact": _contact,
}
