"""The configuration from file, environment and options, and the sentence for every slip."""

from __future__ import annotations

from pathlib import Path

import pytest
import tomli_w

from tui_sessions.config.load import as_document, example_text, load, problems
from tui_sessions.config.schema import Config, EndpointConfig
from tui_sessions.errors import ConfigError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def complaint(
    file: Path, text: str = "", environ: dict[str, str] | None = None, *settings: str
) -> str:
    """What `load` says about a configuration that is wrong."""
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file, environ or {}, settings)
    return str(caught.value)


def test_a_missing_file_gives_the_defaults(file: Path) -> None:
    assert load(file, {}) == Config()


def test_a_missing_file_that_was_named_is_an_error(file: Path) -> None:
    with pytest.raises(ConfigError, match=r"config\.toml: there is no such configuration file"):
        load(file, {}, required=True)


def test_file_environment_and_option_win_in_this_order(file: Path) -> None:
    file.write_text("[network]\nretries = 3\nidle_timeout_s = 30\nheader_timeout_s = 30\n")
    environ = {
        "TUI_SESSIONS_NETWORK_IDLE_TIMEOUT_S": "40",
        "TUI_SESSIONS_NETWORK_HEADER_TIMEOUT_S": "40",
    }
    network = load(file, environ, ["network.header_timeout_s=50"]).network
    assert (network.connect_timeout_s, network.retries) == (10.0, 3)
    assert (network.idle_timeout_s, network.header_timeout_s) == (40.0, 50.0)


def test_the_last_of_two_options_wins(file: Path) -> None:
    assert load(file, {}, ["network.retries=1", "network.retries=4"]).network.retries == 4


def test_variables_reach_into_tables_of_tables(file: Path) -> None:
    config = load(file, {"TUI_SESSIONS_PROVIDERS_OPENAI_BASE_URL": "http://localhost:8080/v1"})
    assert config.providers.openai.base_url == "http://localhost:8080/v1"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"TUI_SESSIONS_DEBUG": "1"}, True),
        ({"LLM_DEBUG": "1"}, True),
        ({"LLM_DEBUG": "verbose"}, True),
        ({"LLM_DEBUG": "0"}, False),
        ({"LLM_DEBUG": ""}, False),
        ({"LLM_DEBUG": "1", "TUI_SESSIONS_DEBUG": "off"}, False),
        ({"TUI_SESSIONS_DEBUG": ""}, False),
    ],
)
def test_debugging_is_switched_by_either_variable(
    file: Path, environ: dict[str, str], expected: bool
) -> None:
    assert load(file, environ).debug is expected


def test_an_empty_variable_empties_a_text_and_nothing_else(file: Path) -> None:
    file.write_text('[chat]\nmodel = "openai/gpt-4o"\ncontext_window = 4\n')
    chat = load(file, {"TUI_SESSIONS_CHAT_MODEL": "", "TUI_SESSIONS_CHAT_CONTEXT_WINDOW": ""}).chat
    assert (chat.model, chat.context_window) == ("", 4)


def test_variables_that_are_no_key_are_passed_over(file: Path) -> None:
    environ = {"TUI_SESSIONS_DIR": "/x", "TUI_SESSIONS_AUDIT": "/y", "TUI_SESSIONS_CONFIG": "/z"}
    assert load(file, environ) == Config()
    assert problems(file, environ) == ()


def test_a_variable_that_nearly_is_a_key_is_found_by_the_check(file: Path) -> None:
    (found,) = problems(file, {"TUI_SESSIONS_NETWORK_IDLE_TIMEOUT": "3"})
    assert found == (
        "TUI_SESSIONS_NETWORK_IDLE_TIMEOUT: is the variable of no key; "
        "did you mean TUI_SESSIONS_NETWORK_IDLE_TIMEOUT_S?"
    )


def test_bindings_are_the_same_with_and_without_quotes(file: Path) -> None:
    file.write_text('[keys]\n"session.new" = "ctrl+n,f3"\nsession.resume = "ctrl+r"\n')
    config = load(file, {}, ["keys.session.delete=delete"])
    assert config.keys == {
        "session.new": "ctrl+n,f3",
        "session.resume": "ctrl+r",
        "session.delete": "delete",
    }


