"""Whatever ``fields`` name, to any depth and in any direction, is what the instances say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.piston_core.plans.fidelity import trees
from tests.piston_core.plans.fidelity.asking import check
from tests.piston_core.plans.fidelity.databases import everywhere
from tests.piston_core.plans.fidelity.values import examples
from tests.piston_core.plans.fidelity.world import world
from tests.shop import people

MODELS = [each for each in vars(people).values() if isinstance(each, type) and each.__module__ == people.__name__]
MODELS = [each for each in MODELS if hasattr(each, "_meta")]


@everywhere
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
@examples(10)
@given(data=st.data())
def test_any_names_of_any_model(alias, model, data):
    names = data.draw(trees.names(model), label="fields")
    if not model._base_manager.using(alias).exists():
        world(alias)

    check(lambda: model._default_manager.using(alias), names)
