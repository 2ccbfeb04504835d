"""PostgreSQL refuses to run as root: root runs it as `nobody`, in a directory which belongs to `nobody`."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

STAND_IN = "nobody"


@dataclass(frozen=True)
class StandIn:
    """The unprivileged user in root's place; None stands for whoever runs us."""

    uid: int
    gid: int

    @classmethod
    def needed(cls) -> "StandIn | None":
        if os.geteuid() != 0:
            return None
        user = pwd.getpwnam(STAND_IN)
        return cls(user.pw_uid, user.pw_gid)

    def own(self, path: Path) -> None:
        os.chown(path, self.uid, self.gid)

    def prefix(self, *paths: Path) -> list[str]:
        """A prefix of the command. Below a closed directory (as /root is) it may pass, and nothing more."""
        ids = ["--reuid", str(self.uid), "--regid", str(self.gid), "--clear-groups"]
        if not all(self._reaches(path) for path in paths):
            ids += ["--securebits=+no_setuid_fixup"]  # or access(2) would not know the capability
            ids += ["--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override"]
        return ["setpriv", *ids, "--"]

    def _reaches(self, path: Path) -> bool:
        return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents)
