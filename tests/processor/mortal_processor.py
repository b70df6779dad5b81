"""A processor whose children can be killed by an image (see `mortal_child`). Tests run it as a program."""

from functools import partial
from unittest.mock import patch

from darkroom_processor import main
from darkroom_processor.sandbox.pool import ChildPool
from tests.processor.sandbox.misbehaving import MORTAL

if __name__ == "__main__":
    with patch.object(main, "ChildPool", partial(ChildPool, command=MORTAL)):
        main.main()
