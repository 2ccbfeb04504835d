"""What runs that began before a change do not know of: they go on as they were, or as they are since they first asked.

A run asks at its very beginning, by one marker for all changes of a release. Asked for later, behind a local activity,
a change can be answered otherwise when the run is replayed: a query that comes in meanwhile splits the task after the
activity; but a replay knows its result at once, asks one task too early, where the marker is not in sight, hears no,
and the run is stuck. Runs that began before they asked at the beginning still ask where they come to a change.

What changes next is a release of its own, under a name of its own.
"""

from temporalio import workflow

RELEASES = {
    "changes-1": frozenset(
        {
            "a-move-is-told",
            "a-move-moves",
            "a-session-is-released",
            "deeds-before-patience",
            "kept-out-is-not-absent",
            "late-payments-are-told",
            "only-the-last-reminder-due",
            "over-before-it-began",
            "paid-but-too-late-to-meet",
            "patience-rests",
            "staff-within-a-stage",
            "who-stands-still-misses-nobody",
            "words-are-remembered",
        }
    ),
}


def ask_at_the_beginning() -> None:
    """Before anything else a run does."""
    for release in RELEASES:
        workflow.patched(release)


def changed(change: str) -> bool:
    """Whether this run knows of it."""
    (release,) = (release for release, changes in RELEASES.items() if change in changes)
    return workflow.patched(release) or workflow.patched(change)
