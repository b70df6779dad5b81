"""A processor whose children cannot be sealed, as on an unknown machine. Tests run it as a program."""

from functools import partial
from unittest.mock import patch

from darkroom_processor import main
from darkroom_processor.sandbox.pool import ChildPool
from tests.processor.sandbox.misbehaving import UNCONFINED

if __name__ == "__main__":
    with patch.object(main, "ChildPool", partial(ChildPool, command=UNCONFINED)):
        main.main()
