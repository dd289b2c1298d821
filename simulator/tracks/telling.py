"""What was read of a track's file, in sentences for people and as an object for programs."""

from typing import Any

from simulator.tracks.names import looks_like_accuracy
from simulator.tracks.points import Account, Track
from simulator.tracks.text import printable


def track_object(track: Track) -> dict[str, Any]:
    """One object; keys are told in the simulator's README."""
    account = track.account
    return {
        "file": track.name,
        "kind": account.kind,
        "encoding": account.encoding,
        "points": len(track.points),
        "left_out": dict(account.left_out),
        "ignored": dict(account.ignored),
        "accuracy": dict(account.accuracy),
        "sources": dict(account.sources),
        "without_zone": account.without_zone,
        "time_zone": account.time_zone,
        "date_order": account.date_order,
        "hours_twice": list(account.hours_twice),
    }


def track_sentences(track: Track, unsaid_m: float) -> list[str]:
    """What a person should know before believing the rest. `unsaid_m`: accuracy where unsaid."""
    account, count = track.account, len(track.points)
    encoding = f", {account.encoding}" if account.encoding else ""
    lines = [f"{track.name}: {account.kind}{encoding}, {count} points"]
    for reason, left_out in account.left_out.items():
        lines.append(
            f"left out: {left_out} {reason.replace('_', ' ')} (first: {account.examples[reason]})"
        )
    lines += _of_times(account)
    taken = [f"{name} ({points})" for name, points in account.accuracy.items()]
    unsaid = count - sum(account.accuracy.values())
    if unsaid:
        taken.append(f"{unsaid_m:g} m where unsaid ({unsaid})")
    lines.append(f"accuracy: {', '.join(taken)}")
    if set(account.sources) - {"gnss"}:
        told = ", ".join(f"{points} {source}" for source, points in account.sources.items())
        lines.append(f"sources: {told}; what is not GNSS raises pre-alert at most")
    for heading, of_accuracy in (("ignored, like accuracy", True), ("ignored", False)):
        names = [
            f"{name} ({times})"
            for name, times in account.ignored.items()
            if looks_like_accuracy(name) is of_accuracy
        ]
        if names:
            lines.append(f"{heading}: {', '.join(names)}")
    return [lines[0], *(f"  {printable(line)}" for line in lines[1:])]


def _of_times(account: Account) -> list[str]:
    lines = []
    if account.without_zone:
        lines.append(f"times without a zone: {account.without_zone}, taken as {account.time_zone}")
    if account.date_order is not None:
        lines.append(f"dates: {account.date_order}")
    first, second = account.hours_twice
    if first or second:
        lines.append(
            f"local times that occur twice: {first} taken as the first, {second} as the second"
        )
    return lines
