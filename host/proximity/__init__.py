"""What "near" means: estimate, bound and forecast of one order. Pure, the clock passed in."""
