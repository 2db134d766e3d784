"""The course of a topic: the rules one by one, what each means for the reader, and a short test (F.6.2).

It is made from the regulations in force, or from what a regulation says for the topic itself (G.7.3). What is
right is not told before it is answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from db.desk.authority.permissions import Permissions, policy_of
from db.desk.policies.summaries import Lesson, lessons
from db.desk.refusal import Invalid, Problem
from db.desk.training.topics import Topic
from db.language import Text, _
from db.policy.effective import EffectivePolicy
from db.policy.lessons import LessonQuestion, questions
from db.policy.schema.work import TrainingRule


@dataclass(frozen=True, slots=True)
class CourseQuestionView:
    """A question with its answers, of which one is right."""

    text: Text
    answers: tuple[Text, ...]
    clause: str


@dataclass(frozen=True, slots=True)
class Course:
    """What is to be read of a ``topic`` in the version that it names, and what is asked at the end."""

    topic: Topic
    lessons: tuple[Lesson, ...]
    questions: tuple[CourseQuestionView, ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """What became of a test: ``wrong`` are the questions that were not answered rightly."""

    questions: int
    wrong: tuple[CourseQuestionView, ...]

    @property
    def passed(self) -> bool:
        """Whether every answer was right."""
        return not self.wrong


def course_of(permissions: Permissions, book: str, topic: Topic) -> Course:
    policy = policy_of(book)
    return Course(
        topic,
        lessons(permissions, book, _rule(policy, topic).lessons),
        tuple(map(_unanswered, _test(policy, topic))),
    )


def mark_answers(book: str, topic: Topic, answers: Sequence[int]) -> Marked:
    """Check ``answers``, the place of an answer (from 1) for each question in order, and return the result;
    stores nothing. Raises Invalid for another number of them."""
    test = _test(policy_of(book), topic)
    if len(answers) != len(test):
        raise Invalid(
            Problem("answers", _("Answer each of the {count} questions, in their order.", count=len(test)))
        )
    wrong = (asked for asked, answer in zip(test, answers, strict=True) if answer - 1 != asked.right)
    return Marked(len(test), tuple(map(_unanswered, wrong)))


def _rule(policy: EffectivePolicy, topic: Topic) -> TrainingRule:
    return next(rule for rule in policy.training if rule.id == topic.id)


def _test(policy: EffectivePolicy, topic: Topic) -> tuple[LessonQuestion, ...]:
    return questions(policy, _rule(policy, topic).questions)


def _unanswered(asked: LessonQuestion) -> CourseQuestionView:
    return CourseQuestionView(asked.text, asked.answers, asked.clause)
