"""The stacks. Each is deployed and deleted on its own."""
