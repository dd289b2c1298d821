"""From a signal to people: incidents, ladders, deliveries. Pure, the clock passed in."""
