"""Finding time and taking it: who may treat, what is free, holding a slot."""
