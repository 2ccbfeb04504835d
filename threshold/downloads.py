"""Files that people have sent, on their way out again: to be kept by whoever asked, never shown as a page of ours."""

from starlette.responses import Response

from threshold.headers import NOTHING


def download(content: bytes, media_type: str, name: str) -> Response:
    """`name` is ours: plain letters and digits. Already packed, so it is not packed again."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": f"sandbox; {NOTHING}",
        "X-Content-Type-Options": "nosniff",
        "Content-Encoding": "identity",
    }
    return Response(content, media_type=media_type, headers=headers)
