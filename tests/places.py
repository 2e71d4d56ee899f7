"""Where things lie: the checkout, its configuration, and the golden figures."""

from pathlib import Path

TESTS = Path(__file__).parent
ROOT = TESTS.parent
CONF = ROOT / "conf"
GOLDEN = TESTS / "golden"
