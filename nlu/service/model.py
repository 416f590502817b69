"""Loading a trained model and running its components in order, as Rasa's graph would, without the graph and without TensorFlow."""

from __future__ import annotations

import importlib
import json
import tempfile
from pathlib import Path
from typing import Any, Dict, Iterator, List

from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.version import __version__ as rasa_version
from tarsafe import TarSafe

from nlu.service import fingerprint

# The first turns the question into a Message, which is done here; the second obeys "/intent{...}", which nobody may send.
LEFT_OUT = {"NLUMessageConverter", "RegexMessageHandler"}


class ModelError(Exception):
    """{message}; a sentence for the operator."""


class Model:
    """The components of an archive."""

    def __init__(self, path: Path, model_id: str, components: List[Any]) -> None:
        """`components` are run in their order."""
        self.path = path
        self.model_id = model_id
        self._components = components

    def parse(self, text: str) -> Dict[str, Any]:
        """What Rasa's `/model/parse` answers."""
        messages = [Message(data={"text": text}, output_properties={"text_tokens"})]
        for component in self._components:
            messages = component.process(messages)
        answer = {"text": "", "intent": {"name": None, "confidence": 0.0}, "entities": []}
        answer.update(messages[0].as_dict(only_output_properties=True))
        return answer


def load(path: Path) -> Model:
    """Reads an archive whose checksum is right; nothing of it is opened before that is known."""
    if not path.is_file():
        raise ModelError(f"there is no model {path}; train one with nlu/service/train.py")
    if not fingerprint.is_intact(path):
        raise ModelError(f"{path} is not the file that was trained: its checksum differs or is missing")
    with tempfile.TemporaryDirectory(prefix="lotse-nlu-") as folder:
        with TarSafe.open(path, mode="r:gz") as archive:
            archive.extractall(folder)
        metadata = json.loads((Path(folder) / "metadata.json").read_text(encoding="utf-8"))
        if metadata["rasa_open_source_version"] != rasa_version:
            raise ModelError(
                f"{path} was trained by Rasa {metadata['rasa_open_source_version']}, this is {rasa_version}: train again"
            )
        storage = LocalModelStorage(Path(folder) / "components")
        context = ExecutionContext(GraphSchema({}), model_id=metadata["model_id"])
        components = [_component(node, storage, context) for node in _chain(metadata)]
    return Model(path, metadata["model_id"], components)


def _chain(metadata: Dict[str, Any]) -> Iterator[Dict[str, Any]]:
    """The nodes from the question to the answer; Rasa lets each need the messages of the one before."""
    nodes = metadata["predict_schema"]["nodes"]
    name = metadata["nlu_target"]
    found: List[Dict[str, Any]] = []
    while name in nodes:
        found.append(nodes[name])
        name = nodes[name]["needs"].get("messages", "")
    return (node for node in reversed(found) if node["uses"].rpartition(".")[2] not in LEFT_OUT)


def _component(node: Dict[str, Any], storage: LocalModelStorage, context: ExecutionContext) -> Any:
    module, _, name = node["uses"].rpartition(".")
    kind = getattr(importlib.import_module(module), name)
    resource = Resource(**node["resource"]) if node["resource"] else Resource(name)
    config = {**kind.get_default_config(), **node["config"]}
    return getattr(kind, node["constructor_name"])(config, storage, resource, context)


def newest(place: Path) -> Path:
    """The model itself, or the newest of a folder."""
    if not place.is_dir():
        return place
    models = sorted(place.glob("nlu-*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not models:
        raise ModelError(f"there is no model in {place}; train one with nlu/service/train.py")
    return models[-1]
