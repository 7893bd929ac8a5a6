"""What is counted, as Prometheus reads it."""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    Info,
    ProcessCollector,
    generate_latest,
)

from edgewise.agent import Decision

BUCKETS_S = (1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25, 0.5, 1, 2.5, 5)
POLICY = "policy"


class Metrics:
    """Of one service, from its start on; a reload does not begin again."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self.seconds = Histogram(
            "edgewise_request_seconds",
            "From the first byte of a request to the last of its answer.",
            ["route"],
            buckets=BUCKETS_S,
            registry=self._registry,
        )
        self._decisions = self._counter(
            "edgewise_decisions", "Decisions: the policy's, or the fallback and why.", "kind"
        )
        self.refused = self._counter("edgewise_refused", "Requests without an answer.", "reason")
        self.reloads = self._counter("edgewise_reloads", "Folders read again.", "outcome")
        self._policy = Info("edgewise_policy", "What is served.", registry=self._registry)

    def serving(self, scenario: str, version: str) -> None:
        """What is served from here on."""
        self._policy.info({"scenario": scenario, "version": version})

    def decided(self, decision: Decision) -> None:
        """One decision more."""
        self._decisions.labels(decision.reason or POLICY).inc()

    def page(self) -> bytes:
        """As it is scraped."""
        return generate_latest(self._registry)

    def _counter(self, name: str, help: str, label: str) -> Counter:
        return Counter(name, help, [label], registry=self._registry)
