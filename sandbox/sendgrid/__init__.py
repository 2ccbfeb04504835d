"""The part of SendGrid that is used here."""
