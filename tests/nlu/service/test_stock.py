"""The model is Rasa's own: a stock agent loads it and answers the same."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.nlu.service.conftest import ROOT

pytestmark = [pytest.mark.model, pytest.mark.slow]

TEXTS = """
import json, sys
from nlu.service.language_data import read_examples
from pathlib import Path
texts = [example.text for example in read_examples(Path("nlu/data"))][::40]
texts += ["", "?!", "Unterhachnig", "Kurs für Frauen, vormittags", "🦁" * 50]
"""
OURS = """
from nlu.service import model
loaded = model.load(Path(sys.argv[1]))
print(json.dumps([loaded.parse(text) for text in texts]))
"""
STOCK = """
import asyncio
from rasa.core.agent import Agent
agent = Agent.load(sys.argv[1])
async def all_():
    return [await agent.parse_message(text) for text in texts]
answers = asyncio.run(all_())
print()
print(json.dumps(answers))
"""


def test_a_stock_agent_gives_the_same_answers(model: Path, in_service: Callable[..., Any]) -> None:
    ours, stock = in_service(TEXTS + OURS, model), in_service(TEXTS + STOCK, model)
    assert len(ours) > 100
    assert ours == stock


def test_a_stock_train_command_knows_the_components(in_service: Callable[..., Any]) -> None:
    code = """
import json
import yaml
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.data import TrainingType
config = yaml.safe_load(open("config.yml"))
graph = DefaultV1Recipe().graph_config_for_recipe(config, {}, TrainingType.NLU)
print(json.dumps([node.uses.__module__ for node in graph.predict_schema.nodes.values()]))
"""
    modules = in_service(code)
    assert {"nlu.service.components.topics", "nlu.service.components.details"} <= set(modules)
    assert (ROOT / "config.yml").exists()
