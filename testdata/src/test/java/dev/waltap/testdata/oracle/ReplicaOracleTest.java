// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.api.Position;
import dev.waltap.api.Row;
import dev.waltap.api.Transaction;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.model.ExpectedChange;
import dev.waltap.testdata.model.Image;
import dev.waltap.testdata.model.ImageRow;
import dev.waltap.testdata.model.Scratch;
import dev.waltap.testdata.model.Snapshot;
import dev.waltap.testdata.model.SnapshotDiff;
import dev.waltap.testdata.model.SnapshotReader;
import dev.waltap.testdata.model.Value;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every kind of wrong event is caught, and the right ones are not. */
class ReplicaOracleTest {
  private final TestDatabase database;
  private final Connection connection;
  private final SnapshotReader reader;
  private final Scratch scratch = new Scratch(StandardCharsets.UTF_8);
  private final ChangeFeed feed = new ChangeFeed(1);
  private final ReplicaOracle oracle =
      new ReplicaOracle(OracleOptions.DEFAULT.withCharset(StandardCharsets.UTF_8).withHistory());

  ReplicaOracleTest() throws Exception {
    database = TestDatabase.create();
    connection = database.open();
    reader = new SnapshotReader(connection, table -> true);
  }

  @BeforeEach
  void fill() throws Exception {
    run(
        "CREATE TABLE a(id INTEGER PRIMARY KEY, x, y REAL)",
        "INSERT INTO a VALUES(1,'one',1),(2,'two',2),(3,x'0304',-0.0)",
        "CREATE TABLE w(k TEXT COLLATE NOCASE, n, v, PRIMARY KEY(k, n DESC)) WITHOUT ROWID",
        "INSERT INTO w VALUES('B',1,0),('a',2,0),('a',3,0)",
        "CREATE TABLE z(v)",
        "INSERT INTO z VALUES(10),(20),(30)");
    oracle.baseline(connection);
  }

  @AfterEach
  void close() throws Exception {
    oracle.close();
    scratch.close();
    connection.close();
    database.close();
  }

  private void run(String... statements) throws Exception {
    TestDatabase.execute(connection, statements);
  }

  /** The changes of one transaction. */
  private List<Change> changesOf(String... statements) throws Exception {
    Snapshot before = reader.read();
    run("BEGIN");
    run(statements);
    run("COMMIT");
    List<ExpectedChange> expected = SnapshotDiff.between(before, reader.read(), scratch);
    return new ArrayList<>(feed.transaction(expected));
  }

  /** A transaction with something of everything, 9 changes: DELETEs, UPDATEs, INSERTs. */
  private List<Change> rich() throws Exception {
    List<Change> changes =
        changesOf(
            "DELETE FROM a WHERE id = 1",
            "DELETE FROM z",
            "UPDATE a SET x = 'TWO' WHERE id = 2",
            "UPDATE w SET v = 1",
            "INSERT INTO a VALUES(4,'four',4),(5,'five',5)",
            "INSERT INTO w VALUES('c',1,1)",
            "INSERT INTO z(rowid, v) VALUES(7, 70)");
    assertThat(changes).hasSize(12);
    return changes;
  }

  private void rejects(List<Change> changes, String message) {
    assertThatThrownBy(() -> accepts(changes))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(message)
        .hasMessageContaining("last changes")
        .message()
        .matches(
            text ->
                message.contains("emitted differently") || !text.contains("emitted differently"));
  }

  private void accepts(List<Change> changes) throws Exception {
    oracle.handleChanges(changes);
    oracle.compareWith(connection);
  }

  /** Indexes and last flags as they should be, after changes were taken out, put in or moved. */
  private static List<Change> renumbered(List<Change> changes) {
    List<Change> result = new ArrayList<>();
    for (int i = 0; i < changes.size(); i++) {
      Change c = changes.get(i);
      result.add(at(c, i, i, i == changes.size() - 1));
    }
    return result;
  }

  private static Change at(Change c, long position, long index, boolean last) {
    return copy(
        c,
        c.table(),
        c.before(),
        c.after(),
        c.key(),
        new Position(c.position().epoch(), c.position().frame(), position),
        new Transaction(c.transaction().id(), index, last));
  }

  private static Change copy(
      Change c,
      String table,
      @Nullable Row before,
      @Nullable Row after,
      @Nullable Row key,
      Position position,
      Transaction transaction) {
    return new Change(
        table,
        c.timestamp(),
        c.operation(),
        before,
        after,
        key,
        position,
        transaction,
        c.schemaBefore(),
        c.schemaAfter());
  }

  private static Change rows(
      Change c, @Nullable Row before, @Nullable Row after, @Nullable Row key) {
    return copy(c, c.table(), before, after, key, c.position(), c.transaction());
  }

  private static Row with(@Nullable Row row, int column, Value value) {
    Image image = Image.of(Objects.requireNonNull(row), null);
    List<Value> values = new ArrayList<>(image.values());
    values.set(column, value);
    return new ImageRow(new Image(image.names(), values));
  }

