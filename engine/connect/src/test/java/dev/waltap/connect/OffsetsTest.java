// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.Position;
import dev.waltap.output.SavedStream;
import dev.waltap.output.StreamStart.Kind;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** State against Connect's offsets. */
class OffsetsTest {
  private static final String MINE = UUID.randomUUID().toString();
  private static final String OTHER = UUID.randomUUID().toString();

  private static SavedStream state(@Nullable String delivered, String end) {
    return new SavedStream(
        MINE,
        delivered == null ? null : Position.parse(delivered),
        Position.parse(end),
        new SavedStream.Delivered(true, delivered == null ? null : Position.parse(delivered)),
        position -> {});
  }

  private static StreamOffset offset(String stream, @Nullable String position) {
    return new StreamOffset(stream, position == null ? null : Position.parse(position));
  }

  private static Kind kind(
      @Nullable StreamOffset held, boolean exact, @Nullable SavedStream state) {
    return Offsets.start(held, exact, "app.db", state).kind();
  }

  @Test
  void aFirstStartGoesOn() {
    assertThat(kind(null, true, null)).isEqualTo(Kind.CONTINUE);
    assertThat(kind(null, false, state(null, "1:4:0"))).isEqualTo(Kind.CONTINUE);
  }

  @Test
  void theSameStreamGoesOn() {
    assertThat(kind(offset(MINE, "1:4:2"), true, state("1:4:2", "1:9:0"))).isEqualTo(Kind.CONTINUE);
    assertThat(kind(offset(MINE, "1:9:1"), true, state("1:4:2", "1:9:0"))).isEqualTo(Kind.CONTINUE);
  }

  @Test
  void anOffsetBehindTheStateIsALossOnlyWhereTheyAreCommittedTogether() {
    assertThat(kind(offset(MINE, "1:2:0"), true, state("1:4:2", "1:9:0"))).isEqualTo(Kind.GAP);
    assertThat(kind(offset(MINE, "1:2:0"), false, state("1:4:2", "1:9:0")))
        .isEqualTo(Kind.CONTINUE);
    assertThat(kind(offset(MINE, null), false, state("1:4:2", "1:9:0"))).isEqualTo(Kind.GAP);
    assertThat(kind(null, false, state("1:4:2", "1:9:0"))).isEqualTo(Kind.GAP);
  }

  @Test
  void anOlderStateIsAGap() {
    assertThat(kind(offset(MINE, "2:1:0"), true, state("1:4:2", "1:9:0"))).isEqualTo(Kind.GAP);
    assertThat(kind(offset(MINE, "2:1:0"), false, state("1:4:2", "1:9:0"))).isEqualTo(Kind.GAP);
  }

  @Test
  void anotherStreamStartsOver() {
    assertThat(kind(offset(OTHER, "1:4:2"), true, null)).isEqualTo(Kind.START_OVER);
    assertThat(kind(offset(OTHER, "1:4:2"), false, state(null, "1:9:0")))
        .isEqualTo(Kind.START_OVER);
    assertThat(kind(offset(OTHER, "1:4:2"), true, state("1:4:2", "1:9:0"))).isEqualTo(Kind.GAP);
  }
}
