"""What our figures are held against: the least that could do the same work."""
