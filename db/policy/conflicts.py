"""What several regulations of one book can't settle between themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from db.language import Message, _
from db.policy.effective import EffectivePolicy
from db.policy.functions import DECIDABLE, Functions, roles_named
from db.policy.named_roles import UNGIVEN, stands_in_for_itself
from db.policy.regulation import Regulation
from db.policy.rules import Fault
from db.policy.schema import PolicyFile
from db.policy.schema.decisions import Decisions

FUNCTION_LABELS = {
    "maintainer": _("maintainer"),
    "supervisor": _("supervisor"),
    "technical": _("technical support"),
}


def find_conflicts(
    policy: EffectivePolicy,
    regulations: Sequence[Regulation],
    files: Sequence[PolicyFile],
    functions: Functions,
    decided: Decisions,
) -> Iterator[Fault]:
    """Yield the open points, each at the place of the regulation that brings the disagreement in.

    ``files`` are the regulations after ``overrides``, in the same order as ``regulations``.
    """
    in_force = list(zip(regulations, files, strict=True))
    yield from _decided_roles(policy, decided)
    yield from _functions(in_force, decided)
    yield from _deputy(policy, in_force)
    yield from _private_data(policy, in_force, decided)
    yield from _field_kinds(in_force)
    yield from _editions(in_force)
    yield from _duty_holders(in_force, functions, decided)
    yield from _purposes(policy, in_force)
    yield from _submitters(policy, in_force)
    yield from _approvers(policy, in_force)
    yield from _nobody_left(in_force, functions, "reset", "ask", _("asks for a reset"))
    yield from _nobody_left(in_force, functions, "second", "by", _("can be the second"))


InForce = Sequence[tuple[Regulation, PolicyFile]]


def _decided_roles(policy: EffectivePolicy, decided: Decisions) -> Iterator[Fault]:
    """Yield a fault for each decision that names an unknown role, or gives a function to a role that has
    none."""
    roles = {role.id for role in policy.roles}
    chosen: list[tuple[str, str | None, set[str]]] = [
        (function, getattr(decided, function), roles - set(UNGIVEN)) for function in DECIDABLE
    ]
    chosen += [(f"duty.{kind}", role, roles | {"person"}) for kind, role in decided.duty.items()]
    for key, role, known in chosen:
        if role is None or role in known:
            continue
        message = (
            _("{word} can't be used here. Name a role that is given to somebody, such as hr.", word=role)
            if role in UNGIVEN
            else _("There is no role {role}, so nobody would do it. Add it to roles.", role=role)
        )
        yield Fault(1, key, message, "decisions")


def _functions(in_force: InForce, decided: Decisions) -> Iterator[Fault]:
    """Yield a fault for each function that regulations give to different roles and nobody decided on."""
    for function in DECIDABLE:
        roles = roles_named(function, [file for regulation, file in in_force])
        if len(roles) < 2 or getattr(decided, function) is not None:
            continue
        first = next(iter(roles))
        for regulation, file in in_force:
            rule = getattr(file, function)
            if rule is not None and rule.role != first:
                message = _(
                    "{clause} makes {role} the {function}, but {other_clause} makes it {other}. "
                    "One directory has one: decide with --decide {key}=ROLE.",
                    clause=rule.clause,
                    role=rule.role,
                    function=FUNCTION_LABELS[function],
                    other_clause=roles[first],
                    other=first,
                    key=function,
                )
                yield regulation.fault(message, function)


def _deputy(policy: EffectivePolicy, in_force: InForce) -> Iterator[Fault]:
    """Yield a fault for a deputy whose role is also the maintainer's, by another regulation, a decision or
    the default."""
    if policy.deputy is None or policy.deputy.role != policy.maintainer.role:
        return
    for regulation, file in in_force:
        if file.deputy is not None:
            yield regulation.fault(stands_in_for_itself(policy.deputy.role), "deputy", "role")


def _private_data(policy: EffectivePolicy, in_force: InForce, decided: Decisions) -> Iterator[Fault]:
    """Yield a fault for each field of private life where a regulation bans private data, unless the
    organisation decided to allow both."""
    ban = next((rule for rule in policy.screening if rule.what == "private-data"), None)
    if ban is None or decided.allow_private_fields:
        return
    for regulation, file in in_force:
        for number, field in enumerate(file.fields):
            if field.private:
                message = _(
                    "{clause} asks for {field}, but {ban} bans private data. "
                    "They can be in one directory only if the organisation decides so: "
                    "--decide allow_private_fields=true.",
                    clause=field.clause,
                    field=field.label,
                    ban=ban.clause,
                )
                yield regulation.fault(message, "fields", number)


def _field_kinds(in_force: InForce) -> Iterator[Fault]:
    """Yield a fault for each field to which two regulations give different kinds of value."""
    first: dict[str, tuple[str, str]] = {}
    for regulation, file in in_force:
        for number, field in enumerate(file.fields):
            kind, clause = first.setdefault(field.name, (field.kind, field.clause))
            if kind != field.kind:
                message = _(
                    "{clause} says {field} is of kind {kind}, but {other_clause} says {other}. "
                    "Give one of the two fields another name.",
                    clause=field.clause,
                    field=field.name,
                    kind=field.kind,
                    other_clause=clause,
                    other=kind,
                )
                yield regulation.fault(message, "fields", number)


def _editions(in_force: InForce) -> Iterator[Fault]:
    """Yield a fault for each edition whose id another regulation's has too."""
    first: dict[str, str] = {}
    for regulation, file in in_force:
        for number, edition in enumerate(file.editions):
            other = first.setdefault(edition.id, edition.clause)
            if other != edition.clause:
                message = _(
                    "{clause} and {other} both define an edition {id}. Give one of them another id.",
                    clause=edition.clause,
                    other=other,
                    id=edition.id,
                )
                yield regulation.fault(message, "editions", number)


