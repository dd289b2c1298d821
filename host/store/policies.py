"""Which policies are in force, and which orders name them, in the transaction of an entry."""

from collections.abc import Collection

from sqlmodel import Session, col, func, select

from host.registry.types import DEFAULT_POLICY, PolicyDocument
from host.store.models import OrderVersion, PolicyVersion, RegistryEntry

PROGRAM = ""  # by whom the policies are entered that come with the program


def names_in_force(session: Session) -> set[str]:
    """The default's, which comes with the program, and all that were entered and not retired."""
    newest = select(func.max(PolicyVersion.entry)).group_by(PolicyVersion.name)
    rows = session.exec(
        select(PolicyVersion.name, PolicyVersion.document).where(
            col(PolicyVersion.entry).in_(newest)
        )
    )
    return {DEFAULT_POLICY, *(name for name, document in rows if document)}


def orders_naming(session: Session, policies: Collection[str]) -> dict[str, str]:
    """Order -> policy, of those whose newest version names one of these."""
    if not policies:
        return {}
    newest = select(func.max(OrderVersion.entry)).group_by(OrderVersion.order_id)
    rows = session.exec(
        select(OrderVersion.order_id, OrderVersion.policy)
        .where(col(OrderVersion.entry).in_(newest))
        .where(col(OrderVersion.policy).in_(policies))
    )
    return dict(rows.all())


def supersedes(session: Session, policy: PolicyDocument) -> bool:
    """Whether a policy that comes with the program is newer than what is in force under its name,
    and that came with the program too: what a person entered stays."""
    last = session.exec(
        select(PolicyVersion.document, RegistryEntry.by)
        .join(RegistryEntry, col(RegistryEntry.id) == PolicyVersion.entry)
        .where(PolicyVersion.name == policy.name)
        .order_by(col(PolicyVersion.entry).desc())
    ).first()
    return last is None or (last[1] == PROGRAM and last[0] != policy.text)
