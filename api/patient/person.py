"""Profile, preferences, consents."""

from fastapi import APIRouter

from api.door import TheContext
from api.patient.door import TheLocale, ThePatient
from usecases.patient import consents, preferences, profile
from usecases.patient.consents import ConsentsView, GiveConsents, WithdrawConsent
from usecases.patient.preferences import PreferencesView, SavePreferences
from usecases.patient.profile import ProfileView, SaveProfile

router = APIRouter(tags=["person"])


@router.get("/profile")
async def show_profile(context: TheContext, patient: ThePatient) -> ProfileView:
    return await profile.profile(context, patient)


@router.put("/profile")
async def save_profile(context: TheContext, patient: ThePatient, command: SaveProfile) -> ProfileView:
    return await profile.save(context, patient, command)


@router.get("/preferences")
async def show_preferences(context: TheContext, patient: ThePatient) -> PreferencesView:
    return await preferences.preferences(context, patient)


@router.put("/preferences")
async def save_preferences(context: TheContext, patient: ThePatient, command: SavePreferences) -> PreferencesView:
    return await preferences.save(context, patient, command)


@router.get("/consents")
async def show_consents(context: TheContext, patient: ThePatient, locale: TheLocale) -> ConsentsView:
    return await consents.consents(context, patient, locale)


@router.post("/consents")
async def give(context: TheContext, patient: ThePatient, locale: TheLocale, command: GiveConsents) -> ConsentsView:
    await consents.give(context, patient, command, locale, "api")
    return await consents.consents(context, patient, locale)


@router.post("/consents/withdraw")
async def withdraw(
    context: TheContext, patient: ThePatient, locale: TheLocale, command: WithdrawConsent
) -> ConsentsView:
    await consents.withdraw(context, patient, command)
    return await consents.consents(context, patient, locale)
