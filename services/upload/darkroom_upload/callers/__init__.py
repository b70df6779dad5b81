"""Who makes a request, and the rate and the quotas that hold for them."""
