package dev.waltap.format;

/**
 * What the page size and the reserved bytes of a database mean for its cells (file format, section
 * 1.6, "Cell payload").
 *
 * @param pageSize bytes per page, a power of two from 512 to 65536
 * @param usableSize bytes of a page that hold data: the page size less the reserved bytes
 */
public record PageFormat(int pageSize, int usableSize) {

  /** Bytes of payload in a full overflow page: the first four hold the next page's number. */
  public int overflowCapacity() {
    return usableSize - 4;
  }

  /** How much of a payload of this size stands in its cell on a table leaf. */
  public int localOnTableLeaf(long payloadSize) {
    return local(payloadSize, usableSize - 35);
  }

  /** How much of a payload of this size stands in its cell on a page of an index b-tree. */
  public int localOnIndex(long payloadSize) {
    return local(payloadSize, (usableSize - 12) * 64 / 255 - 23);
  }

  private int local(long payloadSize, int maximum) {
    if (payloadSize <= maximum) {
      return (int) payloadSize;
    }
    int minimum = (usableSize - 12) * 32 / 255 - 23;
    int surplus = minimum + (int) ((payloadSize - minimum) % overflowCapacity());
    return surplus <= maximum ? surplus : minimum;
  }

  /** The page that holds the byte at 1 GiB, used by locks and by nothing else. */
  public int lockBytePage() {
    return (1 << 30) / pageSize + 1;
  }
}
