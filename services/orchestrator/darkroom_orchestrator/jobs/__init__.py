"""What owners and the sweeper do to jobs that exist: cancel, retry, delete, sweep."""
