"""The forms for joining, moving and leaving in the words for pupils, who enrol and change class (D.5.1)."""

from db.language import _
from tui.kit import ScreenCommand
from tui.screens.asking.request_form import ATTACH, DISCARD, SUBMIT
from tui.screens.lifecycle.join import JoinScreen
from tui.screens.lifecycle.leave import LeaveScreen
from tui.screens.lifecycle.move import MoveScreen

CHOOSE_CLASS = ScreenCommand("unit", "f3", _("Class"), _("Choose the class."))


class Enrol(JoinScreen):
    """The form of a pupil who enrols."""

    NAME = _("Enrolment")
    ABOUT = _(
        "Who enrols, in which class and since when, and every field that the directory holds. What is "
        "required must be there before it can be submitted; where something lacks, Ctrl+S offers to keep "
        "the pupil waiting until then, with the clock running. Ctrl+O looks whether the pupil is on "
        "record: in another directory, or in the archive after leaving this one."
    )
    KEYS = (
        SUBMIT,
        CHOOSE_CLASS,
        ScreenCommand(
            "who", "ctrl+o", _("On record?"), _("Look whether the pupil is on record."), second="f5"
        ),
        ATTACH,
        DISCARD,
    )
    CHOOSE = _("Choose the class")


class Transfer(MoveScreen):
    """The form of a pupil who changes class."""

    NAME = _("Change of class")
    ABOUT = _(
        "Choose the new class with F3, and the day on which it takes effect. Approved before, it takes "
        "effect by itself on that day; until then nothing changes."
    )
    KEYS = (SUBMIT, CHOOSE_CLASS, ATTACH, DISCARD)
    CHOOSE = _("Choose the class")


class Withdraw(LeaveScreen):
    """The form of a pupil who leaves."""

    NAME = _("Leaving the class")
    ABOUT = _(
        "The last day, and what ends with the entry. Once it is confirmed, the entry is sealed in the "
        "archive and gone from every list, search and copy at once."
    )
