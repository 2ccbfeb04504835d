"""What each role may see and ask for: views out, commands in, permission checked. Knows no HTTP."""
