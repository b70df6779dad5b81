"""The caller of a request, and the rate and quotas that hold for them."""
