"""Marker strings planted in everything of one customer, and the search for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from sitebook.access.identity import acting
from sitebook.access.impersonation import begin
from sitebook.access.models import give
from sitebook.access.policies import declared
from sitebook.api.models import Repeat
from sitebook.assets.materials import InstalledMaterial
from sitebook.assets.meters import Meter, Reading
from sitebook.assets.models import Asset
from sitebook.assets.periods import AssetAct, Ownership
from sitebook.basics.database_roles import role_names
from sitebook.bulk.models import Outcome, Run
from sitebook.catalogue.models import (
    Activity,
    Coding,
    CodingCustomer,
    CodingWorkLogType,
    CustomerActivity,
    Resource,
    Service,
    Skill,
    Team,
    TeamCustomer,
    TeamResource,
    TeamService,
    WorkLogType,
    WorkType,
    WorkTypeCustomer,
    WorkTypeService,
)
from sitebook.config.registers import REGISTERS
from sitebook.contacts.models import Contact, ContactRole, SiteParty
from sitebook.custom_fields.models import CustomField, registers
from sitebook.customers.models import Customer, CustomerExternalId, Membership
from sitebook.customers.tables import CUSTOMER
from sitebook.files.models import Document
from sitebook.history.models import Change
from sitebook.jobs.models import Job, JobAsset, JobLine, Visit, VisitResource
from sitebook.lists.models import Default, SavedView
from sitebook.notes.models import Note
from sitebook.outbox.models import Attempt, Delivery, Webhook
from sitebook.products.classes import ProductClass, SpecificationField
from sitebook.products.makers import Maker, MakerSpelling
from sitebook.products.meter_types import MeterType
from sitebook.products.models import Product
from sitebook.products.relationships import ProductRelationship
from sitebook.records.models import Reachable
from sitebook.registers.register import Register
from sitebook.sites.models import Area, Handover, Position, Site, SiteExternalId, Tenure
from sitebook.sites.tables import SITE
from sitebook.users.models import PasskeyCounter, Token, User
from sitebook.values.references import Reference
from tests.cast import Cast, make_cast, make_user, see_all
from tests.guards.planted_work import plant_work
from tests.scenes import scene

# Nobody types it, no word holds it; the first half may be typed as a query without holding the whole.
HALF = "zyxw"
MARKER = f"{HALF}marker"
ADMINISTRATORS_ALONE = {"outbox_webhook", "outbox_delivery", "outbox_attempt", "users_mail"}


@dataclass
class Planted:
    cast: Cast
    hidden: Customer
    hidden_site: Site
    former: Site
    keeper: User
    dora: User
    """An administrator who sees Acme only: their own tables tell of the others as well."""
    ids: dict[str, tuple[int, int]]
    """A hidden record and one of Acme's in each table of people, places and documents."""


@scene
def plant() -> Planted:
    """The cast, with every text of Cedar's records marked, and Depot once Cedar's."""
    cast = make_cast()
    with see_all():
        own = {
            register: CustomField.add(register=register, label="Planted", kind=CustomField.Kind.TEXT)
            for register in dict(registers())
        }
        fill_catalogue()
        _mark(cast.cedar)
        _mark(cast.vault)
        _mark(Asset.add(owner=cast.cedar, site=cast.vault))
        Tenure.objects.filter(site=cast.vault).update(reason=MARKER)
        Tenure.objects.filter(site=cast.depot).update(during=DateRange(date(2020, 1, 1), None))
        Tenure.objects.create(
            site=cast.depot,
            customer=cast.cedar,
            during=DateRange(None, date(2020, 1, 1)),
            reason=MARKER,
            place={"name": f"{MARKER} place", "notes": MARKER},
        )
        _fill(cast.cedar, cast.depot, text=MARKER, during=DateRange(None, date(2020, 1, 1)))
        fill_records(cast.cedar, cast.vault, text=MARKER)
    keeper = make_user(name="Keeper", role="office", sees=(cast.cedar,))
    dora = make_user(name="Dora Dean", role="administrator", sees=(cast.acme,))
    with acting(user=keeper, via="screen", reason=MARKER):
        Customer.objects.filter(pk=cast.cedar.pk).update(notes=f"{MARKER} again")
        give(user_id=cast.vera.pk, customers=[cast.cedar.pk])
    with acting(user=cast.alice, via="screen"):
        begin(by=cast.alice, whom=keeper, address=MARKER)
    ids = {"mfa_authenticator": _sign_ins(keeper, cast.charlie)}
    with see_all():
        ids["lists_view"] = _views(keeper, cast.charlie)
        told_to(keeper, text=MARKER)
        _mail(keeper, text=MARKER)
        _kept_by_the_database(keeper)
        told_of(cast.cedar, cast.charlie, text=MARKER)
        fill_records(cast.acme, cast.depot, text="plain")
        ids |= {model._meta.db_table: _hidden_and_own(model, cast) for model in _PEOPLED}
        ids["bulk_run"] = (make_run(keeper, cast.cedar, text=MARKER).pk, make_run(cast.charlie, cast.acme).pk)
        ids["custom_fields_customfield"] = (own[CUSTOMER].pk, own[SITE].pk)
        for table, model in (("outbox_webhook", Webhook), ("outbox_delivery", Delivery)):
            ids[table] = (model.objects.order_by("pk")[0].pk, model.objects.order_by("-pk")[0].pk)
        ids |= {each.table: (made_of(each).pk, made_of(each).pk) for each in plain_registers()}
        ids |= fill_products()
        ids["users_token"] = (Token.objects.order_by("pk")[0].pk, Token.objects.order_by("-pk")[0].pk)
    return Planted(cast, cast.cedar, cast.vault, cast.depot, keeper, dora, ids)