def test_a_byte_order_mark_is_passed_over(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbfdebug = true\n")
    assert load(file, {}).debug


def test_an_unknown_key_names_file_key_and_the_nearest(file: Path) -> None:
    assert complaint(file, "[network]\nidle_timeot_s = 3\n") == (
        f"{file}: network.idle_timeot_s is no key of the configuration; "
        "did you mean network.idle_timeout_s?"
    )


def test_a_key_in_the_wrong_table_names_the_right_one(file: Path) -> None:
    assert "did you mean providers.openai.base_url?" in complaint(file, '[chat]\nbase_url = "x"\n')
    assert "did you mean screen.theme?" in complaint(file, 'theme = "ink"\n')


def test_a_key_like_no_other_points_at_the_example(file: Path) -> None:
    assert complaint(file, "zzzz = 1\n").endswith("config.example.toml lists them.")


def test_the_value_of_an_unknown_key_is_never_shown(file: Path) -> None:
    said = complaint(file, '[providers.openai]\napi_key = "sk-very-secret"\n')
    assert "did you mean providers.openai.api_key_command?" in said
    assert "A server's key stands in no file of this program" in said
    assert "secret" not in said


def test_an_unknown_table_names_the_nearest(file: Path) -> None:
    assert "[netwrok] is no table of the configuration; did you mean network?" in complaint(
        file, "[netwrok]\nretries = 3\n"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[network]\nretries = "two"', "network.retries must be a whole number of at least 0"),
        ("[network]\nretries = 2.5", "network.retries must be a whole number"),
        ("[network]\nretries = true", "network.retries must be a whole number"),
        ("[network]\nretries = -1", "of at least 0 and of at most 2,147,483,648, not -1."),
        ("[network]\nidle_timeout_s = 0", "network.idle_timeout_s must be a number above 0"),
        ("[network]\nidle_timeout_s = nan", "network.idle_timeout_s must be a number above 0"),
        ("[network]\nidle_timeout_s = inf", "and of at most 86,400, not inf."),
        ("[chat]\nmodel = 4", "chat.model must be text, not 4."),
        ("[chat]\nmodel = []", "chat.model must be text, not a list."),
        ("[chat]\nmodel = 2024-01-01", "chat.model must be text, not a date."),
        ("debug = 1", "debug must be true or false, not 1."),
        ("network = 3", "network is a table and takes no value; write [network] and its keys"),
        ("[keys]\nsession.new = 3", "keys.session.new must be text, not 3."),
        ("[chat.model]\nname = 3", "chat.model must be text, not a table."),
    ],
)
def test_a_wrong_value_names_the_type_wanted(file: Path, text: str, said: str) -> None:
    complained = complaint(file, text)
    assert said in complained
    assert complained.startswith(f"{file}: ")


def test_a_wrong_variable_is_named(file: Path) -> None:
    said = complaint(file, "", {"TUI_SESSIONS_NETWORK_RETRIES": "many"})
    assert said.startswith("TUI_SESSIONS_NETWORK_RETRIES: network.retries must be a whole number")


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("network.retries", "--set network.retries: write it as key=value"),
        ("=3", "--set =3: write it as key=value"),
        ("network.retires=3", "--set: network.retires is no key"),
        ("network.retries=" + "9" * 5000, "--set: network.retries must be a whole number"),
        ("screen.mouse=perhaps", 'screen.mouse must be true or false, not "perhaps".'),
        ("network=3", "--set: network is a table"),
    ],
)
def test_a_wrong_option_is_named(file: Path, setting: str, said: str) -> None:
    assert said in complaint(file, "", {}, setting)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"[chat]\nmodel = \n", "is not valid TOML: Invalid value (at line 2, column 9)."),
        (b"[chat]\nsystem = 'caf\xe9'\n", ", line 2: is not UTF-8 text"),
        (b"a = " + b"[" * 5000, "is not valid TOML"),
        (b"a = " + b"9" * 5000, "is not valid TOML"),
    ],
)
def test_a_file_that_cannot_be_read_names_the_line(file: Path, data: bytes, said: str) -> None:
    file.write_bytes(data)
    with pytest.raises(ConfigError) as caught:
        load(file, {})
    assert said in str(caught.value)
    assert str(file) in str(caught.value)


def test_a_directory_in_place_of_the_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path, {})


def test_further_problems_are_counted_and_the_check_lists_them(file: Path) -> None:
    text = "[network]\nretires = 1\nretries = -1\n"
    assert complaint(file, text).endswith("(1 more: see `tui-sessions config check`.)")
    found = problems(file, {"TUI_SESSIONS_DEBUG": "maybe"}, ["x"])
    assert len(found) == 4
    assert len(set(found)) == 4


def test_the_check_of_a_sound_configuration_says_nothing(file: Path) -> None:
    file.write_text(example_text(), "utf-8")
    assert problems(file, {}) == ()


def test_a_complaint_cannot_control_the_terminal(file: Path) -> None:
    assert "\x1b" not in complaint(file, '"\\u001b[2J" = 1\n')


# lists, choices, providers of one's own


