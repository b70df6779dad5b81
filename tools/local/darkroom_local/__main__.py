"""`python -m darkroom_local` runs the whole system on this machine."""

from darkroom_local.supervisor import main

main()
