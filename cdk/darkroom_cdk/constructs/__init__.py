"""Building blocks: each a resource or two, with the settings that all of Darkroom's have."""