def plain_registers() -> list[Register[Any]]:
    """The declared registers whose records everybody sees: there is nothing to hide in them."""
    return [each for each in REGISTERS if each.model.seen_by.few == "true"]


def visits(names: Sequence[str], groups: Iterable[str]) -> list[tuple[str, str]]:
    """Who visits which group of addresses: everybody each of them, but registers that everybody sees whole, all run by
    the same code, only those named last."""
    whole = {register.path for register in plain_registers()}
    return [(name, group) for group in groups for name in (names[-1:] if group in whole else names)]


def made_of(register: Register[Any]) -> Any:
    """A record with no more than it must have."""
    needed = [each for each in register.writable(new=True) if each.must_be_sent]
    return register.made(register.read({each.name: _must_be(each.reads) for each in needed}))


def _must_be(kind: Any) -> Any:
    """Some text, or a record that is there, made where there is none."""
    if not isinstance(kind, Reference):
        return f"Planted {uuid4().hex[:8]}"
    (named,) = [each for each in plain_registers() if each.model is kind.to]
    return (kind.to.objects.order_by("pk").first() or made_of(named)).pk


def _sign_ins(keeper: User, charlie: User) -> tuple[int, int]:
    """What two people sign in with beside the password; the keeper's is marked. The ids of their passkeys."""
    keys = []
    for user, text in ((keeper, MARKER), (charlie, "plain")):
        keys.append(Authenticator.objects.create(user=user, type="totp", data={"secret": text}))
        SocialAccount.objects.create(user=user, provider="https://id.example", uid=text)
        PasskeyCounter.objects.create(user=user, passkey=keys[-1], used=1)
        UserSession.objects.create(user=user, ip="192.0.2.7", session_key=text, user_agent=text)
    return keys[0].pk, keys[1].pk


def _views(keeper: User, charlie: User) -> tuple[int, int]:
    """A view of each, with which a list opens for them; the keeper's is marked."""
    made = []
    for user, text in ((keeper, MARKER), (charlie, "plain")):
        view = SavedView.objects.create(list_key=text, name=text, query=f"q={text}", owner=user)
        Default.objects.create(user=user, list_key=text, view=view)
        made.append(view.pk)
    return made[0], made[1]


_PEOPLED = (
    *(Area, Asset, AssetAct, Contact, ContactRole, CustomerActivity, Document, Note, Position, Handover, SiteParty),
    InstalledMaterial,
    *(Meter, Reading),
    *(Job, JobAsset, JobLine, Visit, VisitResource),
)


def _hidden_and_own(model: type[models.Model], cast: Cast) -> tuple[int, int]:
    column = {
        Area: "site__customer_id",
        Position: "site__customer_id",
        Asset: "owner_id",
        AssetAct: "asset__owner_id",
        InstalledMaterial: "asset__owner_id",
        Meter: "asset__owner_id",
        Reading: "asset__owner_id",
    }.get(model, "customer_id")
    rows = model._default_manager.order_by("pk")
    return rows.filter(**{column: cast.cedar.pk})[0].pk, rows.filter(**{column: cast.acme.pk})[0].pk


def make_run(user: User, customer: Customer, *, text: str = "plain") -> Run:
    """A bulk action that was ended, with what it did to one customer."""
    order = {"listed": "customers", "kind": "customers_customer", "action": "tag", "values": {"tag": text}}
    run = Run(user=user, title=text, address=f"/customers/?q={text}", words=text, note=text, name=uuid4().hex, **order)
    run.ids, run.chosen, run.reached, run.changed, run.state = [customer.pk], 1, 1, 1, Run.State.DONE
    run.save()
    before = {"tags": [text]}
    Outcome.objects.create(run=run, kind=run.kind, record_id=customer.pk, result="changed", why=text, before=before)
    return run


