"""The content security policy of the dashboard's pages. The upload service sends it, and on AWS CloudFront."""

from collections.abc import Iterable


def page_policy(stored: Iterable[str]) -> str:
    """Return the policy. `stored` are the origins at which images and other files are stored.

    A page loads its own files only, and images and files also from where they are stored. No script or style is written
    in a page. Texts become markup only through Svelte's own templates, and never scripts (Trusted Types).
    """
    sources = " ".join(dict.fromkeys(["'self'", *stored]))
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src {sources} blob:",
            f"connect-src {sources}",
            "form-action 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types svelte-trusted-html",
        ]
    )
