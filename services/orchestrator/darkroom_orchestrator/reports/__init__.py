"""Reports of processors, and what each of them means for its job."""
