"""Memory keeps the promises of a destination."""

import pytest

from labelport.destinations.memory import Memory
from labelport.kit.destination import Destination
from labelport.testing.destinations import DestinationTests


class TestMemory(DestinationTests):
    @pytest.fixture
    def place(self) -> Destination:
        return Memory()
