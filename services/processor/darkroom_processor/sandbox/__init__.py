"""The sandbox: untrusted images are decoded in processes of their own, which can do next to nothing else.

    pool          the service's side: keeps so many children running, gives each image to one of them
    handle        the service's side of one child: starts it, talks to it, judges how it ended
    wire          what the two sides say to each other
    child         the child's side: confines itself, then answers requests until the service goes away
    confinement   resource limits and process attributes
    seccomp       the filter of system calls
    preload       what a child does before it locks itself in, so that the first image is not slow

The service trusts nothing that a child says. Whoever takes a child over through a decoder's hole finds no credentials,
no network, no files and no other program. Until the child is replaced, it can answer wrongly about its images and see
those that it is given.
"""
