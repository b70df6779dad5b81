"""Plans of recipes: what a job would make of an image, told without its pixels."""
