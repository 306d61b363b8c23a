"""The shared core's tables. Kinds add one detail table each; worklists, clocks and notices work on these."""

from linli.cases.models.attachment import Attachment
from linli.cases.models.case import (
    Case,
    CaseQuerySet,
    CasesByPlace,
    Counter,
    Link,
    Task,
    areas_see,
    let_areas_see,
    let_be_named,
    let_people_raise,
)
from linli.cases.models.catalogue import Admission, Category, Responsibility, Revision, Upload
from linli.cases.models.clock import CalendarDay, Clock, Limit, WorkHours
from linli.cases.models.copy import Copy, Withheld
from linli.cases.models.device import Choice, Device, PartyChoice, Told
from linli.cases.models.export import Export, ExportState
from linli.cases.models.filter import SavedFilter
from linli.cases.models.forgetting import Forgetting, Hold
from linli.cases.models.notice import Notice
from linli.cases.models.party import Basis, Party
from linli.cases.models.rating import Rating, Said, Wish
from linli.cases.models.reply import ReplyTemplate
from linli.cases.models.search import Mark, SearchText
from linli.cases.models.sending import Sending, SentPhoto

__all__ = [
    "Admission",
    "Attachment",
    "Basis",
    "CalendarDay",
    "Case",
    "CaseQuerySet",
    "CasesByPlace",
    "Category",
    "Choice",
    "Clock",
    "Copy",
    "Counter",
    "Device",
    "Export",
    "ExportState",
    "Forgetting",
    "Hold",
    "Limit",
    "Link",
    "Mark",
    "Notice",
    "Party",
    "PartyChoice",
    "Rating",
    "ReplyTemplate",
    "Responsibility",
    "Revision",
    "Said",
    "SavedFilter",
    "SearchText",
    "Sending",
    "SentPhoto",
    "Task",
    "Told",
    "Upload",
    "Wish",
    "Withheld",
    "WorkHours",
    "areas_see",
    "let_areas_see",
    "let_be_named",
    "let_people_raise",
]
