"""Settings: each value has a source, and nothing unknown or wrong passes."""

from __future__ import annotations

import re
import tomllib
from ipaddress import ip_network
from pathlib import Path

import pytest

from atelier.errors import SettingsFault
from atelier.settings import DEFAULT, TABLE, Wrong, load

SHOWN = Path(__file__).parents[1] / "config.toml"


def settings(folder, text=None, environ=None, options=None):
    """What holds with this `config.toml` in the data folder."""
    data = folder / "storage"
    data.mkdir(exist_ok=True)
    if text is not None:
        (data / "config.toml").write_text(text, "utf-8")
    return load(data, environ or {}, folder, options)


def refused(folder, text=None, environ=None, options=None):
    """The fault with which it is refused."""
    with pytest.raises(SettingsFault) as caught:
        settings(folder, text, environ, options)
    return caught.value


def source_of(found, key):
    """Where a value came from."""
    return {line.key: line.source for line in found.explain()}[key]


def test_without_a_file_every_setting_has_its_default(tmp_path):
    found = load(Path("storage"), {"PATH": "/bin"}, tmp_path)
    assert found.data == tmp_path / "storage"
    assert {line.source for line in found.explain()} == {DEFAULT}
    assert (found.server.host, found.server.port) == ("127.0.0.1", 8000)
    assert found.server.public_url == "http://localhost:8000"
    assert found.storage.blobs == f"file:{tmp_path}/storage/blobs"
    assert found.limits.max_deposit_bytes == 2 * 1024**3
    assert (found.sessions.idle_minutes, found.sessions.absolute_hours) == (120, 12)
    assert found.sessions.link_hours == 72
    assert found.access_log.keep_months == 12
    assert (found.network.time_zone, found.network.default_language) == ("Europe/Paris", "fr")


def test_a_command_wins_over_the_environment_which_wins_over_the_file(tmp_path):
    text = "[server]\nport = 1001\nhost = 'a'\n[reading]\nread_processes = 4\n"
    environ = {"ATELIER_SERVER_PORT": "1002", "ATELIER_SERVER_HOST": "b"}
    found = settings(tmp_path, text, environ, {"server.port": "1003"})
    assert (found.server.port, found.server.host, found.reading.read_processes) == (1003, "b", 4)
    assert source_of(found, "server.port") == "--port"
    assert source_of(found, "server.host") == "ATELIER_SERVER_HOST"
    file = str(tmp_path / "storage" / "config.toml")
    assert source_of(found, "reading.read_processes") == file
    assert source_of(found, "network.time_zone") == DEFAULT


def test_the_file_of_the_data_folder_is_read_before_that_of_the_working_folder(tmp_path):
    (tmp_path / "config.toml").write_text("[server]\nport = 2\nhost = 'near'\n")
    near = settings(tmp_path)
    assert (near.server.port, near.server.host) == (2, "near")
    assert source_of(near, "server.port") == str(tmp_path / "config.toml")
    own = settings(tmp_path, "[server]\nport = 1\n")
    assert (own.server.port, own.server.host) == (1, "127.0.0.1")


def test_a_data_folder_that_is_not_there_or_no_folder_is_not_the_business_of_settings(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    for name in ("absent", "file"):
        assert load(tmp_path / name, {}, tmp_path).data == tmp_path / name


def test_the_public_address_follows_the_port_until_one_is_given(tmp_path):
    assert settings(tmp_path, options={"server.port": "9000"}).server.public_url == (
        "http://localhost:9000"
    )
    environ = {"ATELIER_SERVER_PUBLIC_URL": "https://atelier.example.fr/"}
    found = settings(tmp_path, environ=environ, options={"server.port": "9000"})
    assert found.server.public_url == "https://atelier.example.fr"


@pytest.mark.parametrize(
    "url",
    [
        "https://atelier.example.fr:8443",
        "http://localhost:1",
        "http://127.0.0.2",
        "http://[::1]:8000",
        "http://demo.localhost",
    ],
)
def test_an_address_people_can_use_is_taken(tmp_path, url):
    assert settings(tmp_path, f"[server]\npublic_url = '{url}'").server.public_url == url


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("http://atelier.example.fr", Wrong.HTTPS_NEEDED),
        ("http://192.0.2.1:8000", Wrong.HTTPS_NEEDED),
        ("atelier.example.fr", Wrong.NOT_URL),
        ("ftp://atelier.example.fr", Wrong.NOT_URL),
        ("https://", Wrong.NOT_URL),
        ("https://atelier.example.fr/below", Wrong.NOT_URL),
        ("https://atelier.example.fr?x", Wrong.NOT_URL),
        ("https://user@atelier.example.fr", Wrong.NOT_URL),
        ("https://atelier.example.fr:port", Wrong.NOT_URL),
        ("https://[::1", Wrong.NOT_URL),
        ("https://atelier example", Wrong.NOT_URL),
        ("", Wrong.NOT_TEXT),
    ],
)
def test_an_address_people_cannot_use_safely_is_refused(tmp_path, url, wrong):
    fault = refused(tmp_path, f"[server]\npublic_url = '{url}'")
    assert (fault.key, fault.fault) == ("server.public_url", wrong)
    if wrong is Wrong.HTTPS_NEEDED:
        assert fault.nearest == url.replace("http:", "https:")


