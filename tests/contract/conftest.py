"""Failures inside the suites that are shipped show both sides, as those of tests do."""

import pytest

pytest.register_assert_rewrite("switchboard.testing")
