"""What is measured and simulated: `make bench`, `make simulate`."""