@pytest.mark.parametrize(
    ("text", "key", "wrong", "nearest"),
    [
        ("[serveur]\nport = 1", "serveur", Wrong.UNKNOWN_SECTION, "server"),
        ("[zzz]", "zzz", Wrong.UNKNOWN_SECTION, ""),
        ("[[server]]\nport = 1", "server", Wrong.UNKNOWN_SECTION, "server"),
        ("[server]\nprt = 1", "server.prt", Wrong.UNKNOWN_KEY, "server.port"),
        ("[server]\ntime_zone = 'UTC'", "server.time_zone", Wrong.UNKNOWN_KEY, "network.time_zone"),
        ("port = 1", "port", Wrong.UNKNOWN_KEY, "server.port"),
        ("prt = 1", "prt", Wrong.UNKNOWN_KEY, "server.port"),
        ("zzz = 1", "zzz", Wrong.UNKNOWN_KEY, ""),
        ("[server]\nport = '8000'", "server.port", Wrong.NOT_NUMBER, ""),
        ("[server]\nport = 8000.0", "server.port", Wrong.NOT_NUMBER, ""),
        ("[server]\nport = true", "server.port", Wrong.NOT_NUMBER, ""),
        ("[server]\nport = 0", "server.port", Wrong.OUT_OF_RANGE, "1"),
        ("[server]\nport = 65536", "server.port", Wrong.OUT_OF_RANGE, "65535"),
        ("[server]\nhost = 1", "server.host", Wrong.NOT_TEXT, ""),
        ("[server.host]\nx = 1", "server.host", Wrong.NOT_TEXT, ""),
        (
            "[server]\ntrusted_proxies = '10.0.0.1'",
            "server.trusted_proxies",
            Wrong.NOT_LIST,
            "",
        ),
        (
            "[reading]\npatient_data_guard = 'no'",
            "reading.patient_data_guard",
            Wrong.NOT_YES_NO,
            "",
        ),
        ("[server]\ntrusted_proxies = [1]", "server.trusted_proxies", Wrong.NOT_TEXT, ""),
        (
            "[server]\ntrusted_proxies = ['10.0.0.1/8']",
            "server.trusted_proxies",
            Wrong.NOT_NETWORK,
            "",
        ),
        ("[storage]\nblobs = 'blobs'", "storage.blobs", Wrong.NOT_ADDRESS, ""),
        ("[storage]\nblobs = 'file:'", "storage.blobs", Wrong.NOT_ADDRESS, ""),
        ("[server]\naccel_redirect = '_blobs'", "server.accel_redirect", Wrong.NOT_PLACE, ""),
        ("[server]\naccel_redirect = '/a/../b/'", "server.accel_redirect", Wrong.NOT_PLACE, ""),
        ("[server]\naccel_redirect = 1", "server.accel_redirect", Wrong.NOT_PLACE, ""),
        ("[sessions]\nidle_minutes = 5", "sessions.idle_minutes", Wrong.OUT_OF_RANGE, "30"),
        ("[access_log]\nkeep_months = 0", "access_log.keep_months", Wrong.OUT_OF_RANGE, "1"),
        ("[access_log]\nkeep_months = 121", "access_log.keep_months", Wrong.OUT_OF_RANGE, "120"),
        (
            "[network]\ntime_zone = 'Europe/Pari'",
            "network.time_zone",
            Wrong.UNKNOWN_ZONE,
            "Europe/Paris",
        ),
        ("[network]\ntime_zone = '../etc'", "network.time_zone", Wrong.UNKNOWN_ZONE, ""),
        ("[network]\ntime_zone = 'Europe'", "network.time_zone", Wrong.UNKNOWN_ZONE, None),
        (
            "[network]\ndefault_language = 'fra'",
            "network.default_language",
            Wrong.NOT_OFFERED,
            "fr",
        ),
        ("[network]\ndefault_language = 'xx'", "network.default_language", Wrong.NOT_OFFERED, "fr"),
    ],
)
def test_what_is_unknown_or_wrong_in_the_file_is_refused_with_its_place(
    tmp_path, text, key, wrong, nearest
):
    fault = refused(tmp_path, text)
    assert (fault.source, fault.key, fault.fault) == (
        str(tmp_path / "storage" / "config.toml"),
        key,
        wrong,
    )
    assert nearest is None or fault.nearest == nearest