def fill_records(customer: Customer, site: Site, *, text: str) -> None:
    """A row with this text in every table that hangs on a customer or its site."""
    CustomerExternalId.objects.create(customer=customer, system=f"{text}s", value=f"{text}v")
    SiteExternalId.objects.create(site=site, system=f"{text}s", value=f"{text}v")
    plan = Document(about_kind=CUSTOMER, about_id=customer.pk, name=f"{text} plan.txt", note=text, size=1)
    plan.media_type, plan.sha256 = "text/plain", "0" * 64
    plan.save()
    head = Customer.add(name=f"{text} head office")
    Membership.objects.create(customer=customer, parent=head, during=DateRange(None, None))
    area = Area.objects.create(site=site, name=f"{text} area", kind=text, notes=text)
    Area.objects.create(site=site, parent=area, name=f"{text} room")
    Position.objects.create(site=site, area=area, name=f"{text} boiler", tag_number=text, product_class=text)
    boiler = Asset.add(owner=customer, site=site, area=area, description=f"{text} boiler", serial=f"{text} 1")
    Asset.add(owner=customer, parent=boiler, description=f"{text} burner")
    boiler.placements.update(reason=text)
    Ownership.objects.filter(asset=boiler).update(document=text)
    boiler.mountings.update(mount_point=text)
    seal = Product.objects.order_by("pk")[0]
    InstalledMaterial.objects.create(asset=boiler, product=seal, lot=text, fitted_with=text, removed_with=text)
    _count(boiler, text)
    AssetAct.objects.create(asset=boiler, kind="placed", day=date(2020, 1, 1), reason=text)
    for kind in ("instruction", "remark"):
        Note.add(about_kind=Asset._meta.db_table, about_id=boiler.pk, kind=kind, text=text, pinned=True)
    _fill(customer, site, text=text, during=DateRange(None, None))
    _offer(customer)
    plant_work(customer, site, boiler, text=text)

    told_to(User.objects.order_by("pk")[0], text=text)


def _count(boiler: Asset, text: str) -> None:
    """A meter with a counter and a reading."""
    since = datetime(2020, 1, 1, tzinfo=UTC)
    kind = MeterType.objects.order_by("pk")[0]
    meter = Meter.add(boiler, type=kind, at=since, value=Decimal(1), now=datetime.now(UTC), label=text, serial=text)
    meter.take_reading(at=since + timedelta(days=1), value=Decimal(2), now=datetime.now(UTC), source=text)


def _offer(customer: Customer) -> None:
    """What of the catalogue a customer can have: of entries that are there already, since everybody sees those."""
    WorkTypeCustomer.objects.create(work_type=WorkType.objects.order_by("pk")[0], customer=customer)
    CodingCustomer.objects.create(coding=Coding.objects.order_by("pk")[0], customer=customer)
    TeamCustomer.objects.create(team=Team.objects.order_by("pk")[0], customer=customer)
    activity = Activity.objects.order_by("pk")[0]
    CustomerActivity.objects.create(activity=activity, customer=customer, during=DateRange(None, None))


def fill_catalogue() -> None:
    """An entry of each register everybody sees, and each of their links."""
    for each in plain_registers():
        made_of(each)
    kind, service = WorkLogType.objects.order_by("pk")[0], Service.objects.order_by("pk")[0]
    team, resource = Team.objects.order_by("pk")[0], Resource.objects.order_by("pk")[0]
    WorkTypeService.objects.create(work_type=WorkType.objects.order_by("pk")[0], service=service)
    CodingWorkLogType.objects.create(coding=Coding.objects.order_by("pk")[0], work_log_type=kind)
    TeamService.objects.create(team=team, service=service)
    TeamResource.objects.create(team=team, resource=resource)
    Skill.objects.create(resource=resource, service=service)


def fill_products() -> dict[str, tuple[int, int]]:
    """Two of each row that hangs on a product, its class or its maker, and their ids: everybody sees them."""
    product, maker = Product.objects.order_by("pk")[0], Maker.objects.order_by("pk")[0]
    product_class = ProductClass.objects.order_by("pk")[0]
    others = [Product.add(code=f"Planted {number}", name=f"Planted {number}") for number in range(2)]
    fields = [SpecificationField.add(product_class=product_class, label=each.name, kind="text") for each in others]
    related = [ProductRelationship.add(product=product, related=each, kind="part") for each in others]
    maker.join(each.name for each in others)
    spellings = MakerSpelling.objects.filter(written__in=[each.name for each in others])
    rows = {SpecificationField: fields, ProductRelationship: related, MakerSpelling: spellings}
    return {model._meta.db_table: (made[0].pk, made[1].pk) for model, made in rows.items()}


