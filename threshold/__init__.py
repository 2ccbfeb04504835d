"""What lies before every door, of pages and of JSON: hosts, headers, bodies, rates, and the words of refusals."""
