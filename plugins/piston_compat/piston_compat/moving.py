"""Takes consumers and access tokens from the ancestor's tables to those of piston_oauth, which encrypts secrets."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db import router, transaction

from piston_compat.oauth_models import Consumer as OldConsumer
from piston_compat.oauth_models import Token as OldToken

_STATES = {"canceled": "cancelled"}  # how piston_oauth spells the ancestor's


class Moved(NamedTuple):
    """How many rows were taken over.

    Attributes:
        consumers: the consumers.
        tokens: the access tokens.
        skipped: the rows that were there already, or that nobody could use.
    """

    consumers: int
    tokens: int
    skipped: int


def move() -> Moved:
    """Take over all consumers and access tokens with their keys and secrets; what is there already stays as it is.

    Clients notice nothing: what they have signs their requests as before. Request tokens live for minutes and
    nonces for the age of a timestamp, so neither is taken over.
    """
    from piston_oauth.models import Consumer  # the app of the extra [oauth], which a project has to install

    with transaction.atomic(using=router.db_for_write(Consumer)):
        consumers = {old.pk: _consumer(old) for old in OldConsumer.objects.order_by("pk")}
        olds = OldToken.objects.filter(token_type=OldToken.ACCESS).order_by("pk")
        tokens = [_token(old, consumers[old.consumer_id][0]) for old in olds]
    made = [made for _, made in consumers.values()]
    return Moved(sum(made), sum(tokens), (made + tokens).count(False))


def _consumer(old: Any) -> tuple[Any, bool]:
    from piston_oauth.models import Consumer

    there = Consumer.objects.filter(key=old.key).first()
    if there is not None:
        return there, False
    status = _STATES.get(old.status, old.status)
    made = Consumer(key=old.key, name=old.name, description=old.description, owner=old.user, status=status)
    made.secret = old.secret
    Consumer.objects.bulk_create([made])  # which sends no mail about a consumer that is not new
    return Consumer.objects.get(key=old.key), True


def _token(old: Any, consumer: Any) -> bool:
    from piston_oauth.models import AccessToken

    if old.user_id is None or AccessToken.objects.filter(key=old.key).exists():
        return False
    made = AccessToken(key=old.key, consumer=consumer, user_id=old.user_id)
    made.secret = old.secret
    made.save()
    return True
