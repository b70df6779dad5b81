"""Markup: the HTML with which pages show the published results of a job."""
