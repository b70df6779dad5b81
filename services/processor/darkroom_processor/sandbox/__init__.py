"""The sandbox: untrusted images are decoded in child processes that can do almost nothing else.

    pool                gives each image to a child that serves its owner; runs in the service
    template_handle     starts the template, asks it for children, learns how they ended; runs in the service
    template_protocol   messages between these two: the service and the template
    template            the process that children are forked from: it has everything loaded, and never sees an image
    child_handle        sends an image to a child, checks the answer, judges how the child ended; runs in the service
    child_protocol      messages between the service and a child
    child               answers requests until the service closes the connection; runs in the child
    confinement         resource limits and process attributes
    seccomp             filters of system calls
    preload             what the template loads before it is confined, so that no child's first image is slow

The service trusts nothing that a child says. An attacker who takes over a child through a bug in a decoder finds no
credentials, no network, no files, no other program, and no image of another owner. Until the child is replaced, the
attacker can see the images of its owner that it is given, and answer wrongly about them.
"""
