"""Tests about the codebase, and what the root conftest stands on."""
