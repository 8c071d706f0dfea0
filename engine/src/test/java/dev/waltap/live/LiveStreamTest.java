// SPDX-License-Identifier: Apache-2.0
package dev.waltap.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import dev.waltap.api.Operation;
import dev.waltap.api.Row;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LiveStreamTest {
  private final LiveStream stream = new LiveStream(true);
  private final List<Change> delivered = new ArrayList<>();
  private final ChangesHandler handler = stream.tap("app.db", delivered::addAll);

  private static Change insert(String table, Object value) {
    return Change.builder(table, Operation.INSERT).after(Row.of("value", value)).build();
  }

  private LiveStream.View look(long after) throws InterruptedException {
    return stream.since(after, 0);
  }

  @Test
  void nothingIsKeptOrCountedWhileNobodyLooksOn() throws Exception {
    handler.handleChanges(List.of(insert("t", 1)));
    assertThat(delivered).hasSize(1);
    LiveStream.View view = look(-1);
    assertThat(view.number()).isZero();
    assertThat(view.changes()).isEmpty();
    assertThat(view.tables()).isEmpty();
  }

  @Test
  void whoLooksOnSeesWhatWasDeliveredSinceTheLastLook() throws Exception {
    look(-1);
    handler.handleChanges(List.of(insert("t", 1), insert("t", 2)));
    LiveStream.View first = look(0);
    handler.handleChanges(List.of(insert("u", 3)));
    LiveStream.View second = look(first.number());
    assertThat(first.changes()).extracting(LiveChange::number).containsExactly(1L, 2L);
    assertThat(second.changes()).extracting(each -> each.change().table()).containsExactly("u");
    assertThat(second.tables())
        .containsExactly(new TableCount.Counts("app.db", "u", List.of(1L, 0L, 0L, 0L, 0L)));
  }

  @Test
  void whatWasNotDeliveredIsNotShown() throws Exception {
    look(-1);
    ChangesHandler failing =
        stream.tap(
            "app.db",
            changes -> {
              throw new IOException("full");
            });
    assertThatThrownBy(() -> failing.handleChanges(List.of(insert("t", 1)))).hasMessage("full");
    assertThat(look(-1).number()).isZero();
  }

  @Test
  void whatComesTooFastIsCountedAndATableDoesNotCrowdOutOthers() throws Exception {
    look(-1);
    handler.handleChanges(Collections.nCopies(10_000, insert("busy", 1)));
    handler.handleChanges(List.of(insert("rare", 2)));
    LiveStream.View view = look(0);
    assertThat(view.number()).isEqualTo(10_001);
    assertThat(view.changes()).hasSize(LiveStream.MAX_OF_TABLE + 1);
    assertThat(view.changes().get(LiveStream.MAX_OF_TABLE).change().table()).isEqualTo("rare");
    assertThat(view.tables())
        .extracting(TableCount.Counts::operations)
        .contains(List.of(10_000L, 0L, 0L, 0L, 0L));
  }

  @Test
  void whatIsKeptIsBoundedInChangesAndBytes() throws Exception {
    look(-1);
    for (int i = 0; i < 100; i++) {
      handler.handleChanges(Collections.nCopies(50, insert("t" + i, new byte[30_000])));
      look(Long.MAX_VALUE - 1);
    }
    List<LiveChange> kept = look(0).changes();
    assertThat(kept.stream().mapToLong(LiveChange::bytes).sum())
        .isLessThanOrEqualTo(LiveStream.MAX_BYTES);
    for (int i = 0; i < 100; i++) {
      handler.handleChanges(Collections.nCopies(50, insert("t" + i, 1)));
      look(Long.MAX_VALUE - 1);
    }
    assertThat(look(0).changes()).hasSize(2 * LiveStream.MAX_CHANGES);
  }

  @Test
  void aLargeRowIsNotHeld() throws Exception {
    look(-1);
    handler.handleChanges(List.of(insert("t", new byte[(int) LiveStream.MAX_ROW_BYTES + 1])));
    LiveChange kept = look(0).changes().get(0);
    assertThat(kept.whole()).isFalse();
    assertThat(kept.change().after()).isNull();
    assertThat(json(kept)).contains("\"large\":true");
  }

  @Test
  void tablesBeyondTheBoundAreSummed() throws Exception {
    look(-1);
    for (int i = 0; i < LiveStream.MAX_TABLES + 10; i++) {
      handler.handleChanges(List.of(insert("t" + i, 1)));
    }
    List<TableCount.Counts> tables = look(0).tables();
    assertThat(tables).hasSize(LiveStream.MAX_TABLES + 1);
    assertThat(tables)
        .contains(new TableCount.Counts("app.db", "(other tables)", List.of(10L, 0L, 0L, 0L, 0L)));
  }

  @Test
  void aLookWaitsForTheNextChange() throws Exception {
    look(-1);
    CompletableFuture<LiveStream.View> looking =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return stream.since(0, 60_000);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    while (!looking.isDone()) {
      handler.handleChanges(List.of(insert("t", 1)));
      Thread.onSpinWait();
    }
    assertThat(looking.get(10, TimeUnit.SECONDS).number()).isPositive();
  }

  private static String json(LiveChange change) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      LiveJson.write(change, json);
    }
    return text.toString();
  }

  @Test
  void valuesKeepTheirTypesAndLongOnesAreCut() throws Exception {
    look(-1);
    Row before = Row.of("id", Long.MAX_VALUE, "a", null, "b", 0.5, "c", "x", "d", new byte[] {10});
    Row after =
        Row.of(
            "id", Long.MAX_VALUE, "a", "y".repeat(300), "b", 1.0, "c", "x", "d", new byte[] {10});
    handler.handleChanges(
        List.of(
            Change.builder("t", Operation.UPDATE)
                .before(before)
                .after(after)
                .key(Row.of("id", Long.MAX_VALUE))
                .build()));
    assertThat(json(look(0).changes().get(0)))
        .contains(
            "\"cols\":[\"id\",\"a\",\"b\",\"c\",\"d\"],\"key\":[0]",
            "\"before\":[\"i9223372036854775807\",\"n\",\"r0.5\",\"tx\",\"b1:0A\"]",
            "\"T300:" + "y".repeat(200) + "\",\"r1.0\"",
            "\"changed\":[1,2]");
  }
}
