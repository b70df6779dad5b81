"""Deploys all stacks to an emulator that checks signatures, policies and TLS, and uses them: `make rehearse`."""
