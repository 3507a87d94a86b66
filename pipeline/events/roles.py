"""Which roles a mention may have in an event, by the type of the one and the label of the other."""

from __future__ import annotations

from pipeline.event_types import event_scheme
from pipeline.events.subjects import PARTY_LABELS

NONE = "none"
"""The class of what plays no part."""
OTHER_ROLES = {"MONEY": "amount", "DATE": "date", "ITEM": "item"}


def allowed_roles(event_type: str, label: str) -> tuple[str, ...]:
    """Return the roles and argument kinds that a mention of ``label`` may have in an event of ``event_type``.

    >>> allowed_roles("donation", "MONEY"), allowed_roles("agreement", "ORG")
    (('amount',), ('party',))
    """
    if label in PARTY_LABELS:
        return tuple(event_scheme().types[event_type].roles)
    return (OTHER_ROLES[label],) if label in OTHER_ROLES else ()
