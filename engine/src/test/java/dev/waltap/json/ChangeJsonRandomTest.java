// SPDX-License-Identifier: Apache-2.0
package dev.waltap.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.Change;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random changes, one alone with {@code -Dwaltap.seed=N}, more with {@code -Djson.rounds=N}. */
class ChangeJsonRandomTest {
  private static final int ROUNDS = Integer.getInteger("json.rounds", 30);
  private static final int CHANGES = 50;

  @ParameterizedTest
  @EnumSource
  void writesTheBytesOfTheReference(BlobFormat blobs) throws IOException {
    Long only = Long.getLong("waltap.seed");
    long first = only == null ? new Random().nextLong() : only;
    for (long seed = first; seed < first + (only == null ? ROUNDS : 1); seed++) {
      RandomChanges changes = new RandomChanges(new Random(seed));
      ByteArrayOutputStream expected = new ByteArrayOutputStream();
      ByteArrayOutputStream actual = new ByteArrayOutputStream();
      ChangeJson json = new ChangeJson(blobs, actual);
      for (int i = 0; i < CHANGES; i++) {
        Change change = changes.next();
        json.write(change);
        expected.writeBytes(ReferenceJson.of(change, blobs));
        if (i % 3 == 0 || i == CHANGES - 1) {
          json.flush();
          assertThat(actual.toString(UTF_8))
              .as("-Dwaltap.seed=%d, change %d", seed, i)
              .isEqualTo(expected.toString(UTF_8));
          assertThat(actual.toByteArray()).isEqualTo(expected.toByteArray());
          actual.reset();
          expected.reset();
        }
      }
    }
  }
}
