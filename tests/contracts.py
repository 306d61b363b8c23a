"""Import contracts about the product alone: a test beside the code may use the layers above to set its scene."""

from __future__ import annotations

from grimp import ImportGraph
from importlinter import ContractCheck
from importlinter.contracts.independence import IndependenceContract
from importlinter.contracts.layers import LayersContract


def _without_tests(graph: ImportGraph) -> ImportGraph:
    for module in list(graph.modules):
        if module.rpartition(".")[2].startswith(("test_", "conftest")):
            graph.remove_module(module)
    return graph


class ProductLayers(LayersContract):
    """Layers, of everything but tests."""

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001  import-linter's signature
        """Check the graph without tests."""
        return super().check(_without_tests(graph), verbose)


class ProductIndependence(IndependenceContract):
    """Independence, of everything but tests."""

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001  import-linter's signature
        """Check the graph without tests."""
        return super().check(_without_tests(graph), verbose)
