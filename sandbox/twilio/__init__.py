"""The part of Twilio that is used here."""
