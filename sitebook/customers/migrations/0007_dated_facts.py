"""Dated facts keep the policy's bare column out of their GiST indexes, and are found by an ordinary index of the record."""

import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0006_custom_fields'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='contactrole',
            name='a_contact_has_a_role_once_at_a_time',
        ),
        migrations.RemoveConstraint(
            model_name='contactrole',
            name='one_main_and_one_billing_contact_at_a_time',
        ),
        migrations.RemoveConstraint(
            model_name='membership',
            name='a_customer_has_one_parent_at_a_time',
        ),
        migrations.RemoveConstraint(
            model_name='siteparty',
            name='one_pays_instead_at_a_time',
        ),
        migrations.RemoveConstraint(
            model_name='siteparty',
            name='a_party_has_a_role_once_at_a_time',
        ),
        migrations.AlterField(
            model_name='membership',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='customers.customer'),
        ),
        migrations.AlterField(
            model_name='tenure',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tenures', to='customers.site'),
        ),
        migrations.AddConstraint(
            model_name='contactrole',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('contact', '='), (django.db.models.functions.text.Lower('role'), '='), (django.db.models.expressions.CombinedExpression(models.F('customer'), '+', models.Value(0)), '='), (django.db.models.functions.comparison.Coalesce('site', 0), '='), ('during', '&&')], name='a_contact_has_a_role_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='contactrole',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('role__in', ('main', 'billing'))), expressions=[(django.db.models.expressions.CombinedExpression(models.F('customer'), '+', models.Value(0)), '='), (django.db.models.functions.comparison.Coalesce('site', 0), '='), ('role', '='), ('during', '&&')], name='one_main_and_one_billing_contact_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(django.db.models.expressions.CombinedExpression(models.F('customer'), '+', models.Value(0)), '='), ('during', '&&')], name='a_customer_has_one_parent_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='siteparty',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('role', 'payer')), expressions=[('site', '='), (django.db.models.expressions.CombinedExpression(models.F('customer'), '+', models.Value(0)), '='), ('during', '&&')], name='one_pays_instead_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='siteparty',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('site', '='), (django.db.models.expressions.CombinedExpression(models.F('customer'), '+', models.Value(0)), '='), ('role', '='), (django.db.models.functions.comparison.Coalesce('party', 0), '='), (django.db.models.functions.comparison.Coalesce('person', 0), '='), ('during', '&&')], name='a_party_has_a_role_once_at_a_time'),
        ),
    ]
