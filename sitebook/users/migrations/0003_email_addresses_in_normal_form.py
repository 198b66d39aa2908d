from django.db import migrations, models

from sitebook.basics import email_addresses
from sitebook.basics.refused import Refused


def bring_into_normal_form(apps, schema_editor):
    """Nobody's address is lost or guessed: what cannot be brought into the form stops the update and is named."""
    users = apps.get_model("users", "User")._base_manager.using(schema_editor.connection.alias)
    theirs, faults = {}, []
    for user in users.order_by("id"):
        try:
            normal = email_addresses.normal_form(user.email)
        except Refused:
            faults.append(f"{user.email!r} of user {user.pk}, {user.name}, is not an address of letters a to z")
            continue
        if normal in theirs:
            faults.append(f"{user.email!r} of user {user.pk}, {user.name}, is that of user {theirs[normal]} too")
        theirs[normal] = user.pk
        if normal != user.email and not faults:
            users.filter(pk=user.pk).update(email=normal)
    if faults:
        raise Refused(
            f"Email addresses people sign in with must be changed before this update: {'; '.join(faults)}. "
            "Change them with the version you come from, then update again. Nothing was changed.",
            code="email_not_accepted",
        )


class Migration(migrations.Migration):

    dependencies = [
        ('users', '0002_tokens'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='user', name='an_email_belongs_to_one_user'),
        migrations.RunPython(bring_into_normal_form, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='user',
            name='email',
            field=models.EmailField(max_length=254, verbose_name='Email'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(fields=('email',), name='an_email_belongs_to_one_user'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('email__regex', '^[!-?\\[-~]+@[a-z0-9.-]+$')), name='an_email_is_in_normal_form'),
        ),
    ]
