// SPDX-License-Identifier: Apache-2.0
package dev.waltap.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class SchemaReaderTest {

  @Test
  void takesASchemaForAnotherUnlessOnlyCountersOfTheHeaderDiffer() {
    byte[] page = new byte[512];
    BitSet ignored = new BitSet();
    for (int i = 0; i < page.length; i++) {
      byte[] other = page.clone();
      other[i]++;
      ignored.set(i, SchemaReader.isSame(page, other));
    }
    BitSet counters = new BitSet();
    counters.set(24, 44); // Changes, pages, freelist, schema cookie.
    counters.set(92, 100); // The change that the next is of, and SQLite's version.
    assertThat(ignored).isEqualTo(counters);
    assertThat(SchemaReader.isSame(page, new byte[1024])).isFalse();
  }
}
