"""The faults that are found, by their paths or as they are refused."""

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, settings

from labelport.errors import Fault, InvalidError
from labelport.model.check import faults, parse
from labelport.model.ontology import Ontology

quick = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NAN, INF = float("nan"), float("inf")


def paths(value: msgspec.Struct, ontology: Ontology | None = None) -> list[str]:
    return [fault.path for fault in faults(value, ontology)]


def refused(data: bytes | str, type_: type[Any]) -> list[Fault]:
    with pytest.raises(InvalidError) as caught:
        parse(data, type_)
    return list(caught.value.faults)
