"""The sandbox: untrusted images are decoded in processes of their own, which can do next to nothing else.

    pool          the service's side: gives each image to a child that serves its owner
    launcher      the service's side of the template: starts it, asks it for children, hears how they ended
    control       what these two say to each other
    template      the process that children are forked from: has everything loaded, and never sees an image
    handle        the service's side of one child: talks to it, judges how it ended
    wire          what these two say to each other
    child         the child's side: answers requests until the service goes away
    confinement   resource limits and process attributes
    seccomp       the filters of system calls
    preload       what the template does before it locks itself in, so that no child's first image is slow

The service trusts nothing that a child says. Whoever takes a child over through a decoder's hole finds no credentials,
no network, no files, no other program, and no image of another owner. Until the child is replaced, it can see the
images of its owner that it is given, and answer wrongly about them.
"""
