"""A demonstration: invented people and businesses, but every step goes through the real engine."""
