"""The shape of what is asked when access is given."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sitebook.users.models import User

MOST_REFERENCES = 5_000


class PastedReferences(forms.Form):
    """Reference numbers out of a mail or a sheet: split at anything that is not part of one."""

    references = forms.CharField(
        label=_("Reference numbers"),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "C-0001 C-0002"}),
        help_text=_("Paste them from a mail or a sheet, in any order."),
    )

    def clean_references(self) -> list[str]:
        words = re.split(r"[\s,;|]+", str(self.cleaned_data["references"]).upper())
        found = list(dict.fromkeys(word for word in words if word))
        if len(found) > MOST_REFERENCES:
            raise forms.ValidationError(
                _("At most %(most)s at once; these are %(count)s."),
                params={"most": MOST_REFERENCES, "count": len(found)},
            )
        return found


class GrantForm(forms.Form):
    """Several users at once; ``among``: those who do not see the customer yet."""

    users = forms.ModelMultipleChoiceField(
        label=_("Who shall see this customer"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, among: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["users"].queryset = among  # type: ignore[attr-defined]
        self.fields["users"].label_from_instance = lambda user: f"{user}, {user.get_role_display()}"  # type: ignore[attr-defined]
