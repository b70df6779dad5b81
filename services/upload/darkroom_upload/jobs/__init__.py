"""Jobs as clients see them: read, listed, followed, and changed through the orchestrator."""
