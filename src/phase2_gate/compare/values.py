"""
Values of header fields as people write them.
"""

from ..core import zip_format as z

_HOSTS = {0: "dos", 3: "unix", 10: "windows ntfs", 11: "mvs", 19: "macos"}


def dos_time(time: int) -> str:
    """
    A DOS date and time as people write it; it has no time zone.
    """
    date, clock = time >> 16, time & 0xFFFF
    day = f"{(date >> 9) + 1980}-{date >> 5 & 15:02}-{date & 31:02}"
    return f"{day} {clock >> 11:02}:{clock >> 5 & 63:02}:{(clock & 31) * 2:02}"


def host(number: int) -> str:
    """
    The system that made a member.
    """
    return f"{number} ({_HOSTS[number]})" if number in _HOSTS else f"{number}"


def method(number: int) -> str:
    """
    A compression method.
    """
    return {z.STORED: "stored", z.DEFLATED: "deflated"}.get(number, f"method {number}")
