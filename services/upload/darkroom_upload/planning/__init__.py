"""Plans of recipes: what a job would make of an image, computed without its pixels."""
