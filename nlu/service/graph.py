"""Training lines through Rasa's training graph, without what a project of many files and many trainings would need.

`rasa train` copies all lines for every merge of files that might be, and takes their fingerprint before and after every node of the graph,
to find what an earlier training has done already: for 90,000 lines a minute and a half. Here the lines are read once, the whole is
trained or nothing, and who asks for a fingerprint gets the one that names the model.
"""

# ruff: noqa: ARG002 - the signatures are Rasa's

from __future__ import annotations

import tarfile
import tempfile
from pathlib import Path
from typing import Any, Dict, Iterable, List, Optional, Union

from rasa.engine import validation
from rasa.engine.caching import Cacheable, TrainingCache
from rasa.engine.graph import GraphModelConfiguration
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import MODEL_ARCHIVE_COMPONENTS_DIR, LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata, ModelStorage
from rasa.engine.training.graph_trainer import GraphTrainer
from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.data import TrainingType
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.service.language_data import Example

_COMPRESSION = 6


class Lines(TrainingData):
    """All training lines; they do not change while they are learnt from."""

    def __init__(self, examples: Iterable[Example], name: str) -> None:
        """`name` stands for their content. The same line twice counts once, as Rasa has it."""
        super().__init__()
        once = {(one.text, one.intent, one.entities): one for one in examples}
        self.training_examples: List[Message] = [_message(one) for one in once.values()]
        self._name = name

    def fingerprint(self) -> str:
        """The name they were given."""
        return self._name


def _message(example: Example) -> Message:
    entities = [
        {"entity": entity, "value": value, "start": start, "end": end}
        for entity, value, start, end in example.entities
    ]
    return Message({"text": example.text, "intent": example.intent, "entities": entities})


class Importer(TrainingDataImporter):
    """Hands the lines over; there are no stories and no domain."""

    def __init__(self, lines: Lines, config: Dict[str, Any]) -> None:
        """`config` is the pipeline as config.yml has it."""
        self._lines = lines
        self._config = config

    def get_domain(self) -> Domain:
        """An empty one."""
        return Domain.empty()

    def get_stories(self, exclusion_percentage: Optional[int] = None) -> StoryGraph:
        """None."""
        return StoryGraph([])

    def get_config(self) -> Dict[str, Any]:
        """The pipeline."""
        return self._config

    def get_config_file_for_auto_config(self) -> Optional[str]:
        """None: nothing is to be filled in."""
        return None

    def get_nlu_data(self, language: Optional[str] = "en") -> TrainingData:
        """All lines of all languages."""
        return self._lines


class Forgetful(TrainingCache):
    """Keeps nothing: a model is trained anew when its data changed, and not at all when they did not."""

    def cache_output(
        self, fingerprint_key: str, output: Any, output_fingerprint: str, model_storage: ModelStorage
    ) -> None:
        """Nothing is kept."""

    def get_cached_output_fingerprint(self, fingerprint_key: str) -> Optional[str]:
        """Nothing is known."""
        return None

    def get_cached_result(
        self, output_fingerprint_key: str, node_name: str, model_storage: ModelStorage
    ) -> Optional[Cacheable]:
        """Nothing is there."""
        return None


class Storage(LocalModelStorage):
    """Rasa's folder of trained parts; packs them as Rasa does, but does not look for the last hundredth of the size for 40 s."""

    def create_model_package(
        self,
        model_archive_path: Union[str, Path],
        model_configuration: GraphModelConfiguration,
        domain: Domain,
    ) -> ModelMetadata:
        """Writes the archive with metadata and parts."""
        metadata: ModelMetadata = self._create_model_metadata(domain, model_configuration)
        with (
            tempfile.TemporaryDirectory() as folder,
            tarfile.open(model_archive_path, "w:gz", compresslevel=_COMPRESSION) as archive,
        ):
            self._persist_metadata(metadata, Path(folder))
            archive.add(folder, arcname="")
            archive.add(self._storage_path, arcname=MODEL_ARCHIVE_COMPONENTS_DIR)
        return metadata


def train(lines: Lines, config: Dict[str, Any], folder: Path, archive: Path) -> None:
    """Trains the pipeline in `folder`, made for it, and writes the model to `archive`. Raises what Rasa raises about a pipeline."""
    folder.mkdir()
    importer = Importer(lines, config)
    model: GraphModelConfiguration = DefaultV1Recipe().graph_config_for_recipe(
        config, {}, training_type=TrainingType.NLU
    )
    validation.validate(model)
    trainer = GraphTrainer(Storage(folder), Forgetful(), DaskGraphRunner)
    trainer.train(model, importer, archive, force_retraining=True)