@pytest.mark.parametrize("text", ["a,b", " a , b ,", '["a", "b"]'])
def test_lists_have_commas_in_variables_and_options(file: Path, text: str) -> None:
    file.write_text('[providers.openai]\nmodels = ["x"]\n')
    environ = {"TUI_SESSIONS_PROVIDERS_AZURE_MODELS": text}
    providers = load(file, environ, [f"providers.ollama.models={text}"]).providers
    assert providers.openai.models == ("x",)
    assert providers.azure.models == providers.ollama.models == ("a", "b")


@pytest.mark.parametrize("value", ['"a"', "[1]", '["a", ["b"]]'])
def test_what_is_no_list_of_texts_is_refused(file: Path, value: str) -> None:
    said = complaint(file, f"[providers.openai]\nmodels = {value}\n")
    assert said.endswith("providers.openai.models must be a list of texts.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[chat]\nwhen_full = "cut"', 'chat.when_full must be "ask", "trim" or "send", not "cut".'),
        (
            '[providers.openai]\napi = "old"',
            'providers.openai.api must be empty, "chat" or "responses", not "old".',
        ),
        (
            '[providers.x]\nbase_url = "http://x"\nkind = "cohere"',
            'must be "openai", "anthropic", "gemini" or "ollama", not "cohere".',
        ),
    ],
)
def test_a_word_that_is_no_choice_is_told_the_choices(file: Path, text: str, said: str) -> None:
    assert said in complaint(file, text)


def test_a_preset_needs_nothing_and_another_name_a_base_url(file: Path) -> None:
    file.write_text(
        "[providers.groq]\n[providers.cellar]\nbase_url = 'http://cellar'\nmodels = ['a']\n"
    )
    environ = {
        "TUI_SESSIONS_PROVIDERS_MISTRAL_API_KEY_COMMAND": "pass mistral",
        "TUI_SESSIONS_PROVIDERS_CELLAR_KIND": "ollama",
    }
    endpoints = load(file, environ, ["providers.vllm.base_url=http://v"]).endpoints
    assert set(endpoints) == {"groq", "mistral", "cellar", "vllm"}
    assert endpoints["groq"] == EndpointConfig()
    assert endpoints["mistral"].api_key_command == "pass mistral"
    assert (endpoints["cellar"].kind, endpoints["cellar"].models) == ("ollama", ("a",))
    assert problems(file, environ) == ()


def test_a_name_that_is_no_provider_is_answered_with_the_nearest(file: Path) -> None:
    said = complaint(file, "[providers.gorq]\nmax_tokens = 3\n")
    assert said.startswith(f"{file}: [providers.gorq] is no provider that is known by name")
    assert said.endswith("needs a base_url; did you mean groq?")
    assert complaint(file, "[providers.cellar]\n").endswith(
        "a server of your own needs a base_url."
    )
    assert "a-z, 0-9" in complaint(file, "[providers.'My Server']\nbase_url = 'http://x'\n")


def test_an_unknown_key_of_a_preset_names_the_nearest(file: Path) -> None:
    said = complaint(file, "[providers.groq]\napi_key_comand = 'x'\n")
    assert "did you mean providers.groq.api_key_command?" in said
    assert "is a table" in complaint(file, "[providers]\ngroq = 'x'\n")


def test_budgets_are_taken_as_written(file: Path) -> None:
    file.write_text('[budgets]\nmonth = "100"\n"tag:a.b/day" = "2, soft 1"\n')
    found = load(file, {}, ["budgets.provider:openai=5"]).budgets
    assert found == {"month": "100", "tag:a.b/day": "2, soft 1", "provider:openai": "5"}
    assert "budgets.month" in complaint(file, "[budgets]\nmonth = []\n")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Authorization: Bearer hunter2", "may not hold authorization: a key comes from"),
        ("x-api-key:hunter2", "may not hold x-api-key"),
        ("Host: hunter2", "may not hold host"),
        ("X-A: hunter2\\u000ax", "holds a letter in X-A that cannot stand in a header"),
        ("hunter2", "a name and a value each"),
        (": hunter2", "a name and a value each"),
    ],
)
def test_a_header_that_is_refused_is_never_shown(file: Path, written: str, said: str) -> None:
    found = complaint(file, f'[providers.openai]\nheaders = ["{written}"]\n')
    assert f"providers.openai.headers {said}" in found or said in found
    assert "hunter2" not in found
    assert "hunter2" not in complaint(file, '[providers.openai]\nheaders = "hunter2"\n')


def test_what_holds_is_written_as_a_file_would_be(file: Path) -> None:
    file.write_text("[providers.groq]\nmodels = ['a']\n[budgets]\nday = '1'\n")
    config = load(file, {})
    file.write_text(tomli_w.dumps(as_document(config)))
    assert load(file, {}) == config
