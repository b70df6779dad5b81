"""`python -m darkroom_processor` runs the processor."""

from darkroom_processor.main import main

main()
