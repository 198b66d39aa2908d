"""The form of a note: shape only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.basics.texts import says_something
from sitebook.notes.models import LONGEST, NoteKind


class NoteForm(forms.Form):
    """``remarks``: whether the writer may write internal ones; else it is an instruction."""

    text = forms.CharField(label=_("Note"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}))
    kind = forms.ChoiceField(
        label=_("Kind of note"), choices=NoteKind.choices, widget=forms.RadioSelect, initial=NoteKind.INSTRUCTION
    )
    pinned = forms.BooleanField(
        label=_("Pin it"), required=False, help_text=_("It stands on top, and on the first page of the record.")
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, remarks: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not remarks:
            del self.fields["kind"]

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if not says_something(text):
            raise forms.ValidationError(say("Write what the next person should know."))
        return text

    def values(self) -> dict[str, Any]:
        """What ``Note.add`` and ``Note.change`` take."""
        data = self.cleaned_data
        kind = data.get("kind", NoteKind.INSTRUCTION)
        return {"kind": kind, "text": data["text"], "pinned": data["pinned"]}
