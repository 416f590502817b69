"""Makes our components known to Rasa's training recipe; kept apart because the recipe imports TensorFlow and serving does not need it."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from nlu.service.components.details import DetailExtractor
from nlu.service.components.topics import TopicClassifier

__all__ = ["DetailExtractor", "TopicClassifier"]

_KINDS = DefaultV1Recipe.ComponentType
DefaultV1Recipe.register(_KINDS.INTENT_CLASSIFIER, is_trainable=True)(TopicClassifier)
DefaultV1Recipe.register(_KINDS.ENTITY_EXTRACTOR, is_trainable=True)(DetailExtractor)
