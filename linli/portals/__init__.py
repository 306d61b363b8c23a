"""One package per door: residents, desk, API, demo. Doors read common tables and call steps; they hold no rules."""
