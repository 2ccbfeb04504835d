"""Who somebody is has not been shown."""

from domain.refusals.refusal import Refusal


class NotSignedIn(Refusal):
    title = "You are not signed in."
    next_action = "Sign in and try again."
    kind = "unauthenticated"


class WrongCredentials(Refusal):
    title = "E-mail address and password do not match."
    next_action = "Check both and try again, or reset your password."
    kind = "unauthenticated"


class StepUpNeeded(Refusal):
    title = "Please show once more that it is you."
    next_action = "Confirm with your code, passkey or password, then do it again."
    kind = "forbidden"


class SecondFactorNeeded(Refusal):
    title = "Your role needs a second way to show it is you."
    next_action = "Add a passkey or an authenticator app on the Security page of your portal, then go on."
    kind = "forbidden"


class SecondStepOver(Refusal):
    title = "Your sign-in took too long or too many tries."
    next_action = "Sign in again from the start."
    kind = "unauthenticated"


class WrongCode(Refusal):
    title = "This code is not right, or it was already used."
    next_action = "Wait for your app's next code, or use a recovery code."
    kind = "unauthenticated"


class WrongPassword(Refusal):
    title = "This is not your password."
    next_action = "Check it and try again, or sign out and reset it."
    kind = "unauthenticated"


class PasskeyRefused(Refusal):
    title = "This passkey does not open this door."
    next_action = "Try again, or sign in with your password."
    kind = "unauthenticated"


class LinkExpired(Refusal):
    title = "This link has expired or was already used."
    next_action = "Ask for a new link."
    kind = "gone"


class FormExpired(Refusal):
    title = "This form is no longer valid."
    next_action = "Reload the page and send it again; what you typed was not saved."
    kind = "forbidden"


class CookiesMissing(Refusal):
    title = "Your browser keeps no cookies of this site."
    next_action = "Allow them for this address and open the page again: we know by them that a form is yours."
    kind = "forbidden"


class SignedOut(Refusal):
    title = "You are signed out."
    next_action = "Nothing was saved. If what you typed is still here, copy it; then sign in to go on."
    kind = "unauthenticated"


class SeatChanged(Refusal):
    title = "You act for somebody else than when you opened this page."
    next_action = "Nothing was done. Choose for whom you act, then open the page again."
