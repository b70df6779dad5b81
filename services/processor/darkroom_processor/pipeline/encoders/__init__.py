"""One module for each format that is written. Each takes a picture in `L`, `LA`, `RGB` or `RGBA` and an `Output`."""
