"""The examples of RFC 7616, section 3.9, to the letter."""

from __future__ import annotations

import pytest

from piston_auth.digest.answers import answer_in
from piston_auth.digest.hashing import name_hash, response_hash, secret_hash

MUFASA = """
    username="Mufasa",
    realm="http-auth@example.org",
    uri="/dir/index.html",
    algorithm={algorithm},
    nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
    nc=00000001,
    cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
    qop=auth,
    response="{response}",
    opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
"""
# With the hashes of erratum 4897: those of the RFC itself are of SHA-512, cut off, which is another function.
JASON = """
    username="793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b",
    realm="api@example.org",
    uri="/doe.json",
    algorithm=SHA-512-256,
    nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",
    nc=00000001,
    cnonce="NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v",
    qop=auth,
    response="3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5",
    opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS",
    userhash=true
"""


def read(text):
    return answer_in(" ".join(text.split()))


def right(answer, username, password):
    secret = secret_hash(answer.algorithm, username, answer.realm, password)
    parts = answer.nonce, answer.nc, answer.cnonce, answer.qop
    return response_hash(answer.algorithm, secret, parts, ("GET", answer.uri))


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_example_of_section_3_9_1(algorithm, response):
    answer = read(MUFASA.format(algorithm=algorithm, response=response))

    assert answer.username == "Mufasa"
    assert right(answer, "Mufasa", "Circle of Life") == answer.response == response


def test_the_example_of_section_3_9_2_as_the_erratum_has_it():
    answer = read(JASON)

    assert answer.is_hash
    assert name_hash("SHA-512-256", "Jäsøn Doe", "api@example.org") == answer.username
    assert right(answer, "Jäsøn Doe", "Secret, or not?") == answer.response


def test_the_name_of_section_3_9_2_may_come_decomposed():
    assert name_hash("SHA-512-256", "Ja\u0308søn Doe", "api@example.org") == read(JASON).username
