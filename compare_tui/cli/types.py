"""Option values that click has no type for."""

import math
from decimal import Decimal, InvalidOperation
from typing import Any

import click


class Usd(click.ParamType[Decimal]):
    """An amount of money: exact, finite, not negative."""

    name = "usd"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        try:
            amount = Decimal(value)
        except InvalidOperation:
            self.fail(f"{value} is no amount of USD", param, ctx)
        if not amount.is_finite() or amount < 0:
            self.fail(f"{value} is no amount of USD", param, ctx)
        return amount


class Pair(click.ParamType[tuple[str, str]]):
    """NAME=VALUE."""

    name = "name=value"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        name, equals, text = value.partition("=")
        if not equals or not name.strip():
            self.fail(f"{value} is not NAME=VALUE", param, ctx)
        return name.strip(), text


class Speed(click.ParamType[float]):
    """How many times faster than a real model; 0 is as fast as possible."""

    name = "n"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            speed = float(value)
        except ValueError:
            speed = math.nan
        if not 0 <= speed <= 1_000_000:
            self.fail(f"{value} is not from 0 to 1,000,000", param, ctx)
        return speed
