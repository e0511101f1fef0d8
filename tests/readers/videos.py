"""Reading a video from bytes the way a user does, and looking at what came out."""

import numpy as np

from vesicle.readers.scan import read_path


def read_bytes(folder, content, name="elm.tif"):
    """The video in some bytes, through recognition, reading and assembly."""
    path = folder / name
    path.write_bytes(content)
    return read_path(path)


def grey_of(video, *, length=3):
    """All grey levels, put together from blocks."""
    return np.concatenate(list(video.frames.blocks(length)))


def codes(video):
    return sorted(warned.code for warned in video.warnings)


def message(video, code):
    (found,) = (warned.message for warned in video.warnings if warned.code == code)
    return found
