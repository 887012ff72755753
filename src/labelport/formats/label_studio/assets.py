"""The asset of a task: the first of its objects; all of them are series where there are several.

Messages that annotators add to a chat are messages of the asset too, after those that stand in the task.
"""

import msgspec

from labelport.formats.label_studio.media import Medium, kind_of, spoken_by
from labelport.formats.label_studio.results import Result, results
from labelport.formats.label_studio.scope import Scope
from labelport.formats.label_studio.spans import seconds_or_none
from labelport.formats.label_studio.tracks import frame_rate
from labelport.formats.label_studio.values import Fields, finite
from labelport.model.asset import Asset, Message, Series


def asset(name: str, scope: Scope, messages: tuple[Message, ...], mentioned: list[Result]) -> Asset:
    """Return the asset of the task."""
    main = scope.main
    uris = main.uris()
    size = scope.size_at(main.name, None) or (scope.size_at(main.name, 0) if len(uris) == 1 else None)
    on_main = [result for result in mentioned if result.given.get("to_name") == main.name]
    known = scope.plan.config.shown(main.name)
    words = main.words()
    html = main.value if main.kind == "html" and isinstance(main.value, str) and not uris else None
    return Asset(
        name,
        kind_of(main),
        uri=uris[0] if len(uris) == 1 else None,
        width=size.width if size else None,
        height=size.height if size else None,
        frames=_frames(on_main),
        fps=(known[0].frame_rate if known else None) or _rate(on_main),
        duration=_duration(on_main),
        text=words.text if words else html,
        series=_series(scope),
        messages=messages,
    )


def messages(scope: Scope, given: dict[str, object]) -> tuple[Message, ...]:
    """Return the messages of a conversation: those of the task, then those that its annotations (by path) add.

    A message has its region's id, unless another annotation adds a different one under the same id.
    """
    if scope.main.kind != "conversation":
        return ()
    found = {str(at): Message(str(at), role or "", text) for at, (role, text) in enumerate(spoken_by(scope.main))}
    for path, annotation in given.items():
        for region in results(annotation.get("result") if isinstance(annotation, dict) else None, path).regions:
            shaped = region.shaped()
            message = (
                _message(region.id, shaped[0].value.get("chatmessage")) if shaped and shaped[1] == "message" else None
            )
            if message is None:
                continue
            while found.setdefault(message.id, message) != message:
                message = msgspec.structs.replace(message, id=f"{message.id}+")
            if message.id != region.id:
                scope.added[path, region.id] = message.id
    return tuple(found.values())


def _series(scope: Scope) -> tuple[Series, ...]:
    found = []
    for medium in scope.media.values():
        uris = medium.uris()
        if len(uris) > 1 or scope.items(medium.name):
            found += [_item(medium, at, scope, uris) for at in range(max(len(uris), *scope.items(medium.name), 1))]
        elif len(scope.media) > 1:
            size = scope.size_at(medium.name, None)
            found.append(Series(medium.name, medium.name, tuple(uris), tuple(size or ())))
    return tuple(found)


def _item(medium: Medium, at: int, scope: Scope, uris: list[str]) -> Series:
    size = scope.size_at(medium.name, at)
    return Series(f"{medium.name}[{at}]", medium.name, tuple(uris[at : at + 1]), tuple(size or ()))


def _message(name: str, given: object) -> Message | None:
    fields = Fields(given, "$", [])
    message = Message(name, fields.text("role"), fields.text("content"), fields.moment("createdAt", per_second=1000))
    return None if fields.faults else message


def _frames(on_main: list[Result]) -> int | None:
    return next(
        (int(it) for it in map(finite, _values(on_main, "framesCount")) if it and it > 0 and it.is_integer()), None
    )


def _duration(on_main: list[Result]) -> float | None:
    told = [*_values(on_main, "duration"), *(result.given.get("original_length") for result in on_main)]
    return next(filter(None, map(seconds_or_none, told)), None)


def _rate(on_main: list[Result]) -> float | None:
    return next(filter(None, (frame_rate(result.value) for result in on_main)), None)


def _values(on_main: list[Result], key: str) -> list[object]:
    return [result.value.get(key) for result in on_main]
