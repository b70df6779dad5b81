"""The stacks, one for each thing that is deployed and deleted on its own."""
