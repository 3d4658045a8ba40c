"""The emitter and the parser keep the contracts that Piston's own tests hold every plugin to."""

from __future__ import annotations

import pickle

from piston_core.testing import EmitterContract, ParserContract
from piston_pickle import PickleEmitter, PickleParser, signed
from tests.asking import nested
from tests.piston_pickle.asking import KEY, loaded, seal
from tests.piston_pickle.hostile import MAKES, RUNS


class TestPickleEmitter(EmitterContract):
    emitter = PickleEmitter()

    def read(self, body):
        return loaded(body)


class TestPickleParser(ParserContract):
    parser = PickleParser(keys=[KEY])
    malformed = (b"\x00\xff\xfe", pickle.dumps({"a": 1}), signed({"a": 1}, KEY)[:-1], *map(seal, RUNS.values()))
    bombs = (signed(nested(65), KEY), *map(seal, MAKES.values()))

    def write(self, data):
        return signed(data, KEY)