  @Test
  void acceptsWhatIsRight() throws Exception {
    accepts(rich());
    accepts(changesOf("UPDATE a SET id = 9 WHERE id = 2", "REPLACE INTO a VALUES(3, 'x', 0)"));
    assertThat(oracle.changes()).isEqualTo(15);
    assertThat(oracle.transactions()).isEqualTo(2);
  }

  @Test
  void acceptsBootstrap() throws Exception {
    accepts(feed.transaction(SnapshotDiff.bootstrap(reader.read())));
    assertThat(oracle.rows("a")).isEqualTo(3);
  }

  @Test
  void catchesMissingChangesOfEveryKind() throws Exception {
    Snapshot start = reader.read();
    List<Change> all = rich();
    for (int i = 0; i < all.size(); i++) {
      oracle.rewindTo(null);
      oracle.baseline(start);
      List<Change> fewer = new ArrayList<>(all);
      fewer.remove(i);
      rejects(renumbered(fewer), "replica and source differ");
    }
  }

  @Test
  void catchesExtraChanges() throws Exception {
    Snapshot start = reader.read();
    List<Change> all = rich();
    for (int i = 0; i < all.size(); i++) {
      oracle.rewindTo(null);
      oracle.baseline(start);
      List<Change> more = new ArrayList<>(all);
      more.add(i, all.get(i));
      rejects(renumbered(more), "");
    }
  }

  @Test
  void catchesEveryWrongValueOfBefore() throws Exception {
    Snapshot start = reader.read();
    List<Change> all = rich();
    for (int i = 0; i < all.size(); i++) {
      Change change = all.get(i);
      Row before = change.before();
      for (int column = 0; before != null && column < before.size(); column++) {
        oracle.rewindTo(null);
        oracle.baseline(start);
        List<Change> wrong = new ArrayList<>(all);
        wrong.set(
            i, rows(change, with(before, column, Value.of(4711)), change.after(), change.key()));
        rejects(wrong, "");
      }
    }
  }

  @Test
  void catchesEveryWrongValueOfAfter() throws Exception {
    Snapshot start = reader.read();
    List<Change> all = rich();
    for (int i = 0; i < all.size(); i++) {
      Change change = all.get(i);
      Row after = change.after();
      for (int column = 0; after != null && column < after.size(); column++) {
        oracle.rewindTo(null);
        oracle.baseline(start);
        List<Change> wrong = new ArrayList<>(all);
        wrong.set(
            i, rows(change, change.before(), with(after, column, Value.of(4711)), change.key()));
        rejects(wrong, "");
      }
    }
  }

  @Test
  void distinguishesTypesAndBits() throws Exception {
    List<Change> changes = changesOf("DELETE FROM a WHERE id = 3");
    Change change = changes.get(0);
    List<Value> wrongs =
        List.of(Value.text("\u0003\u0004"), Value.blob(new byte[] {3, 5}), Value.NULL);
    for (Value wrong : wrongs) {
      oracle.rewindTo(null);
      rejects(List.of(rows(change, with(change.before(), 1, wrong), null, change.key())), "x:");
    }
    Value real = Image.of(Objects.requireNonNull(change.before()), null).values().get(2);
    Value otherZero = real.equals(Value.of(0.0)) ? Value.of(-0.0) : Value.of(0.0);
    for (Value wrong : List.of(otherZero, Value.of(0))) {
      oracle.rewindTo(null);
      rejects(List.of(rows(change, with(change.before(), 2, wrong), null, change.key())), "y:");
    }
  }

  @Test
  void catchesWrongKeys() throws Exception {
    Snapshot start = reader.read();
    List<Change> all = rich();
    for (int i = 0; i < all.size(); i++) {
      for (int column = 0; column < Objects.requireNonNull(all.get(i).key()).size(); column++) {
        oracle.rewindTo(null);
        oracle.baseline(start);
        Change c = all.get(i);
        List<Change> wrong = new ArrayList<>(all);
        wrong.set(i, rows(c, c.before(), c.after(), with(c.key(), column, Value.of(99))));
        rejects(wrong, "");
      }
    }
  }

  @Test
  void catchesKeysOfWrongNames() throws Exception {
    Change c = changesOf("DELETE FROM a WHERE id = 1").get(0);
    Row key = new ImageRow(new Image(List.of("rowid"), List.of(Value.of(1))));
    rejects(List.of(rows(c, c.before(), c.after(), key)), "is not that of the row");
  }

  @Test
  void catchesTheWrongTable() throws Exception {
    run("CREATE TABLE a2(id INTEGER PRIMARY KEY, x, y REAL)");
    oracle.baseline(connection);
    Change c = changesOf("INSERT INTO a VALUES(4,'four',4)").get(0);
    Change wrong = copy(c, "a2", c.before(), c.after(), c.key(), c.position(), c.transaction());
    rejects(List.of(wrong), "replica and source differ");
    oracle.rewindTo(null);
    rejects(
        List.of(copy(c, "nil", c.before(), c.after(), c.key(), c.position(), c.transaction())),
        "of a table that does not exist");
  }

