"""Puts the dashboard's built files into the bucket from which CloudFront serves them.

    python -m tools.pages FOLDER BUCKET

The index is last: until then browsers get the pages of the build before, whose files stay. CloudFront compresses what
it sends, so the compressed copies of the build are left out. AWS's usual variables count.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import boto3

from darkroom_upload.pages.built_pages import BuiltPages

_PREFIX = "app/"


def put_pages(client: Any, pages: BuiltPages, bucket: str) -> None:
    """Put all files of a build, with their types and cache rules. `client` is boto3's client of S3."""
    for file in pages.files:
        client.put_object(
            Bucket=bucket,
            Key=_PREFIX + file.path,
            Body=file.bodies[""],
            ContentType=file.media_type,
            CacheControl=file.cache_control,
        )


def main() -> None:
    """Put the files. The exit status is 1 if the folder has no build."""
    parser = argparse.ArgumentParser(prog="python -m tools.pages", description="Put the dashboard's files into S3.")
    parser.add_argument("folder", type=Path, help="folder of the built files, with index.html")
    parser.add_argument("bucket", help="name of the bucket")
    options = parser.parse_args()
    pages = BuiltPages.read(options.folder)
    if not pages.is_built:
        sys.exit(f"{options.folder} has no index.html. Run `npm run build` in frontend/.")
    put_pages(boto3.client("s3"), pages, options.bucket)
    sys.stdout.write(f"{len(pages.files)} files are in {options.bucket}.\n")


if __name__ == "__main__":
    main()
