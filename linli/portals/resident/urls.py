"""Addresses of the residents' door."""

from __future__ import annotations

from django.urls import path

from linli.portals.resident import (
    agreed,
    extracts,
    figures,
    finding,
    following,
    handling,
    mandates,
    mediation,
    neighbourhood,
    own_data,
    papers_of_case,
    photos,
    reporting,
    scorecards,
    telling,
    verifying,
    wards,
)

app_name = "resident"
urlpatterns = [
    path("", reporting.home, name="home"),
    path("report/", reporting.choose, name="choose"),
    path("report/<slug:kind>/", reporting.report, name="report"),
    path("receipt/", reporting.receipt, name="receipt"),
    path("follow/", following.follow, name="follow"),
    path("follow/forget/", following.forget, name="forget"),
    path("follow/<str:number>/", following.case_page, name="case"),
    path("follow/<str:number>/data/", own_data.case_data, name="case_data"),
    path("follow/<str:number>/extract/", extracts.extract, name="extract"),
    path("follow/<str:number>/papers/<uuid:paper>/", papers_of_case.paper, name="paper"),
    path("follow/<str:number>/papers/<uuid:paper>/pdf/", papers_of_case.paper_pdf, name="paper_pdf"),
    path("find/", finding.find, name="find"),
    path("neighbourhood/", neighbourhood.neighbourhood, name="neighbourhood"),
    path("figures/", figures.figures, name="figures"),
    path("figures/file/<slug:form>/", figures.figures_file, name="figures_file"),
    path("mediation/", mediation.near, name="mediation"),
    path("scorecard/", scorecards.scorecard_page, name="scorecard"),
    path("verify/", verifying.verify_any, name="verify_any"),
    path("verify/<str:code>/", verifying.verify, name="verify"),
    path("follow/<str:number>/<slug:step>/", following.take_step, name="step"),
    path("notices/", telling.notices, name="notices"),
    path("notices/<str:number>/", telling.choose_notices, name="choose_notices"),
    path("notices/<str:number>/device/", telling.tell_device, name="tell_device"),
    path("handling/", handling.handling, name="handling"),
    path("handling/minors/", wards.minors, name="minors"),
    path("handling/<slug:activity>/", handling.notice, name="handling_notice"),
    path("mine/", own_data.mine, name="mine"),
    path("mine/mandates/", mandates.mandates_page, name="mandates"),
    path("mine/wards/", wards.wards, name="wards"),
    path("mine/wards/<uuid:key>/", wards.ward, name="ward"),
    path("mine/agreed/", agreed.agreed, name="agreed"),
    path("mine/data/", own_data.my_data, name="my_data"),
    path("mine/prove/", own_data.prove, name="prove"),
    path("readings/", own_data.readings, name="readings"),
    path("photos/<uuid:key>/", photos.photo, name="photo"),
]
