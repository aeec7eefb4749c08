"""What looks like a restored base: it is left alone until a person has looked (SPEC §4)."""

from __future__ import annotations

from converter.problems.catalogue.making import alarm

NUMBER_REUSED = alarm(
    "NUMBER_REUSED",
    (
        "сообщение {number} уже было, а содержание у него другое",
        "похоже, базу восстановили из копии; выполните converter doctor --restored {side}",
    ),
    (
        "message {number} has been here already, with other contents",
        "the base looks restored from a backup; run converter doctor --restored {side}",
    ),
    (
        "Один номер с двумя содержаниями: того, что под ним подтверждено, в базе может уже"
        " не быть.",
        "One number with two contents: what was acknowledged under it may be gone from the base.",
    ),
)
NUMBER_FELL = alarm(
    "NUMBER_FELL",
    (
        "номер сообщения {number} меньше принятого {received}, а создано оно позже",
        "похоже, базу восстановили из копии; выполните converter doctor --restored {side}",
    ),
    (
        "message number {number} is below {received}, which was taken, yet it was created later",
        "the base looks restored from a backup; run converter doctor --restored {side}",
    ),
    (
        "База считает заново: её изменения приняли бы за повторы и потеряли.",
        "The base counts anew: its changes would be taken for repeats and lost.",
    ),
)
ACK_UNKNOWN = alarm(
    "ACK_UNKNOWN",
    (
        "база подтверждает сообщение {number}, а отправлено было только {sent}",
        "у двух баз один код, или базу восстановили из копии; converter doctor --restored {side}",
    ),
    (
        "the base acknowledges message {number}, but only {sent} were ever sent",
        "two bases have one code, or one was restored; run converter doctor --restored {side}",
    ),
    (
        "Такое подтверждение сняло бы с очереди объекты, которых никто не прочитал.",
        "Such an acknowledgement would take objects off the queue that nobody has read.",
    ),
)
