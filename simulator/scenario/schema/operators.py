"""What the centre's people do, at a time that a scenario says, right or wrong."""

from typing import Annotated, Literal

from pydantic import Field

from host.base.document import Model
from simulator.scenario.schema.words import Seconds


class Operator(Model):
    """An operator acts on whatever there is at that time; what the centre forbids is refused."""

    at_s: Seconds = Field(description="when")
    verb: Literal["acknowledge", "resolve", "shelve", "withdraw", "resume", "call"] = Field(
        description="what is done"
    )
    nth: Annotated[int, Field(ge=0)] = Field(
        default=0, description="to which incident (of a call: message), counted round and round"
    )
    for_s: Annotated[int, Field(gt=0)] = Field(default=600, description="how long to shelve")
    reached: bool = Field(default=True, description="whether a call was answered")