def test_a_file_that_is_not_toml_is_refused_with_the_line(tmp_path):
    file = str(tmp_path / "storage" / "config.toml")
    fault = refused(tmp_path, "[server]\nport 8000\n")
    assert (fault.source, fault.fault) == (f"{file} (at line 2, column 6)", Wrong.NOT_TOML)
    Path(file).write_bytes(b"\xff")
    assert refused(tmp_path).fault == Wrong.NOT_TOML
    Path(file).unlink()
    Path(file).mkdir()
    assert (refused(tmp_path).source, refused(tmp_path).fault) == (file, Wrong.UNREADABLE)


@pytest.mark.parametrize(
    ("variable", "value", "wrong", "nearest"),
    [
        ("ATELIER_SERVER_PRT", "1", Wrong.UNKNOWN_VARIABLE, "ATELIER_SERVER_PORT"),
        ("ATELIER_", "1", Wrong.UNKNOWN_VARIABLE, None),
        ("ATELIER_SERVER_PORT", "", Wrong.NOT_NUMBER, ""),
        ("ATELIER_SERVER_PORT", "8_000", Wrong.NOT_NUMBER, ""),
        ("ATELIER_SERVER_PORT", "٣", Wrong.NOT_NUMBER, ""),
        ("ATELIER_SERVER_PORT", "9" * 30, Wrong.NOT_NUMBER, ""),
        ("ATELIER_SERVER_PORT", "-1", Wrong.OUT_OF_RANGE, "1"),
        ("ATELIER_SERVER_HOST", "", Wrong.NOT_TEXT, ""),
        ("ATELIER_SERVER_TRUSTED_PROXIES", "10.0.0.1,", Wrong.NOT_TEXT, ""),
        ("ATELIER_SERVER_TRUSTED_PROXIES", "proxy", Wrong.NOT_NETWORK, ""),
    ],
)
def test_what_is_unknown_or_wrong_in_the_environment_is_refused(
    tmp_path, variable, value, wrong, nearest
):
    fault = refused(tmp_path, environ={variable: value})
    assert (fault.source, fault.fault) == (variable, wrong)
    assert nearest is None or fault.nearest == nearest


def test_a_list_in_the_environment_is_parted_by_commas(tmp_path):
    variable = "ATELIER_SERVER_TRUSTED_PROXIES"
    for given, expected in {
        "": (),
        "10.0.0.1": (ip_network("10.0.0.1"),),
        "10.0.0.0/8, ::1": (ip_network("10.0.0.0/8"), ip_network("::1")),
    }.items():
        assert settings(tmp_path, environ={variable: given}).server.trusted_proxies == expected
    shown = {
        line.key: line.value for line in settings(tmp_path, environ={variable: "::1"}).explain()
    }
    assert shown["server.trusted_proxies"] == "::1/128"


def test_variables_of_others_and_of_the_tests_are_no_settings(tmp_path):
    settings(tmp_path, environ={"ATELIER": "x", "MY_ATELIER_X": "y", "ATELIER_SAMPLES": "z"})


def test_a_wrong_option_is_refused_by_its_name(tmp_path):
    fault = refused(tmp_path, options={"server.port": "http"})
    assert (fault.source, fault.key) == ("--port", "server.port")


def test_relative_addresses_stand_in_the_data_folder_and_others_stay(tmp_path):
    text = (
        "[storage]\nrecords = 'postgresql://db/atelier'\n"
        "blobs = 'file:/srv/blobs'\nindex = 'tantivy:my index'\n"
    )
    storage = settings(tmp_path, text).storage
    assert storage.records == "postgresql://db/atelier"
    assert storage.blobs == "file:/srv/blobs"
    assert storage.index == f"tantivy:{tmp_path}/storage/my index"


def test_every_setting_explains_itself_and_quantities_name_their_unit():
    for row in TABLE:
        assert row.help.endswith("."), row.key
        last = row.name.rpartition("_")[2]
        if last in {"bytes", "minutes", "hours", "months", "processes"}:
            assert row.unit == last, row.key


def test_the_file_in_the_repository_shows_every_setting_with_its_default_and_help(tmp_path):
    text = SHOWN.read_text("utf-8")
    assert tomllib.loads(text) == {section: {} for section in tomllib.loads(text)}
    prose = " ".join(re.findall(r"\w\S*|\S", re.sub(r"^# ?", "", text, flags=re.MULTILINE)))
    for row in TABLE:
        assert " ".join(re.findall(r"\w\S*|\S", row.help)) in prose, row.key
    shown = settings(tmp_path, re.sub(r"^# (\w+ = )", r"\1", text, flags=re.MULTILINE))
    assert [line.key for line in shown.explain() if line.source == DEFAULT] == []
    (tmp_path / "storage" / "config.toml").unlink()
    plain = settings(tmp_path)
    assert [(line.key, line.value) for line in shown.explain()] == [
        (line.key, line.value) for line in plain.explain()
    ]


def test_settings_cannot_be_changed_once_loaded(tmp_path):
    found = settings(tmp_path)
    with pytest.raises(AttributeError):
        found.server.port = 1
