"""What is published about the house and read from its code: endpoints, who may do what, settings, security's tables."""
