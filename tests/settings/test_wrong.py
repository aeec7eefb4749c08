"""What is refused: the right kind, file, line and key, and words that show the way (SPEC §8)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from converter.problems import Stopped
from converter.settings import load
from tests.settings.files import SMALLEST, link, settings, stopped


def with_line(after: str, line: str) -> str:
    """The smallest file with a line more under a header."""
    assert after in SMALLEST
    return SMALLEST.replace(after, f"{after}\n{line}", 1)


def replaced(old: str, new: str) -> str:
    """The smallest file with one thing said otherwise."""
    assert SMALLEST.count(old) == 1
    return SMALLEST.replace(old, new)


# -- the file ------------------------------------------------------------------------------------


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Stopped) as refusal:
        load(tmp_path / "nowhere" / "exchange.toml")
    problem = refusal.value.problem
    assert problem.kind.id == "SETTINGS_MISSING"
    assert problem.where.file == str(tmp_path / "nowhere" / "exchange.toml")
    assert "converter init" in problem.cure("en")
    assert "converter init" in problem.cure("ru")


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(Stopped) as refusal:
        load(tmp_path)
    assert refusal.value.problem.kind.id == "SETTINGS_UNREADABLE"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="rights do not bind here")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "exchange.toml"
    path.write_text(SMALLEST, encoding="utf-8")
    path.chmod(0)
    with pytest.raises(Stopped) as refusal:
        load(path)
    assert refusal.value.problem.kind.id == "SETTINGS_UNREADABLE"


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    text = with_line('name = "main"', 'plan = "План"').encode("cp1251")
    problem = stopped(tmp_path, text)
    assert (problem.kind.id, problem.where.line) == ("SETTINGS_UNREADABLE", 3)
    assert "UTF-8" in problem.cure("ru")


def test_a_file_in_utf_16(tmp_path: Path) -> None:
    assert stopped(tmp_path, SMALLEST.encode("utf-16")).kind.id == "SETTINGS_UNREADABLE"


# -- its grammar ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "ru"),
    [
        ("a = 1\nfolder = exchange/crm\nb = 2\n", 2, "кавычках"),
        ("a = 1\nb 2\n", 2, "«=»"),
        ('a = 1\nb = "x\nc = 1\n', 2, "кавычка"),
        ("a = 1\n\na = 2\n", 3, "дважды"),
        ("[a]\n[b]\n[a]\n", 3, "дважды"),
        ("[[link]\n", 1, "скобка"),
        ("a = 1\nb = [1,\n2", 3, "скобка"),
        ("a = 1 b = 2\n", 1, "лишнее"),
        ("a = 1\nb =", 2, "непонятно"),
        ("a = 1\nb = ", 2, "непонятно"),
        ("a = 1\nb = \n\n\n", 2, "непонятно"),
        ("a = 1\n= 2\n", 2, "непонятна"),
        ('b = "\u0001"\n', 1, "недопустимый"),
    ],
)
def test_what_is_no_toml_is_named_with_its_line(
    text: str, line: int, ru: str, tmp_path: Path
) -> None:
    problem = stopped(tmp_path, text)
    assert (problem.kind.id, problem.where.line) == ("SETTINGS_TOML", line)
    assert ru in problem.what("ru")
    assert "(at " not in problem.what("en"), "the line is told in its place"


def test_a_nesting_without_end_is_refused(tmp_path: Path) -> None:
    assert stopped(tmp_path, f"a = {'[' * 100_000}").kind.id == "SETTINGS_TOML"
    assert stopped(tmp_path, f"a = {'[' * 5000}{']' * 5000}").kind.id.startswith("SETTING")


@pytest.mark.parametrize(
    "path",
    [
        r"C:\Exchange\crm",
        r"C:\Users\Public\crm",
        r"C:\new\bp",  # every escape is right, and the path would hold a line end
        r"C:\temp",
        r"D:\Обмен\crm",
        r"\\server\share",
        r"D:\bp" + "\\",  # the last one takes the quote away
        r"exchange\crm",
    ],
)
@pytest.mark.parametrize("key", ["folder", "archive", "state"])
def test_a_windows_path_in_double_quotes_is_told_as_such(
    path: str, key: str, tmp_path: Path
) -> None:
    text = {
        "folder": replaced('"exchange/bp"', f'"{path}"'),
        "archive": with_line('name = "main"', f'archive = "{path}"'),
        "state": f'state = "sqlite:///{path}"\n{SMALLEST}',
    }[key]
    problem = stopped(tmp_path, text)
    assert problem.kind.id == "SETTINGS_BACKSLASH"
    assert problem.where.line == {"folder": 10, "archive": 3, "state": 1}[key]
    assert r"'C:\Exchange\crm'" in problem.cure("en")


@pytest.mark.parametrize("written", [r"'C:\new\bp'", r'"C:\\new\\bp"', '"C:/new/bp"'])
def test_a_windows_path_that_is_rightly_written_is_taken(written: str, tmp_path: Path) -> None:
    found = settings(tmp_path, replaced('"exchange/bp"', written))
    assert str(found.link[0].bp.folder).replace("\\", "/").endswith("C:/new/bp")


# -- its keys ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "field", "cure"),
    [
        (with_line('code = "BP"', 'verson = "1.20"'), 10, "link[1].bp.verson", "probably version"),
        (with_line('code = "BP"', 'FILES = "xml"'), 10, "link[1].bp.FILES", "probably files"),
        (replaced('folder = "exchange/bp"', 'fodler = "x"'), 10, "link[1].bp.fodler", "folder"),
        (with_line('name = "main"', "zzz = 1"), 3, "link[1].zzz", "conflicts, settle"),
        (link(more="crm.zzz = 1\n"), 3, "link[1].crm.zzz", "password_env"),
        (with_line('name = "main"', '"a b" = 1'), 3, "link[1].'a b'", "settle"),
        (f"path = 1\n{SMALLEST}", 1, "path", "state, state_password_env"),
        (f"\n# x\nlinks = 1\n{SMALLEST}", 3, "links", "probably link"),
        (f"{SMALLEST}\n[link.fish]\n", 12, "link[1].fish", "crm"),
        (f"{SMALLEST}\n[other]\nx = 1\n", 12, "other", "state"),
        (f'{SMALLEST}state = "sqlite:///x.db"\n', 11, "link[1].bp.state", "top of the file"),
        (f"{SMALLEST}settle = 5\n", 11, "link[1].bp.settle", "[[link]]"),
        (with_line('code = "CRM"', 'version = "1.20"'), 6, "link[1].crm.version", "[link.bp]"),
        (with_line('code = "CRM"', 'invoice = "СчетПокупателю"'), 6, "link[1].crm.invoice", "enterprisedata"),
        (f"{link()}{link('b', 'c', 'd')}naem = 'x'\n", 15, "link[2].naem", "probably name"),
    ],
)  # fmt: skip
def test_an_unknown_key_is_named_with_the_right_one(
    text: str, line: int, field: str, cure: str, tmp_path: Path
) -> None:
    problem = stopped(tmp_path, text)
    assert problem.kind.id == "SETTING_UNKNOWN"
    assert (problem.where.line, problem.where.field) == (line, field)
    assert cure in problem.cure("en")


@pytest.mark.parametrize("name", ["password", "Password", "passwd", "pwd", "passphrase"])
def test_a_password_in_the_open_is_refused_and_not_repeated(name: str, tmp_path: Path) -> None:
    problem = stopped(tmp_path, with_line('code = "CRM"', f'{name} = "qwerty123"'))
    assert problem.kind.id == "SETTING_PASSWORD"
    assert (problem.where.line, problem.where.field) == (6, f"link[1].crm.{name}")
    for lang in ("ru", "en"):
        assert "password_env" in problem.cure(lang)
        assert "qwerty123" not in problem.what(lang) + problem.cure(lang)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://exchange:qwerty123@db.example/exchange",
        "postgresql+psycopg://:qwerty123@db.example/exchange",
        "postgresql://exchange:qw/qwerty123@db.example/exchange",
        "postgresql://db.example/exchange?user=x&password=qwerty123",
        "mssql+pyodbc:///?odbc_connect=UID%3Dx%3BPWD%3Dqwerty123",
    ],
)
def test_a_password_in_the_address_of_the_state_is_refused(url: str, tmp_path: Path) -> None:
    problem = stopped(tmp_path, f"\nstate = '{url}'\n{SMALLEST}")
    assert (problem.kind.id, problem.where.line) == ("SETTING_PASSWORD", 2)
    for lang in ("ru", "en"):
        assert "qwerty123" not in problem.what(lang) + problem.cure(lang)


@pytest.mark.parametrize(
    "line",
    [
        'password_file = ["qwerty123"]',
        'password_file = "qwerty\\u0000"',
        'password_command = "qwerty123"',
        "password_command = []",
        'password_command = ["qwerty123", ""]',
        'password_command = ["qwerty123", 1]',
    ],
)
def test_a_wrong_place_of_a_password_is_not_repeated(line: str, tmp_path: Path) -> None:
    problem = stopped(tmp_path, with_line('code = "CRM"', line))
    assert problem.kind.id in ("SETTING_TYPE", "SETTINGS_BACKSLASH")
    assert problem.where.field == f"link[1].crm.{line.split()[0]}"
    for lang in ("ru", "en"):
        assert "qwerty" not in problem.what(lang) + problem.cure(lang)


def test_a_password_has_one_place(tmp_path: Path) -> None:
    text = with_line('code = "CRM"', 'password_file = "a"\npassword_command = ["b"]')
    problem = stopped(tmp_path, text)
    assert (problem.kind.id, problem.where.line) == ("SETTING_CLASH", 7)
    assert "link[1].crm.password_file, line 6" in problem.what("en")


def test_the_password_of_the_state_has_one_place(tmp_path: Path) -> None:
    text = f'state_password_env = "A"\nstate_password_file = "b"\n{SMALLEST}'
    problem = stopped(tmp_path, text)
    assert problem.kind.id == "SETTING_CLASH"
    assert "state_password_env, line 1" in problem.what("en")


def test_a_password_where_its_variable_belongs_is_not_repeated(tmp_path: Path) -> None:
    problem = stopped(tmp_path, with_line('code = "CRM"', 'password_env = "qwerty 123"'))
    assert (problem.kind.id, problem.where.field) == ("SETTING_TYPE", "link[1].crm.password_env")
    for lang in ("ru", "en"):
        assert "qwerty" not in problem.what(lang) + problem.cure(lang)


@pytest.mark.parametrize(
    ("text", "line", "field", "what", "cure"),
    [
        ("state = 5\n" + SMALLEST, 1, "state", "5", "sqlite:///exchange.db"),
        ('state = "exchange.db"\n' + SMALLEST, 1, "state", "SQLAlchemy", "sqlite:///exchange.db"),
        ('state = "sqlite://"\n' + SMALLEST, 1, "state", "on disk", "sqlite:///exchange.db"),
        ('state = "sqlite:///:memory:"\n' + SMALLEST, 1, "state", "on disk", "sqlite:///"),
        ('state = "sqlite:///file:x?uri=true"\n' + SMALLEST, 1, "state", "on disk", "sqlite:///"),
        ('link = "main"\n', 1, "link", "[[link]]", "[[link]]"),
        ('[link]\nname = "main"\n', 1, "link", "found: [link]", "[[link]]"),
        ("link = [1]\n", 1, "link", "[[link]]", "[[link]]"),
        (with_line("[[link]]", "plan = 1"), 2, "link[1].plan", "text in quotes", "plan = "),
        (with_line("[[link]]", 'plan = ""'), 2, "link[1].plan", "text in quotes", "plan = "),
        (replaced('"main"', '"  "'), 2, "link[1].name", "not empty", 'name = "main"'),
        (replaced('"main"', '"a\\tb"'), 2, "link[1].name", "invisible", 'name = "main"'),
        (replaced('"main"', '"a\\u200b"'), 2, "link[1].name", '"a\\u200b"', 'name = "main"'),
        (with_line("[[link]]", 'conflicts = "CRM"'), 2, "link[1].conflicts", '"crm", "bp"', '"crm"'),
        (with_line("[[link]]", 'settle = "60"'), 2, "link[1].settle", "seconds", "settle = 60"),
        (with_line("[[link]]", "settle = -1"), 2, "link[1].settle", "-1", "settle = 60"),
        (with_line("[[link]]", "settle = true"), 2, "link[1].settle", "true", "settle = 60"),
        (with_line("[[link]]", "settle = nan"), 2, "link[1].settle", "seconds", "settle = 60"),
        (with_line("[[link]]", "settle = inf"), 2, "link[1].settle", "seconds", "settle = 60"),
        (with_line("[[link]]", "transliterate = 1"), 2, "link[1].transliterate", "true or false", "= false"),
        (with_line("[[link]]", 'archive = ""'), 2, "link[1].archive", "not empty", "archive = "),
        (with_line("[[link]]", "archive = [1]"), 2, "link[1].archive", "a list", "archive = "),
        (replaced('"exchange/crm"', "7"), 6, "link[1].crm.folder", "path in quotes", "exchange/crm"),
        (replaced('"exchange/bp"', "2026-01-01"), 10, "link[1].bp.folder", "2026-01-01", "exchange/bp"),
        (with_line('"exchange/bp"', 'files = "rar"'), 11, "link[1].bp.files", '"zip"', "as-received"),
        (with_line('"exchange/crm"', 'format = "json"'), 7, "link[1].crm.format", '"crm"', '"crm"'),
        (with_line('"exchange/bp"', "version = 1.20"), 11, "link[1].bp.version", "in quotes", '"1.20"'),
        ('[[link]]\nname = "a"\ncrm = 5\n', 3, "link[1].crm", "a table crm", "[link.crm]"),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_kind_is_named_with_a_right_one(
    text: str, line: int, field: str, what: str, cure: str, tmp_path: Path
) -> None:
    problem = stopped(tmp_path, text)
    assert problem.kind.id == "SETTING_TYPE"
    assert (problem.where.line, problem.where.field) == (line, field)
    assert what in problem.what("en")
    assert cure in problem.cure("en")


@pytest.mark.parametrize(
    "code",
    ["", " ", "a/b", "a\\b", "a:b", "a*", "a?", 'a"b', "<a", "a>", "a|b", "a[b", "a]", " a", "a ", ".a", "a.", "a\tb", "a\n", "a\u200b", "x" * 37],
)  # fmt: skip
def test_a_code_that_no_file_name_can_hold_is_refused(code: str, tmp_path: Path) -> None:
    escaped = "".join(f"\\U{ord(each):08x}" for each in code)
    problem = stopped(tmp_path, replaced('"BP"', f'"{escaped}"'))
    assert (problem.kind.id, problem.where.field) == ("SETTING_TYPE", "link[1].bp.code")
    assert problem.where.line == 9
    assert "36" in problem.what("ru")


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("version = 1.19", 'version = "1.19"'),
        ("version = 1.20", 'version = "1.20"'),
        ("version = true", 'version = "auto"'),
    ],
)
def test_a_number_without_its_quotes_is_answered_with_them(
    line: str, right: str, tmp_path: Path
) -> None:
    problem = stopped(tmp_path, f"{SMALLEST}{line}\n")
    assert problem.kind.id == "SETTING_TYPE"
    assert right in problem.cure("ru")


@pytest.mark.parametrize(
    ("written", "nearest"),
    [
        ("1.9", "1.8"),
        ("1.23", "1.22"),
        ("1.2", "1.3"),
        ("1,19", "1.19"),
        ("1.20.1", "1.20"),
        ("EnterpriseData 1.17", "1.17"),
        ("Auto", "auto"),
        ("1." + "9" * 5000, "1.22"),
        ("", "1.22"),
    ],
)
def test_a_version_that_there_is_not_is_answered_with_the_nearest_and_the_list(
    written: str, nearest: str, tmp_path: Path
) -> None:
    problem = stopped(tmp_path, f'{SMALLEST}version = "{written}"\n')
    assert problem.kind.id == "SETTING_TYPE"
    assert (problem.where.line, problem.where.field) == (11, "link[1].bp.version")
    assert f'version = "{nearest}"' in problem.cure("en")
    for lang in ("ru", "en"):
        said = problem.what(lang)
        assert "1.3, 1.4, 1.5" in said
        assert "1.21, 1.22" in said


@pytest.mark.parametrize(
    ("text", "line", "field", "key", "cure"),
    [
        ("", 1, "", "link", "[[link]]"),
        ("# nothing\n", 1, "", "link", "[[link]]"),
        ("link = []\n", 1, "link", "link", "[[link]]"),
        ("\n[[link]]\n[link.crm]\n", 2, "link[1]", "name", 'under [[link]]: name = "main"'),
        ('\n[[link]]\nname = "a"\n[link.bp]\n', 2, "link[1]", "crm", "[link.crm]"),
        (replaced('code = "CRM"\n', ""), 4, "link[1].crm", "code", 'under [link.crm]: code = "CRM"'),
        (replaced('folder = "exchange/bp"\n', ""), 8, "link[1].bp", "folder", 'under [link.bp]: folder = "exchange/bp"'),
        (link() + '[[link]]\nname = "b"\n', 8, "link[2]", "crm", "under [[link]]: [link.crm]"),
    ],
)  # fmt: skip
def test_a_required_key_that_lacks_is_named_with_its_table(
    text: str, line: int, field: str, key: str, cure: str, tmp_path: Path
) -> None:
    problem = stopped(tmp_path, text)
    assert problem.kind.id == "SETTING_MISSING"
    assert (problem.where.line, problem.where.field) == (line, field)
    assert key in problem.what("en")
    assert cure in problem.cure("en")
