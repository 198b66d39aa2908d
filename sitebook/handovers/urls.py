"""Addresses of hand-overs."""

from django.urls import path

from sitebook.handovers.pages import handovers

app_name = "handovers"
urlpatterns = [
    path("sites/<int:pk>/hand-over/", handovers.hand_over, name="hand-over"),
    path("sites/<int:pk>/split/", handovers.split, name="split"),
    path("sites/<int:pk>/join/", handovers.join, name="join"),
    path("sites/turns/<int:pk>/correct/", handovers.correct, name="correct"),
    path("sites/turns/<int:pk>/take-back/", handovers.take_back, name="take-back"),
]
