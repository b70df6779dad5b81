"""`python -m darkroom_orchestrator`."""

from darkroom_orchestrator.main import main

main()
