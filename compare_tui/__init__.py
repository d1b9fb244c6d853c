"""One prompt, several model × effort × tier configurations, compared with figures you can trust."""

__version__ = "0.1.0"
