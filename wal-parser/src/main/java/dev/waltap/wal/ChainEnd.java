// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

/** Why the frames that salts and checksums prove end where they do: what the next frame is. */
public enum ChainEnd {
  /** The file ends there. */
  END_OF_FILE,
  /** The file ends within it: it was cut off, or is being written. */
  CUT_OFF,
  /** It was written in another generation, and is to be overwritten. */
  OTHER_GENERATION,
  /** It has neither salts nor a checksum, see {@link dev.waltap.format.FrameHeader#isBare}. */
  BARE,
  /**
   * It is of this generation, but its checksum does not follow from the frames before it: torn,
   * changed since, or left by a transaction that was rolled back and overwritten in part.
   */
  CHECKSUM,
  /** It is no frame: it names page 0. */
  NO_FRAME
}