  @Test
  void catchesEveryWrongOrder() throws Exception {
    Snapshot start = reader.read();
    List<Change> all = rich();
    for (int i = 1; i < all.size(); i++) {
      oracle.rewindTo(null);
      oracle.baseline(start);
      List<Change> swapped = new ArrayList<>(all);
      Collections.swap(swapped, i - 1, i);
      rejects(renumbered(swapped), "");
    }
  }

  @Test
  void catchesSplitAndMergedTransactions() throws Exception {
    List<Change> all = rich();
    Change third = all.get(2);
    List<Change> split = new ArrayList<>(all);
    split.set(2, at(third, 2, 2, true));
    rejects(split, "goes on after the transaction's last change");
    oracle.rewindTo(null);
    rejects(all.subList(0, 5), "has no end");
    oracle.rewindTo(null);
    List<Change> open = new ArrayList<>(all.subList(0, 5));
    open.addAll(changesOf("INSERT INTO z VALUES(1)"));
    rejects(open, "was left without its last change");
  }

  @Test
  void catchesRepeatedAndFallingPositions() throws Exception {
    List<Change> one = changesOf("DELETE FROM a WHERE id = 1");
    List<Change> two = changesOf("DELETE FROM a WHERE id = 2");
    accepts(List.of(one.get(0), two.get(0)));
    rejects(two, "position does not follow");
    oracle.rewindTo(null);
    rejects(List.of(two.get(0), one.get(0)), "position does not follow");
  }

  @Test
  void catchesPositionsThatDoNotMatchTheTransaction() throws Exception {
    List<Change> all = rich();
    List<Change> wrong = new ArrayList<>(all);
    wrong.set(3, at(all.get(3), 3, 4, false));
    rejects(wrong, "transaction index");
    oracle.rewindTo(null);
    Change c = all.get(0);
    Transaction other = new Transaction("1:99", 0, false);
    rejects(
        List.of(copy(c, c.table(), c.before(), c.after(), c.key(), c.position(), other)),
        "transaction id");
  }

  @Test
  void catchesTimestampsThatDiffer() throws Exception {
    List<Change> all = rich();
    Change c = all.get(4);
    all.set(
        4,
        new Change(
            c.table(),
            c.timestamp().plusNanos(1000),
            c.operation(),
            c.before(),
            c.after(),
            c.key(),
            c.position(),
            c.transaction(),
            null,
            null));
    rejects(all, "timestamp");
  }

  @Test
  void catchesUpdatesThatChangeNothing() throws Exception {
    Change c = changesOf("UPDATE a SET x = 'new' WHERE id = 1").get(0);
    rejects(List.of(rows(c, c.before(), c.before(), c.key())), "changes nothing");
  }

  @Test
  void catchesTextThatWasDecodedWrong() throws Exception {
    Change c = changesOf("INSERT INTO a VALUES(8, 'Ü', 0)").get(0);
    Value wrong = Value.text("Ü".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    rejects(List.of(rows(c, null, with(c.after(), 1, wrong), c.key())), "decodes to");
  }

  @Test
  void catchesRowsLeftByABootstrap() throws Exception {
    List<Change> all = feed.transaction(SnapshotDiff.bootstrap(reader.read()));
    List<Change> noBootstrap = new ArrayList<>(all);
    noBootstrap.removeIf(c -> c.operation() == Operation.BOOTSTRAP && c.table().equals("a"));
    rejects(renumbered(noBootstrap), "");
    oracle.rewindTo(null);
    rejects(renumbered(all.subList(0, all.size() - 1)), "is missing");
    oracle.rewindTo(null);
    List<Change> swapped = new ArrayList<>(all);
    Collections.swap(swapped, 0, 1);
    rejects(renumbered(swapped), "SCHEMA after BOOTSTRAP");
  }

  @Test
  void takesBackWhatIsRedelivered() throws Exception {
    List<Change> one = rich();
    List<Change> two = changesOf("INSERT INTO z VALUES(1),(2)");
    oracle.handleChanges(one);
    oracle.handleChanges(two.subList(0, 1));
    oracle.expectRedelivery();
    oracle.handleChanges(one);
    accepts(two);
    oracle.expectRedelivery();
    Change c = two.get(1);
    List<Change> otherwise = new ArrayList<>(two);
    otherwise.set(1, rows(c, null, with(c.after(), 0, Value.of(5)), c.key()));
    rejects(otherwise, "emitted differently before");
  }

  @Test
  void goesBackToASavedPosition() throws Exception {
    List<Change> one = changesOf("DELETE FROM a WHERE id = 1");
    Snapshot saved = reader.read();
    List<Change> two = changesOf("ALTER TABLE a ADD COLUMN n DEFAULT 5", "DELETE FROM z");
    oracle.handleChanges(one);
    accepts(two);
    oracle.rewindTo(one.get(0).position());
    oracle.compareWith(saved);
    accepts(new ChangeFeed(2).transaction(SnapshotDiff.between(saved, reader.read(), scratch)));
  }
}
