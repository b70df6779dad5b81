"""A deployment in full, on an emulator that checks signatures, policies and TLS: `make rehearse`."""
