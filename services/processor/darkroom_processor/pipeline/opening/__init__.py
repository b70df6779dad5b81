"""Opening: which bytes may reach a decoder, and what the header of the file says."""
