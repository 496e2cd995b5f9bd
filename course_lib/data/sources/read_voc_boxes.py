"""Boxes in the format of PASCAL VOC: an XML file for each image."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from course_lib.data.sources.data_error import DataError
from course_lib.data.sources.image_boxes import ImageBoxes, check_boxes

_SIDES = ("xmin", "ymin", "xmax", "ymax")


def read_voc_boxes(path: str | Path) -> ImageBoxes:
    """Read the boxes of one image from PASCAL VOC's XML (Everingham et al. 2010).

    VOC counts pixels from 1 and includes the last one: `xmin` 1 is the first column. The result
    counts edges from 0, so 1 is subtracted from `xmin` and `ymin`.

    Args:
        path: The XML file.

    Returns:
        Its boxes, "xyxy" in pixels.

    Raises:
        DataError: It is not XML, something is missing, or a box is outside the image.

    Example:
        >>> import tempfile
        >>> xml = "<annotation><filename>1.jpg</filename><size><width>9</width><height>8</height>"
        >>> xml += "</size><object><name>cat</name><bndbox><xmin>1</xmin><ymin>2</ymin>"
        >>> xml += "<xmax>9</xmax><ymax>5</ymax></bndbox></object></annotation>"
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "1.xml")
        ...     _ = path.write_text(xml)
        ...     read_voc_boxes(path).boxes.tolist()
        [[0.0, 1.0, 9.0, 5.0]]
    """
    try:
        root = ElementTree.parse(path).getroot()
    except (OSError, ElementTree.ParseError) as error:
        raise DataError(f"{path} cannot be read as XML ({error})", "Copy it again.") from error

    def find(element: ElementTree.Element, tag: str) -> str:
        text = element.findtext(tag)
        if text is None or not text.strip():
            raise DataError(f"{path} has no <{tag.replace('/', '><')}>", "Export it again.")
        return text.strip()

    rows = []
    for found in root.iter("object"):
        left, top, right, bottom = (find(found, f"bndbox/{side}") for side in _SIDES)
        try:
            rows.append((find(found, "name"), float(left) - 1, float(top) - 1, right, bottom))
        except ValueError as error:
            raise DataError(
                f"{path}: a box is not numeric ({error})", "Export it again."
            ) from error
    sides = find(root, "size/width"), find(root, "size/height")
    return check_boxes(path, find(root, "filename"), *sides, rows)
