"""Values that several tests of the shared language need."""

from darkroom.formats import ImageFormat
from darkroom.sources import SourceDescription

JOB_ID = "0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000"

DESCRIPTION = SourceDescription(
    format=ImageFormat.JPEG,
    width=2725,
    height=2225,
    mode="RGB",
    has_alpha=False,
    frames=1,
    orientation=6,
    dpi=(72.0, 71.5),
    icc_profile="sRGB",
    dominant_color="#7a6b51",
    thumbhash="1QcSHQRnh493V4dIh4eXh1h4kJUI",
    exif={"Make": "Café 猫", "FNumber": 2.8, "ISOSpeedRatings": 400},
    has_gps=True,
)
