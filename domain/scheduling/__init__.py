"""When appointments may be held: availability, offered slots, and the terms of moving and cancelling them."""
