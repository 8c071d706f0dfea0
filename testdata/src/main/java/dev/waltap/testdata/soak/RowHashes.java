// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import java.util.Arrays;
import java.util.BitSet;

/** A hash for each row of a table, by its small rowid: four bytes a row. For one thread. */
final class RowHashes {
  private final BitSet present = new BitSet();
  private int[] hashes = new int[1024];

  boolean contains(int id) {
    return present.get(id);
  }

  boolean contains(int id, int hash) {
    return present.get(id) && hashes[id] == hash;
  }

  void put(int id, int hash) {
    if (id >= hashes.length) {
      hashes = Arrays.copyOf(hashes, Math.max(id + 1, hashes.length + (hashes.length >> 1)));
    }
    present.set(id);
    hashes[id] = hash;
  }

  void remove(int id) {
    present.clear(id);
  }

  int size() {
    return present.cardinality();
  }
}