def _duty_holders(in_force: InForce, functions: Functions, decided: Decisions) -> Iterator[Fault]:
    first: dict[str, tuple[str, str]] = {}
    for regulation, file in in_force:
        for kind, duty in file.duty.items():
            role = functions.role_behind(duty.by)
            other, clause = first.setdefault(kind, (role, duty.clause))
            if other != role and kind not in decided.duty:
                message = _(
                    "{clause} gives the duty {duty} to {role}, but {other_clause} gives it to {other}. "
                    "Decide with --decide duty.{duty}=ROLE.",
                    clause=duty.clause,
                    duty=kind,
                    role=role,
                    other_clause=clause,
                    other=other,
                )
                yield regulation.fault(message, "duty", kind)


def _purposes(policy: EffectivePolicy, in_force: InForce) -> Iterator[Fault]:
    """Yield a fault where bans leave no purpose to look anybody up for."""
    if any(purpose.allowed for purpose in policy.purposes):
        return
    for regulation, file in in_force:
        for number, purpose in enumerate(file.purposes):
            if not purpose.allowed:
                message = _(
                    "Together the regulations leave no purpose for which a look-up is allowed; "
                    "{clause} bans {purpose}.",
                    clause=purpose.clause,
                    purpose=purpose.label,
                )
                yield regulation.fault(message, "purposes", number)


def _submitters(policy: EffectivePolicy, in_force: InForce) -> Iterator[Fault]:
    """Yield a fault for each kind of request for which regulations name submitters, but none in common."""
    for flow in policy.flows:
        naming = [reg for reg, file in in_force if (f := file.flow.get(flow.kind)) is not None and f.submit]
        if naming and not flow.submit:
            message = _(
                "Nobody is left who may submit a request of kind {kind}: "
                "the regulations name different roles.",
                kind=flow.kind,
            )
            yield naming[-1].fault(message, "flow", flow.kind, "submit")


def _approvers(policy: EffectivePolicy, in_force: InForce) -> Iterator[Fault]:
    """Yield a fault for each approver who sees nothing of the book, or whom another regulation forbids to
    decide."""
    for flow in policy.flows:
        for step in flow.steps:
            denied = policy.denial("decide", step.role)
            if step.role == "person" or (policy.scope(step.role).reach != "none" and denied is None):
                continue
            message = (
                _(
                    "{role} approves requests of kind {kind} ({clause}) but sees nothing of the directory. "
                    "Give {role} a scope or the step to another role.",
                    role=step.role,
                    kind=flow.kind,
                    clause=step.clause,
                )
                if denied is None
                else _(
                    "{role} approves requests of kind {kind} ({clause}), but {denied} forbids {role} to "
                    "decide. Give the step to another role.",
                    role=step.role,
                    kind=flow.kind,
                    clause=step.clause,
                    denied=denied,
                )
            )
            for regulation, file in in_force:
                stated = file.flow.get(flow.kind)
                for path, one in stated.named_steps() if stated is not None else ():
                    if policy.role_behind(one.role) == step.role:
                        yield regulation.fault(message, "flow", flow.kind, path[0])


def _nobody_left(
    in_force: InForce, functions: Functions, section: str, key: str, what: Message
) -> Iterator[Fault]:
    """Yield a fault where the regulations that name roles in ``section.key`` name none in common."""
    naming = [
        (regulation, frozenset(map(functions.role_behind, named)))
        for regulation, file in in_force
        if (named := getattr(getattr(file, section), key, ()))
    ]
    if naming and not frozenset.intersection(*(roles for _regulation, roles in naming)):
        message = _("Nobody is left who {what}: the regulations name different roles.", what=what)
        yield naming[-1][0].fault(message, section, key)
