"""Independent reference solutions; they share no code with femna."""
