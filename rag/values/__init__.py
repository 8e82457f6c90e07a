"""Values that an article tells, normalised: amounts, times, days."""
