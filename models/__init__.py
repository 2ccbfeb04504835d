"""Tables: what is stored, one file per aggregate. Who may see what is in `domain/access/rows.py`."""

from models.appointment import Appointment, AppointmentEntry, PlaceStatement
from models.audit import AuditEntry, AuditHead, AuditSeal, BrokenGlass
from models.authority import Assistance, CustomRole, Delegation, Guardianship
from models.catalogue import AppointmentType, Material, Price
from models.credential import AuthenticatorApp, Passkey, PendingSignIn, RecoveryCode, SpentChallenge
from models.encounter import Note, RoomPeer, RoomSignal
from models.form import Questionnaire, QuestionnaireResponse
from models.journey import Journey, JourneyDefinition, JourneyEntry, OfferedMaterial, Task
from models.keys import DataKey, WorkflowKey
from models.ledger import LedgerEntry, LedgerIntent, LedgerLine, PaymentCustomer
from models.message import Message, MessageTemplate, Preference, Suppression, WebhookEvent
from models.organization import Brand, Location, Organization, Program
from models.patient import Consent, ConsentText, Patient
from models.person import Membership, OneTimeToken, Person, PersonChange, RateWindow, SignInSession
from models.shared_document import SharedDocument
from models.specialist import CalendarException, Engagement, Licence, Specialist, WorkingHours

__all__ = [
    "Appointment",
    "AppointmentEntry",
    "AppointmentType",
    "Assistance",
    "AuditEntry",
    "AuditHead",
    "AuditSeal",
    "AuthenticatorApp",
    "Brand",
    "BrokenGlass",
    "CalendarException",
    "Consent",
    "ConsentText",
    "CustomRole",
    "DataKey",
    "Delegation",
    "Engagement",
    "Guardianship",
    "Journey",
    "JourneyDefinition",
    "JourneyEntry",
    "LedgerEntry",
    "LedgerIntent",
    "LedgerLine",
    "Licence",
    "Location",
    "Material",
    "Membership",
    "Message",
    "MessageTemplate",
    "Note",
    "OfferedMaterial",
    "OneTimeToken",
    "Organization",
    "Passkey",
    "Patient",
    "PaymentCustomer",
    "PendingSignIn",
    "Person",
    "PersonChange",
    "PlaceStatement",
    "Preference",
    "Price",
    "Program",
    "Questionnaire",
    "QuestionnaireResponse",
    "RateWindow",
    "RecoveryCode",
    "RoomPeer",
    "RoomSignal",
    "SharedDocument",
    "SignInSession",
    "Specialist",
    "SpentChallenge",
    "Suppression",
    "Task",
    "WebhookEvent",
    "WorkflowKey",
    "WorkingHours",
]
