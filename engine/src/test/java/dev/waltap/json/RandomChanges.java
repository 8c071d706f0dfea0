// SPDX-License-Identifier: Apache-2.0
package dev.waltap.json;

import dev.waltap.api.Change;
import dev.waltap.api.ColumnSchema;
import dev.waltap.api.Operation;
import dev.waltap.api.Position;
import dev.waltap.api.Row;
import dev.waltap.api.Source;
import dev.waltap.api.TableSchema;
import dev.waltap.api.Transaction;
import dev.waltap.api.TransactionContext;
import dev.waltap.format.TextEncoding;
import dev.waltap.record.ColumnLayout;
import dev.waltap.record.TableLayout;
import dev.waltap.record.Value;
import dev.waltap.schema.Projection;
import dev.waltap.schema.TableRow;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Changes of all kinds, of a few tables, with values that are hard to write. */
final class RandomChanges {
  private static final String[] PIECES = {
    "", "a", "plain text of some length", "\"", "\\", "/", "\b\t\n\f\r", "\u0000", "\u001f",
        "\u007f",
    "é", "€", "\u2028\u2029", "\uFFFD", "\uFEFF", "😀", "\uD800", "\uDC00", "\u0080", "\u07ff\u0800"
  };
  private static final double[] REALS = {
    0,
    -0.0,
    1,
    -1.5,
    0.1,
    1e-3,
    9.999e-4,
    1e7,
    9999999.99999999,
    1e300,
    Double.MIN_VALUE,
    -Double.MIN_VALUE,
    1e22,
    Double.MIN_NORMAL,
    Double.MAX_VALUE,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.NaN
  };

  private final Random random;
  private final List<Projection> tables = new ArrayList<>();
  private Instant timestamp = Instant.EPOCH;
  private Source source = Source.NONE;
  private Operation operation = Operation.INSERT;
  private Projection table;
  private Position position = new Position(1, 2, 0);
  private String transaction = "12:345";
  private TransactionContext capture = new TransactionContext(0, 0, timestamp, source);

  RandomChanges(Random random) {
    this.random = random;
    for (int i = 0; i < 3; i++) {
      tables.add(table());
    }
    table = tables.get(0);
  }

  Change next() {
    boolean alike = random.nextInt(3) != 0; // As most changes of a transaction are.
    if (!alike && random.nextInt(10) == 0) {
      tables.set(random.nextInt(tables.size()), table()); // Its schema changes.
    }
    if (!alike && random.nextInt(3) == 0) {
      timestamp = timestamp();
    }
    if (random.nextInt(10) == 0) {
      source = random.nextBoolean() ? Source.NONE : new Source(text(), text());
    }
    if (!alike) {
      Operation[] operations = Operation.values();
      operation = operations[random.nextInt(operations.length)];
      table = tables.get(random.nextInt(tables.size()));
      position = new Position(1 + number() % 1000, number(), 0);
      transaction = random.nextInt(5) == 0 ? text() : "12:345";
    }
    TableRow before = stored(table);
    TableRow after = stored(table);
    if (random.nextInt(3) == 0) {
      return captured(before, after);
    }
    Row key = (operation == Operation.DELETE ? before : after).key();
    return new Change(
        table.layout().name(),
        timestamp,
        operation,
        random.nextInt(3) == 0 ? null : row(before),
        random.nextInt(3) == 0 ? null : row(after),
        random.nextInt(5) == 0 ? null : row(key),
        new Position(position.epoch(), position.frame(), number()),
        new Transaction(transaction, number(), random.nextBoolean()),
        random.nextBoolean() ? null : schema(),
        random.nextBoolean() ? null : schema(),
        source);
  }

  /** A change as a capture makes it. */
  private Change captured(TableRow before, TableRow after) {
    if (capture.epoch() != position.epoch()
        || capture.frame() != position.frame()
        || random.nextInt(5) == 0) {
      capture = new TransactionContext(position.epoch(), position.frame(), timestamp, source);
    }
    return capture.change(
        table.layout().name(),
        operation,
        operation == Operation.INSERT ? null : before,
        operation == Operation.DELETE ? null : after,
        number(),
        random.nextBoolean());
  }

  /** The row itself, or one of a user's making with the same values. */
  private Row row(Row row) {
    return random.nextInt(3) == 0 ? Row.of(row.toMap()) : row;
  }

