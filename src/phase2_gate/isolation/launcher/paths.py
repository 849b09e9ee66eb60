"""
What of the machine the program of every box may read, whatever its interpreter needs besides.
"""

from __future__ import annotations

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
"""Programs and libraries of the system: directories, or links into ``/usr``."""
SETTINGS = (
    *("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/localtime"),
    *("/etc/ssl", "/etc/pki", "/etc/ca-certificates", "/etc/mime.types", "/etc/services", "/etc/protocols"),
)
"""What libraries read at start, and certificates; nothing that tells of the machine or its users."""
SYNTHETIC = ("/etc/passwd", "/etc/group", "/etc/hosts", "/etc/nsswitch.conf")
"""Settings that honest programs look up; at level `strict` they are made up, and tell nothing."""
