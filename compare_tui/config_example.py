"""The config.toml that `compare-tui paths --example` prints: its comments are the help of every setting."""


def example() -> str:
    """A complete config.toml in which every setting is commented out."""
    return _EXAMPLE


_EXAMPLE = """\
# config.toml of compare-tui
#
# A "#" with no space behind it holds back a setting; take it away to use the setting. What stands behind is the
# default, unless the line above says that it is an example. A flag wins over the environment, the environment over
# this file. compare-tui only reads this file. It never holds a key: it says where to find one.
# `compare-tui paths` shows where this file belongs, and every setting with where its value came from.


# What a round is sent to, and with, when nobody says otherwise.
[defaults]

# The endpoint of lanes that name none with @NAME. Environment: COMPARE_TUI_ENDPOINT. Flag: --endpoint.
#endpoint = "openai"

# The lanes to start with, each written as for --lane, such as ["gpt-5.5 low", "gpt-5.5 high flex"].
#lanes = []

# The system prompt. Empty: none is sent.
#system = ""


# How long to wait, in seconds.
[limits]

# Until the connection stands.
#connect = 10

# Until the first content of an answer. Comments and keep-alives are not content.
#wait = 600

# The same for the flex tier, which may keep a request waiting.
#wait_flex = 900

# Without new content, once an answer has begun.
#idle = 300

# From sending to the end of the answer.
#total = 3600


# What may be spent, in US dollars. A cap refuses before anything is sent.
[caps]

# One round, all its lanes together. An example: without this line there is no cap. Flag for one run: --budget.
#per_send = 0.50

# A day by this machine's clock, all rounds of every compare-tui that shares the sessions. A take starts only while
# what it may cost fits beside all that was spent and all that runs. An example: without this line there is no cap.
#per_day = 5.00

# The same for the calendar month. An example: without this line there is no cap.
#per_month = 50.00

# The app asks before it sends a round that may cost more than this: the lanes' longest recent answers, without
# enough of them their worst case.
#ask_above = 1.00


# The log of requests: a JSON line for each that was sent, with its figures. `compare-tui paths` says where it lies.
# It never holds a key, and nothing of private work.
[log]

# Whether it is written.
#requests = true

# Whether the text of the prompts stands in it. Purging a session does not take them out of it.
#prompts = false


# Endpoints. Each [endpoint.NAME] can be written as @NAME in a lane. This one is built in, with these values.
#[endpoint.openai]

# Where requests go. https, except on this machine. A table [endpoint.openai] here switches OPENAI_BASE_URL off.
#base_url = "https://api.openai.com/v1"

# What is spoken there: "responses" or "chat" (chat completions).
#api = "responses"

# The environment variable that holds the key. Without key_env and key_cmd no key is sent (openai has this one).
#key_env = "OPENAI_API_KEY"

# How many requests may be under way at once. Time spent waiting for a place is shown apart, as Queue.
#concurrency = 8

# Permits http:// to another machine: prompts, answers and the key then travel unencrypted.
#allow_http = false

# Shows every cost as free. A server on this machine is not free by itself: it may forward to one that costs.
#free = false


# The rest are examples. Names and ports are the usual ones; change what differs.

# Ollama. It also takes "responses", without earlier turns kept on the server. No key.
#[endpoint.ollama]
#base_url = "http://127.0.0.1:11434/v1"
#api = "chat"
#concurrency = 1
#free = true

# vLLM, here on another machine of your own network; `vllm serve --api-key` wants a key.
#[endpoint.vllm]
#base_url = "http://gpu.example:8000/v1"
#api = "chat"
#key_env = "VLLM_API_KEY"
#concurrency = 64
#allow_http = true
#free = true

# LM Studio, with its server switched on. It also takes "responses".
#[endpoint.lmstudio]
#base_url = "http://127.0.0.1:1234/v1"
#api = "chat"
#concurrency = 1
#free = true

# llama.cpp (llama-server). It answers with the model it has loaded, whatever the lane names.
#[endpoint.llamacpp]
#base_url = "http://127.0.0.1:8080/v1"
#api = "chat"
#concurrency = 1
#free = true

# OpenRouter. It reports the cost of each answer itself.
#[endpoint.openrouter]
#base_url = "https://openrouter.ai/api/v1"
#api = "chat"
# Instead of key_env: a command that prints the key, as a list of words. No shell runs it, and it has ten seconds.
#key_cmd = ["pass", "show", "openrouter"]

# LiteLLM proxy. With include_cost_in_streaming_usage switched on there, it reports the cost of each answer.
#[endpoint.litellm]
#base_url = "http://127.0.0.1:4000/v1"
#api = "chat"
#key_env = "LITELLM_API_KEY"

# Azure OpenAI, v1 API. The model of a lane is the name of your deployment.
#[endpoint.azure]
#base_url = "https://YOUR-RESOURCE.openai.azure.com/openai/v1"
#api = "responses"
#key_env = "AZURE_OPENAI_API_KEY"
"""
