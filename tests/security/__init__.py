"""What the walls are measured against: OWASP ASVS, HIPAA, and what is not there at all."""
