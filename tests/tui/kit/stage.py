"""A stage with every widget of the kit on it, filled with whatever text a test gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, cast

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from db.desk import Desk, Invalid, Problem, Refused
from db.language import Label, Message
from tests.tui.conftest import View
from tui.kit import (
    SEARCH,
    ChoiceField,
    DataList,
    FactList,
    FormField,
    FramedScreen,
    KitApp,
    ListColumn,
    Location,
    Look,
    Mode,
    Node,
    Pane,
    Pick,
    Reader,
    ScreenCommand,
    Styled,
    TextInput,
    TextLine,
    UnitTree,
    ask_text,
    choose,
)

NAMES = ("张伟", "张文", "周围", "郑微", "王芳", "李娜", "赵敏", "钱进", "孙悦", "吴迪")
POSITIONS = ("工程师", "高级工程师", "测试主管", "实习生")
UNITS = ("研发一部", "研发二部")


@dataclass(frozen=True)
class Row:
    """A person as a list shows them."""

    id: int
    name: str
    position: str
    unit: str
    extension: str
    mobile: str


def person(number: int, text: str | None = None) -> Row:
    """A made-up person, or one whose every field is ``text``."""
    if text is not None:
        return Row(number, text, text, text, text, text)
    return Row(
        number,
        NAMES[number % 10],
        POSITIONS[number % 4],
        UNITS[number % 2],
        str(8000 + number),
        f"138••••{number % 100:02}",
    )


@dataclass
class People:
    """A query over so many people that remembers what it was asked."""

    count: int = 600
    text: str | None = None
    asked: list[tuple[int, int]] = field(default_factory=list)

    def __call__(self, offset: int, limit: int) -> Sequence[Row]:
        self.asked.append((offset, limit))
        return [person(number, self.text) for number in range(offset, min(offset + limit, self.count))]


def units(parent: str | None) -> Sequence[Node]:
    """Three levels of units."""
    tree = {
        None: [Node("1", "华星集团")],
        "1": [Node("2", "研发中心", "80"), Node("3", "销售中心", "120"), Node("4", "大区办事处", "65")],
        "2": [Node("21", "研发一部", "42", leaf=True), Node("22", "研发二部", "38", leaf=True)],
    }
    return tree.get(parent, [])


COLUMNS = (
    ListColumn[Row](Label("姓名", "Name"), lambda row: Styled(row.name, "strong"), width=8),
    ListColumn[Row](Label("职务", "Position"), lambda row: row.position, width=12),
    ListColumn[Row](Label("部门", "Unit"), lambda row: row.unit),
    ListColumn[Row](Label("分机", "Ext."), lambda row: row.extension, width=5, from_width=50),
    ListColumn[Row](Label("手机", "Mobile"), lambda row: row.mobile, width=11),
)


def _short(text: str) -> None:
    if len(text) > 2:
        raise Invalid(Problem("text", Message("too long")))


class Directory(FramedScreen):
    """Tree and list, as the directory has them."""

    NAME = Label("名录", "Directory")
    ABOUT = Label("按单位浏览，或按姓名、拼音、分机查找。", "Browse by unit, or search by name or extension.")
    KEYS: ClassVar[tuple[ScreenCommand, ...]] = (
        ScreenCommand("open", "enter", Label("名片", "Card"), Label("打开名片。", "Open the card.")),
        ScreenCommand(
            "reveal", "r", Label("显示号码", "Reveal"), Label("说明用途后显示。", "Show it for a purpose.")
        ),
        ScreenCommand("correct", "e", Label("更正", "Correct"), Label("提出更正。", "Propose a correction.")),
        ScreenCommand("contact", "c", Label("联系", "Contact"), Label("拨打或写信。", "Call or write.")),
        ScreenCommand("crash", "x", Label("报错", "Report"), Label("报告错误。", "Report a mistake.")),
        ScreenCommand("why", "w", Label("为何可见", "Why"), Label("依据的条款。", "The clause behind it.")),
        SEARCH,
    )

    def __init__(self, people: People | None = None, text: str | None = None) -> None:
        super().__init__()
        self.people = people or People(text=text)
        self.text = text
        self.answers: list[str | None] = []
        self.done: list[str] = []

    def where(self) -> Location:
        book = self.text or Label("员工通讯录", "Staff")
        return Location(self.NAME, (book, Label("制度 A 企业", "Rules A"), Label("内部资料", "Internal")))

    def body(self) -> ComposeResult:
        with Horizontal():
            with Pane(self.text or Label("组织", "Units")):
                yield UnitTree()
            with Pane(Label("查找", "Search"), classes="wide"):
                with Horizontal(classes="bar"):
                    yield TextInput(
                        hint=Label("姓名、拼音、分机", "Name, pinyin, extension"), classes="search"
                    )
                    options = [Pick("u", Label("本部门", "My unit")), Pick("a", self.text or "全部")]
                    yield ChoiceField(Label("范围", "Scope"), options)
                yield DataList[Row](COLUMNS, key=lambda row: row.id, empty="—", multi=True)

    def on_mount(self) -> None:
        text = self.text
        tree = self.query_one(UnitTree)
        if text is None:
            tree.show(units, open_levels=2)
        else:
            tree.show(lambda parent: [Node(f"{parent}.", text, text)], open_levels=2)
        self.query_one(DataList).show(self.people)
        self.query_one(DataList).focus()

    async def do_reveal(self) -> None:
        options = [Pick("client", self.text or Label("客户事务", "Client work")), Pick("ops", "运维")]
        self.answers.append(await choose(self, self.text or Label("用途", "Purpose"), options))

    async def do_why(self) -> None:
        self.answers.append(await ask_text(self, Label("为何", "Why"), self.text or "原因", required=True))

    async def ask(self, value: str) -> None:
        """A text with something proposed, of two letters at most."""
        self.answers.append(await ask_text(self, "?", "", value=value, check=_short))

    def do_correct(self) -> None:
        self.app.push_screen(Correction(self.text))

    def do_open(self) -> None:
        self.done.append("open")

    def do_contact(self) -> None:
        text = self.text or "张伟 is outside your unit."
        raise Refused(Message(text.replace("{", "{{").replace("}", "}}")), "C.10.1", "Ask for access.")

    def do_crash(self) -> None:
        secret = "13800002121"
        raise ValueError(secret)


class Correction(FramedScreen):
    """A form."""

    NAME = Label("更正", "Correction")
    ABOUT = Label("填写新的内容并提交。", "Fill in the new values and submit.")
    AUTO_FOCUS = "TextInput"
    SHOWS_MODES = False
    HOLDS_ON = True
    KEYS = (
        ScreenCommand("submit", "ctrl+s", Label("提交", "Submit"), Label("提交更正。", "Submit it.")),
        ScreenCommand("back", "escape", Label("放弃", "Discard"), Label("放弃更正。", "Discard it.")),
    )

    def __init__(self, text: str | None = None) -> None:
        super().__init__()
        self.text = text

    def where(self) -> Location:
        who = self.text or "张伟"
        return Location(Message("{what}: {who}", {"what": self.NAME, "who": who}), ("E.13",))

    def body(self) -> ComposeResult:
        text = self.text
        with Vertical(classes="form"):
            yield FormField(
                "mobile", Label("手机", "Mobile"), TextInput(text or "139 0000 2121"), now=text or "138"
            )
            yield FormField("ext", Label("分机", "Ext."), TextInput("8012"), now="8012")
            yield FormField("position", Label("职务", "Position"), text or "(HR)", now=text or "工程师")
            reasons = [Pick("new", text or "换号"), Pick("other", "其他")]
            yield FormField("reason", Label("原因", "Reason"), ChoiceField("", reasons))
            yield FactList([(text or "流程", text or "本人 → 部门负责人 → 人力资源")])
            yield TextLine(text or "提交后由部门负责人审核。", "dim")

    def do_submit(self) -> None:
        text = (self.text or "This number is not valid.").replace("{", "{{").replace("}", "}}")
        raise Invalid(Problem("mobile", Message(text)), Problem("reason", Message(text)))


class Stage(KitApp):
    """An application with the directory as two of its modes."""

    TITLE = "mingce"
    CSS = """
    Pane { width: 24; }
    Pane.wide { width: 1fr; }
    .bar { height: 1; }
    .bar TextInput { width: 1fr; }
    """

    def __init__(
        self, view: View | None = None, *, text: str | None = None, people: People | None = None
    ) -> None:
        view = view or View("zh_CN", Look())
        # No test on the stage reaches the desk.
        desk = cast(Desk, object())
        reader = Reader(text or "李伟", text or "研发中心")
        super().__init__(language=view.language, look=view.look, desk=desk, reader=reader)
        self.waiting = 3
        self.screens_made: list[Directory] = []
        self._people = people
        self._text = text

    def on_mount(self) -> None:
        def make() -> Directory:
            self.screens_made.append(Directory(self._people, self._text))
            return self.screens_made[-1]

        names = [("directory", "名录", "Directory"), ("queue", "待办", "Queue"), ("audit", "审计", "Audit")]
        self.offer_modes([Mode(i, str(n), Label(zh, en), make) for n, (i, zh, en) in enumerate(names, 1)])


def directory(app: KitApp) -> Directory:
    """The screen that is shown, which must be a directory."""
    screen: Any = app.screen
    assert isinstance(screen, Directory)
    return screen


def shown(app: KitApp) -> str:
    """What stands on the screen."""
    return "".join(strip.text for strip in app.screen._compositor.render_strips())
