"""The content security policy of the pages."""

from urllib.parse import urlsplit

from darkroom_upload.results.storage_origins import Origins


def page_policy(origins: Origins) -> str:
    """Return the policy: a page loads its own files only, and images and files also from where they are stored.

    No script or style is written in a page. Texts become markup or scripts only through Svelte's own templates (Trusted
    Types). `frontend/build/policy.ts` has the same for the build's own server, and the edge stack for CloudFront.
    """
    stored = " ".join(dict.fromkeys(["'self'", origins.uploads, origins.results, *_public(origins)]))
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src {stored} blob:",
            f"connect-src {stored}",
            "form-action 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types svelte-trusted-html",
        ]
    )


def _public(origins: Origins) -> list[str]:
    if origins.public is None:
        return []
    parts = urlsplit(origins.public)
    return [f"{parts.scheme}://{parts.netloc}"]
