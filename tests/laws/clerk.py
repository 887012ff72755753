"""A plain model of the workflow, to hold the machine against: one clerk with one sheet of paper per task.

It knows one workflow, has no types, and shares no code with the machine.
"""

from typing import Any

NEXT = {"pair": "review", "review": "check", "check": "done"}
BACK = {"review": "pair", "check": "review"}
SEATS = {"pair": 2, "review": 1, "check": 1}
REVIEWS = ("review", "check")
IDLE = 300_000
"""Milliseconds after which somebody who gave no sign is idle."""


class Sheet:
    """What is known of one task."""

    def __init__(self) -> None:
        self.stage, self.status = "pair", "queued"
        self.seats: dict[str, list[str]] = {"labels": [], "reviews": []}
        self.finished: list[str] = []
        self.skips = self.priority = 0
        self.cycle = 1
        self.draft = False
        self.verdict: str | None = None
        self.visits: list[tuple[str, int, str, str, int]] = []
        self.open: list[str] = []
        self.signs: dict[str, int] = {}
        self.clock: dict[str, int] = {}

    @property
    def here(self) -> list[str]:
        return self.seats["reviews" if self.stage in REVIEWS else "labels"]

    def may(self, who: str, act: str) -> bool:
        if act in ("move", "prioritize", "raise", "comment"):
            return True
        if act == "resolve":
            return bool(self.open)
        if self.stage in ("done", "shelf"):
            return self.stage == "done" and act in ("save", "choose")
        if act in ("assign", "choose"):
            return act == "assign" or self.stage in REVIEWS
        if act == "unassign":
            return bool(self.here)
        return self._may_work(who, act)

    def _may_work(self, who: str, act: str) -> bool:
        if self.status == "blocked" or who in self.finished:
            return False
        if who not in self.here and len(self.here) == SEATS[self.stage]:
            return False
        if act in ("accept", "correct", "reject"):
            return self.stage in REVIEWS
        if act == "submit":
            return self.stage == "pair"
        busy = self.status in ("in_progress", "in_review") and who in self.here
        return {"start": not busy, "beat": busy}.get(act, True)

    def do(self, who: str, act: str, given: Any, now: int) -> bool:
        """Do it, if it may be done; return whether it was."""
        if not self.may(who, act) or not self._fits(act, given):
            return False
        getattr(self, f"_{act}")(who, given, now)
        return True

    def _fits(self, act: str, given: Any) -> bool:
        if act == "move":
            return bool(given != self.stage)
        if act == "assign":
            return len(given) <= SEATS[self.stage] and set(self.finished) <= set(given)
        return act != "resolve" or given in self.open

    def _busy(self) -> str:
        return "in_review" if self.stage in REVIEWS else "in_progress"

    def _sit(self, who: str) -> None:
        if who not in self.here:
            self.here.append(who)

    def _sign(self, who: str, now: int, *, over: bool = False) -> None:
        if who in self.clock:
            self.signs[who] = self.signs.get(who, 0) + min(max(now - self.clock[who], 0), IDLE)
        self.clock[who] = now
        if over:
            del self.clock[who]

    def _start(self, who: str, given: Any, now: int) -> None:
        self._sit(who)
        self.status = self._busy()
        self.clock[who] = now

    def _beat(self, who: str, given: Any, now: int) -> None:
        self._sign(who, now)

    def _save(self, who: str, given: Any, now: int) -> None:
        if self.stage == "done":
            return
        self._sit(who)
        self.status, self.draft = self._busy(), True
        self._sign(who, now)

    def _skip(self, who: str, given: Any, now: int) -> None:
        self._sit(who)
        self._sign(who, now, over=True)
        self.skips += 1
        self.status = "blocked" if self.skips == 2 else "skipped"

    def _submit(self, who: str, given: Any, now: int) -> None:
        self._sit(who)
        self._sign(who, now, over=True)
        self.visits.append(("pair", self.cycle, who, "submitted", self.signs.get(who, 0)))
        self.finished.append(who)
        if len(self.finished) == SEATS["pair"]:
            self._go(NEXT["pair"], "forward")
        else:
            self.status = "in_progress" if set(self.here) - set(self.finished) else "queued"

    def _review(self, who: str, now: int, verdict: str) -> None:
        self._sit(who)
        self._sign(who, now, over=True)
        self.visits.append((self.stage, self.cycle, who, verdict, sum(self.signs.values())))
        self.verdict = verdict
        self._go((BACK if verdict == "rejected" else NEXT)[self.stage], "back" if verdict == "rejected" else "forward")

    def _accept(self, who: str, given: Any, now: int) -> None:
        self._review(who, now, "accepted")

    def _correct(self, who: str, given: Any, now: int) -> None:
        self._review(who, now, "corrected")

    def _reject(self, who: str, given: Any, now: int) -> None:
        self._review(who, now, "rejected")

    def _move(self, who: str, given: Any, now: int) -> None:
        self.visits.append((self.stage, self.cycle, who, "moved", sum(self.signs.values())))
        self._go(given, "moved")

    def _go(self, stage: str, how: str) -> None:
        self.stage = stage
        fresh = {"pair": "queued", "review": "submitted", "check": "submitted", "done": "done", "shelf": "archived"}
        self.status = "rework" if how == "back" else fresh[stage]
        if stage == "pair" and how != "back":
            self.seats["labels"] = []
        self.seats["reviews"] = []
        self.finished, self.skips, self.draft = [], 0, False
        self.signs, self.clock = {}, {}
        self.cycle = 1 + max((cycle for name, cycle, *_ in self.visits if name == stage), default=0)

    def _assign(self, who: str, given: Any, now: int) -> None:
        self.here[:] = given
        if self.status == "blocked":
            self.status = "submitted" if self.stage in REVIEWS else "queued"
            self.skips = 0

    def _unassign(self, who: str, given: Any, now: int) -> None:
        self.here[:] = self.finished
        if self.status in ("in_progress", "in_review"):
            self.status = "submitted" if self.stage in REVIEWS else "queued"

    def _prioritize(self, who: str, given: Any, now: int) -> None:
        self.priority = given

    def _raise(self, who: str, given: Any, now: int) -> None:
        self.open.append(given)

    def _resolve(self, who: str, given: Any, now: int) -> None:
        self.open.remove(given)

    def _comment(self, who: str, given: Any, now: int) -> None:
        pass

    def _choose(self, who: str, given: Any, now: int) -> None:
        pass
