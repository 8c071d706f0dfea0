// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.Position;
import dev.waltap.output.SavedStream;
import dev.waltap.output.StreamStart.Kind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** State against Kafka. */
class HeldPositionsTest {

  private static StreamPosition held(String stream, @Nullable String position) {
    return new StreamPosition(
        stream,
        "app.db",
        position == null ? null : Position.parse(position),
        "writer",
        true,
        true,
        Map.of(),
        Set.of());
  }

  private static SavedStream state(
      @Nullable String acknowledged, String end, boolean known, @Nullable String delivered) {
    return new SavedStream(
        "mine",
        acknowledged == null ? null : Position.parse(acknowledged),
        Position.parse(end),
        new SavedStream.Delivered(known, delivered == null ? null : Position.parse(delivered)),
        position -> {});
  }

  private static Kind kind(@Nullable SavedStream state, StreamPosition... held) {
    return HeldPositions.start(List.of(held), "app.db", state).kind();
  }

  @Test
  void aFirstRunGoesOn() {
    assertThat(kind(null)).isEqualTo(Kind.CONTINUE);
    assertThat(kind(state(null, "1:4:0", false, null))).isEqualTo(Kind.CONTINUE);
  }

  @Test
  void whatKafkaHasAndTheStateDoesNotCountIsSkipped() {
    assertThat(kind(state("1:4:2", "1:9:0", true, "1:4:2"), held("mine", "1:9:7")))
        .isEqualTo(Kind.CONTINUE);
    // Delivered, but killed before the file said so.
    assertThat(kind(state("1:2:0", "1:4:0", true, null), held("mine", "1:4:3")))
        .isEqualTo(Kind.CONTINUE);
  }

  @Test
  void aSavedPositionMovedByTransactionsWithoutChangesIsNoLoss() {
    assertThat(kind(state("1:9:0", "1:9:0", true, "1:4:2"), held("mine", "1:4:2")))
        .isEqualTo(Kind.CONTINUE);
    assertThat(kind(state("1:9:0", "1:9:0", true, null), held("mine", null)))
        .isEqualTo(Kind.CONTINUE);
  }

  @Test
  void whatTheStateDeliveredAndKafkaLacksIsAGap() {
    assertThat(kind(state("1:9:0", "1:9:0", true, "1:9:3"), held("mine", "1:9:2")))
        .isEqualTo(Kind.GAP);
    assertThat(kind(state("1:9:0", "1:9:0", true, "1:9:3"))).isEqualTo(Kind.GAP);
    assertThat(kind(state("1:9:0", "1:9:0", true, "1:9:3"), held("other", "5:1:0")))
        .isEqualTo(Kind.GAP);
  }

  @Test
  void whatAnotherOutputGotIsAGap() {
    assertThat(kind(state("1:9:0", "1:9:0", false, null), held("mine", "1:4:2")))
        .isEqualTo(Kind.GAP);
    assertThat(kind(state("1:9:0", "1:9:0", false, null))).isEqualTo(Kind.GAP);
  }

  @Test
  void anOlderStateIsAGap() {
    assertThat(kind(state("1:4:2", "1:4:0", true, "1:4:2"), held("mine", "2:1:0")))
        .isEqualTo(Kind.GAP);
  }

  @Test
  void anotherStreamOfTheDatabaseStartsOver() {
    assertThat(kind(null, held("other", "1:1:0"))).isEqualTo(Kind.START_OVER);
    assertThat(kind(state(null, "1:4:0", false, null), held("other", "1:1:0")))
        .isEqualTo(Kind.START_OVER);
    // One that delivered nothing, or is of another database.
    assertThat(kind(null, held("other", null))).isEqualTo(Kind.CONTINUE);
    assertThat(
            kind(
                null,
                new StreamPosition(
                    "other",
                    "b.db",
                    new Position(1, 1, 0),
                    "writer",
                    true,
                    true,
                    Map.of(),
                    Set.of())))
        .isEqualTo(Kind.CONTINUE);
    // One beside its own.
    assertThat(
            kind(
                state("1:4:2", "1:4:0", true, "1:4:2"),
                held("other", "9:1:0"),
                held("mine", "1:4:2")))
        .isEqualTo(Kind.CONTINUE);
  }

  @Test
  void aRecordOfThePositionsIsReadAsItWasWritten() {
    StreamPosition record = held("mine", "3:4:5");
    assertThat(StreamPosition.of(record.key(), record.value())).isEqualTo(record);
    StreamPosition missed =
        record
            .with(Map.of(new TopicPartition("a.b-c", 5), 7L))
            .with(false, Set.of(new TopicPartition("a.b-c", 0), new TopicPartition("d", 12)));
    assertThat(StreamPosition.of(missed.key(), missed.value())).isEqualTo(missed);
    StreamPosition none = held("a \"b\"", null);
    assertThat(StreamPosition.of(none.key(), none.value())).isEqualTo(none);
    assertThat(StreamPosition.of(new byte[] {'x'}, new byte[] {'{'})).isNull();
  }

  @Test
  void aRecordOfAnEarlierBuildIsNotTakenForChecked() {
    byte[] value = "{\"position\":null,\"writer\":\"w\",\"state\":true}".getBytes(UTF_8);
    assertThat(StreamPosition.of(held("mine", null).key(), value))
        .isEqualTo(
            new StreamPosition("mine", "app.db", null, "w", true, false, Map.of(), Set.of()));
  }

  @Test
  void theLastRecordOfAStreamIsFoundUnderAnyNameOfItsDatabase() {
    StreamPosition renamed =
        new StreamPosition(
            "mine", "b.db", new Position(1, 5, 0), "writer", true, true, Map.of(), Set.of());
    assertThat(
            HeldPositions.last(
                List.of(held("mine", "1:4:0"), renamed, held("other", "1:6:0")), "mine"))
        .isEqualTo(renamed);
  }
}
