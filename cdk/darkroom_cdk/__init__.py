"""Darkroom in an AWS account: the stacks, and the constructs that they are made of."""