  private Projection table() {
    TextEncoding[] encodings = TextEncoding.values();
    TextEncoding encoding =
        random.nextBoolean() ? TextEncoding.UTF_8 : encodings[random.nextInt(encodings.length)];
    Map<String, ColumnLayout> columns = new LinkedHashMap<>();
    int count = 1 + random.nextInt(random.nextInt(10) == 0 ? 100 : 8);
    while (columns.size() < count) {
      String name = columns.size() + text();
      columns.put(name, new ColumnLayout(name, random.nextInt(3) == 0, value(encoding)));
    }
    List<ColumnLayout> list = List.copyOf(columns.values());
    int alias = random.nextInt(3) == 0 ? random.nextInt(count) : -1;
    int[] key =
        alias >= 0
            ? new int[] {alias}
            : random.ints(random.nextInt(3), 0, count).distinct().toArray();
    return Projection.whole(TableLayout.rowidTable(text(), 2, encoding, list, alias, key));
  }

  private Value value(TextEncoding encoding) {
    return switch (random.nextInt(5)) {
      case 0 -> Value.integer(integer());
      case 1 -> Value.real(real());
      case 2 -> Value.text(textBytes(encoding));
      case 3 -> Value.blob(bytes());
      default -> Value.NULL;
    };
  }

  /** A row as SQLite would store it, now and then without its last columns. */
  private TableRow stored(Projection of) {
    TableLayout layout = of.layout();
    int fields =
        random.nextInt(4) == 0 ? random.nextInt(layout.columnCount() + 1) : layout.columnCount();
    ByteArrayOutputStream types = new ByteArrayOutputStream();
    ByteArrayOutputStream bodies = new ByteArrayOutputStream();
    for (int i = 0; i < fields; i++) {
      field(layout.encoding(), types, bodies);
    }
    ByteArrayOutputStream record = new ByteArrayOutputStream();
    int size = types.size() + 1;
    varint(size < 128 ? size : size + 1, record);
    record.writeBytes(types.toByteArray());
    record.writeBytes(bodies.toByteArray());
    return of.row(integer(), record.toByteArray());
  }

  private void field(
      TextEncoding encoding, ByteArrayOutputStream types, ByteArrayOutputStream bodies) {
    int kind = random.nextInt(14);
    byte[] body =
        switch (kind) {
          case 0, 8, 9, 10, 11 -> new byte[0];
          case 7 -> ByteBuffer.allocate(8).putDouble(real()).array();
          case 12 -> bytes();
          case 13 -> textBytes(encoding);
          default -> last(integer(), kind == 5 ? 6 : kind == 6 ? 8 : kind);
        };
    varint(kind < 12 ? kind : kind + 2 * body.length, types);
    bodies.writeBytes(body);
  }

  private static byte[] last(long number, int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (number >> (8 * (count - 1 - i)));
    }
    return bytes;
  }

  private static void varint(int value, ByteArrayOutputStream to) {
    if (value >= 1 << 14) {
      to.write(0x80 | (value >> 14));
    }
    if (value >= 1 << 7) {
      to.write(0x80 | ((value >> 7) & 0x7f));
    }
    to.write(value & 0x7f);
  }

  private byte[] textBytes(TextEncoding encoding) {
    byte[] text = text().getBytes(encoding.charset());
    if (encoding != TextEncoding.UTF_8 || random.nextInt(3) == 0) {
      // The JDK writes no lone surrogates; this makes them, and malformed bytes, out of others.
      for (int i = random.nextInt(3); i > 0 && text.length > 0; i--) {
        text[random.nextInt(text.length)] = (byte) (random.nextBoolean() ? random.nextInt() : 0xd8);
      }
    }
    return text;
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return random.nextInt(200) == 0 ? text.toString().repeat(1000) : text.toString();
  }

  private byte[] bytes() {
    byte[] bytes = new byte[random.nextInt(random.nextInt(50) == 0 ? 40_000 : 12)];
    random.nextBytes(bytes);
    return bytes;
  }

  private double real() {
    return switch (random.nextInt(3)) {
      case 0 -> REALS[random.nextInt(REALS.length)];
      case 1 -> random.nextInt(1_000_000) / 100.0;
      default -> Double.longBitsToDouble(random.nextLong());
    };
  }

  private long integer() {
    return random.nextLong() >> random.nextInt(64);
  }

  private long number() {
    return integer() & Long.MAX_VALUE;
  }

  private Instant timestamp() {
    return switch (random.nextInt(4)) {
      case 0 -> timestamp.plusNanos(random.nextInt(1_000_000_000));
      case 1 -> Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000));
      case 2 -> Instant.ofEpochSecond(random.nextLong() >> 26, random.nextInt(1_000_000_000));
      default -> Instant.ofEpochSecond(timestamp.getEpochSecond());
    };
  }

  private @Nullable TableSchema schema() {
    List<ColumnSchema> columns = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      columns.add(new ColumnSchema(text(), text(), random.nextInt(3)));
    }
    return new TableSchema(text(), text(), columns);
  }
}
