"""`python -m darkroom_upload`."""

from darkroom_upload.main import main

main()