def told_to(owner: User, *, text: str) -> None:
    """What a user has for programs: a token, an answer kept for repeats, a webhook with what it was told."""
    later = datetime(2999, 1, 1, tzinfo=UTC)
    number = Token.objects.count()
    Token.objects.create(
        user=owner, name=f"{text} token", digest=f"{text}{number}", start=text, scopes=["read"], expires_at=later
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT users_make_link(%s, %s, 'asked')", [owner.pk, text])
    view = SavedView.objects.create(list_key=f"{text}s", name=f"{text} view", query=f"q={text}", owner=owner)
    Default.objects.create(list_key=f"{text}s", user=owner, view=view)
    Repeat.objects.create(user=owner, key=text, request=text, status=201, headers={"Location": text}, body=text)
    hook = Webhook.objects.create(name=text, url=f"https://{text}.example/", owner=owner, pause_reason=text)
    Attempt.objects.create(delivery=Delivery.objects.create(webhook=hook, event=text), fault=text)


def _mail(user: User, *, text: str) -> None:
    """A mail that did not go; no role writes one but by the database's functions."""
    insert = "INSERT INTO users_mail (kind, address, user_id, tries, fault) VALUES ('reset', '', {}, 1, '{}')"
    with connection.cursor() as cursor:
        cursor.execute("SELECT tests.run(%s)", [insert.format(user.pk, text)])


def _kept_by_the_database(user: User) -> None:
    """What only the database writes and nobody reads: a count, and that a value was erased."""
    statements = (
        f"INSERT INTO users_counter (key, until) VALUES ('{MARKER}', now() + interval '1 day')",
        f"INSERT INTO history_erasure (change_id, keys, actor_id, db_user) VALUES (1, '{{notes}}', {user.pk}, 'app')",
    )
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute("SELECT tests.run(%s)", [statement])


def told_of(customer: Customer, owner: User, *, text: str) -> None:
    """A webhook that sees as somebody, and what it was told of a customer when they saw it."""
    hook = Webhook.objects.create(name="Portal", url="https://portal.example/", owner=owner)
    change = Change.objects.filter(customer_id=customer.pk)[0]
    told = Delivery.objects.create(webhook=hook, event=text, change_id=change.pk, change_at=change.at)
    Attempt.objects.create(delivery=told, fault=text)


def _fill(customer: Customer, site: Site, *, text: str, during: DateRange) -> None:
    """People and parties of a customer at a site it has, or had."""
    person = Contact.add(customer=customer, name=f"{text} person", position=text)
    ContactRole.objects.create(contact=person, customer=customer, role=f"{text} role", during=during)
    ContactRole.objects.create(contact=person, customer=customer, site=site, role="main", during=during)
    SiteParty.objects.create(site=site, customer=customer, role="owner", party=customer, during=during)
    SiteParty.objects.create(site=site, customer=customer, role="agent", person=person, during=during)
    Handover.objects.create(
        site=site, kind="handed over", day=date(2019, 1, 1), customer=customer, reason=text, details={"note": text}
    )
    if text == MARKER:
        _mark(person)


def _mark(record: models.Model) -> None:
    """Write the marker into every text, list and tag of a record."""
    values: dict[str, Any] = {}
    for field in record._meta.concrete_fields:
        if (
            field.choices
            or isinstance(field, models.GeneratedField)
            or field.name in ("reference", "time_zone", "language")
        ):
            continue
        if isinstance(field, models.CharField | models.TextField):
            values[field.name] = (f"{MARKER} {field.name}")[: field.max_length or 200]
    for short in [name for name in values if name.endswith("country") or name == "currency"]:
        del values[short]
    values["tags"] = [f"{MARKER}-tag"]
    values["custom"] = {"planted": f"{MARKER} own"}
    if isinstance(record, Reachable):
        values["phones"] = [{"kind": "office", "number": f"{MARKER} 1", "odd": True}]
        values["emails"] = [{"kind": "office", "address": f"{MARKER}@x.example"}]
    type(record)._default_manager.filter(pk=record.pk).update(**values)
    record.refresh_from_db()


def rows_with_the_marker(user: User, table: str = "") -> dict[str, int]:
    """How many rows with the marker the user's own database role shows, in each table or in this one."""
    found = {}
    with acting(user=user, via="screen"):
        for model in declared():
            if table not in ("", model._meta.db_table):
                continue
            rows = [row for row in model._default_manager.values() if MARKER in repr(row).lower()]
            found[model._meta.db_table] = len(rows)
    return found


@contextmanager
def opened(table: str) -> Iterator[None]:
    """One table's rows shown to every restricted user, as if its policy were wrong; undone afterwards."""
    few = role_names(connection.settings_dict["NAME"]).few
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT tests.run(%s)", [f"DROP POLICY seen_by_few ON {table}"])
            cursor.execute("SELECT tests.run(%s)", [f'CREATE POLICY seen_by_few ON {table} TO "{few}" USING (true)'])
        yield
        transaction.set_rollback(True)
