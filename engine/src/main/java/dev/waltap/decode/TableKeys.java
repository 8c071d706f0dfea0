package dev.waltap.decode;

import dev.waltap.diff.KeyBytes;
import dev.waltap.diff.KeyOrder;
import dev.waltap.record.KeyComparator;
import dev.waltap.record.KeyImage;

/** The keys of a WITHOUT ROWID table, as the diff asks for them. For the capture thread. */
final class TableKeys {
  private TableKeys() {}

  /** The b-tree order of the keys. */
  record Order(KeyComparator comparator) implements KeyOrder {
    @Override
    public int compare(byte[] a, int offsetA, int sizeA, byte[] b, int offsetB, int sizeB) {
      return comparator.compare(a, offsetA, sizeA, b, offsetB, sizeB);
    }

    @Override
    public int extent(byte[] payload, int offset, int available, int size) {
      return comparator.extent(payload, offset, available, size);
    }
  }

  /** The bytes that distinguish keys where their order can't be known. */
  record Images(KeyImage image) implements KeyBytes {
    @Override
    public byte[] of(byte[] payload, int offset, int size) {
      return image.of(payload, offset, size);
    }

    @Override
    public int extent(byte[] payload, int offset, int available, int size) {
      return image.extent(payload, offset, available, size);
    }
  }
}
