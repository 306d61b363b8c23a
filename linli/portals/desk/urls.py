"""The desk's addresses."""

from __future__ import annotations

from django.urls import path

from linli.portals.desk import (
    absence,
    appointing,
    cases,
    choosing,
    comparing,
    contact,
    coverage,
    exports,
    filing,
    lists,
    notices,
    noting,
    posts,
    procedures,
    replying,
    reporting,
)

app_name = "desk"
urlpatterns = [
    path("", lists.to_do, name="to_do"),
    path("done/", lists.done, name="done"),
    path("area/", lists.area, name="area"),
    path("hat/", choosing.hat, name="hat"),
    path("cases/<str:number>/", cases.case, name="case"),
    path("cases/<str:number>/contact/", contact.contact, name="contact"),
    path("cases/<str:number>/note/", noting.add_note, name="note"),
    path("cases/<str:number>/note/<uuid:note>/", noting.withdraw, name="withdraw_note"),
    path("cases/<str:number>/similar/", comparing.similar, name="similar"),
    path("cases/<str:number>/similar/<str:other>/", comparing.compare, name="compare"),
    path("cases/<str:number>/file/", filing.case_file, name="file"),
    path("cases/<str:number>/photos/<uuid:photo>/", cases.photo, name="photo"),
    path("cases/<str:number>/<slug:step>/", cases.step, name="step"),
    path("report/", reporting.reports, name="reports"),
    path("report/<slug:kind>/", reporting.report, name="report"),
    path("coverage/", coverage.coverage_page, name="coverage"),
    path("posts/", posts.posts, name="posts"),
    path("posts/<str:code>/", posts.division, name="division"),
    path("posts/<str:code>/found/", posts.found_post, name="found"),
    path("posts/<str:code>/<int:post>/", appointing.post, name="post"),
    path("posts/<str:code>/<int:post>/appoint/", appointing.appoint_holder, name="appoint"),
    path("posts/<str:code>/<int:post>/end/", appointing.end_holding, name="end"),
    path("procedures/", procedures.procedures, name="procedures"),
    path("procedures/<slug:kind>/", procedures.procedure, name="procedure"),
    path("absence/", absence.absence, name="absence"),
    path("absence/<int:key>/", absence.answer, name="answer_absence"),
    path("templates/", replying.templates, name="templates"),
    path("templates/<int:key>/retire/", replying.retire_template, name="retire_template"),
    path("exports/", exports.exports_page, name="exports"),
    path("exports/make/", exports.make, name="make_export"),
    path("exports/contacts/", exports.ask_contacts, name="ask_contacts"),
    path("exports/<uuid:key>/", exports.export, name="export"),
    path("exports/<uuid:key>/file/", exports.export_file, name="export_file"),
    path("notices/", notices.notices, name="notices"),
    path("notices/<uuid:notice>/", notices.send_again, name="send_again"),
]
