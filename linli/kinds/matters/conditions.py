"""What keeps a step of a matter from being taken now: one function per step, which says why not; empty where it can."""

from __future__ import annotations

from django.utils.translation import gettext as _

from linli.cases.hindrances import Lasting, Look
from linli.cases.procedure import ASKED
from linli.posts.actor import PostActor
from linli.posts.lookup import has_superior
from linli.posts.models import PostKind


def escalate(now: Look) -> str:
    """The upper level has it, or there is none."""
    if now.case.stage == "escalated" and now.by_post not in {task.post_id for task in now.tasks}:
        return _("The upper level has it already; from there it is taken further up.")
    if not has_superior(PostKind.DISPATCHER, span_of(now)):
        return Lasting(_("There is no upper level here to take this to."))
    return ""


def span_of(now: Look) -> tuple[int, int]:
    """The area one level up from which the matter is taken: that of the post, else the place itself."""
    code = now.case.code_now
    return now.by.post.division.span if isinstance(now.by, PostActor) else (code, code + 1)


def supervise(now: Look) -> str:
    """There is somebody to press."""
    pressed = any(task.role != ASKED for task in now.tasks)
    return "" if pressed else _("Nobody has a task in this case that could be pressed.")


def deny_extension(now: Look) -> str:
    """Somebody asked for more time."""
    return "" if _is_asked(now) else _("Nobody has asked for more time.")


def excuse(now: Look) -> str:
    """A helper declined; as long as none did, there is nobody to go on without."""
    return "" if _is_asked(now) else _("No helper has declined, so there is nobody to go on without.")


def _is_asked(now: Look) -> bool:
    """Whether a question waits that the step settles."""
    return any(task.asks in now.step.settles for task in now.tasks)


def ask_reach(now: Look) -> str:
    """There is somebody to speak with."""
    return "" if now.case.reporter_id and isinstance(now.by, PostActor) else nobody_left_a_number()


def nobody_left_a_number() -> str:
    """Why nobody is reached."""
    return _("Nobody left a name or telephone number. Ask through Linli instead.")
