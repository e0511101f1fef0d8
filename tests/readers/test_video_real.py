"""The one real video of Brownian particles at hand: 200 frames of 256 x 256, dark particles on a bright ground."""

import numpy as np
from tests.readers.videos import codes

from vesicle.measurements import Scale
from vesicle.readers.scan import read_path


def test_the_real_stack_is_read_whole_and_equal_to_what_tifffile_decodes(real_data):
    import tifffile

    (path,) = (real_data / "sizing" / "trackpy_bulk_water").glob("*.tif")
    video = read_path(path)
    blocks = list(video.frames.blocks(64))
    assert video.frames.shape == (200, 256, 256)
    assert (video.frames.bits, video.codec, video.is_lossy) == (8, "deflate", False)
    assert np.array_equal(np.concatenate(blocks), tifffile.imread(path))
    assert (video.scale, codes(video)) == (Scale(), [])
