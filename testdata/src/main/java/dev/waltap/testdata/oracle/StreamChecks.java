// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.oracle;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.api.Position;
import dev.waltap.testdata.model.Names;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Checks what can be seen from the order of changes alone: positions, whole transactions, and the
 * order of operations and tables within one. Used from one thread.
 */
final class StreamChecks {
  private @Nullable Change last;
  private boolean bootstrap;

  /** Whether the tables began again, as they do after those that a bootstrap says are gone. */
  private boolean beganAgain;

  /** Whether a transaction has begun that has not ended. */
  boolean isOpen() {
    return last != null && !last.transaction().last();
  }

  /** The last position seen. */
  @Nullable Position position() {
    return last == null ? null : last.position();
  }

  /** Goes back to the end of an earlier transaction. */
  void rewind(@Nullable Change end) {
    last = end;
    bootstrap = false;
    beganAgain = false;
  }

  @Nullable Change last() {
    return last;
  }

  /** Takes the next change; says what is wrong with it, or null. */
  @Nullable String accept(Change change) {
    String wrong = own(change);
    if (wrong == null) {
      wrong = isOpen() ? continuing(change) : beginning(change);
    }
    last = change;
    return wrong;
  }

  private static @Nullable String own(Change change) {
    Position position = change.position();
    if (!change.transaction().id().equals(position.epoch() + ":" + position.frame())) {
      return "transaction id " + change.transaction().id() + " is not that of the position";
    }
    if (change.transaction().index() != position.index()) {
      return "transaction index " + change.transaction().index() + " is not that of the position";
    }
    Instant timestamp = change.timestamp();
    if (!timestamp.equals(timestamp.truncatedTo(ChronoUnit.MICROS))) {
      return "timestamp " + timestamp + " is finer than microseconds";
    }
    boolean schema = change.operation() == Operation.SCHEMA;
    boolean row = !schema && change.operation() != Operation.BOOTSTRAP;
    boolean hasBefore = change.before() != null;
    boolean hasAfter = change.after() != null;
    boolean wantsBefore = row && change.operation() != Operation.INSERT;
    boolean wantsAfter = row && change.operation() != Operation.DELETE;
    if (hasBefore != wantsBefore || hasAfter != wantsAfter || (change.key() != null) != row) {
      return change.operation() + " with the wrong images or key";
    }
    boolean schemas = change.schemaBefore() != null || change.schemaAfter() != null;
    return schemas == schema ? null : change.operation() + " and the schemas do not go together";
  }

  private @Nullable String beginning(Change change) {
    bootstrap = change.operation() == Operation.BOOTSTRAP;
    beganAgain = false;
    if (last == null) {
      return null;
    }
    if (change.position().compareTo(last.position()) <= 0) {
      return "position does not follow " + last.position();
    }
    return change.transaction().id().equals(last.transaction().id())
        ? "goes on after the transaction's last change"
        : null;
  }

  private @Nullable String continuing(Change change) {
    Change previous = Objects.requireNonNull(last);
    if (!change.transaction().id().equals(previous.transaction().id())) {
      return "transaction " + previous.transaction().id() + " was left without its last change";
    }
    if (change.position().compareTo(previous.position()) <= 0) {
      return "position does not follow " + previous.position();
    }
    if (!change.timestamp().equals(previous.timestamp())) {
      return "timestamp differs from the transaction's " + previous.timestamp();
    }
    if (change.operation() == Operation.BOOTSTRAP) {
      bootstrap = true;
    } else if (beganAgain) {
      return "tables began again after those that are gone, but no bootstrap does";
    }
    beganAgain = !bootstrap && beginsAgain(previous, change);
    if (beganAgain) {
      return null;
    }
    return bootstrap ? bootstrapOrder(previous, change) : order(previous, change);
  }

  private static boolean beginsAgain(Change previous, Change change) {
    return previous.operation() == Operation.SCHEMA
        && change.operation() == Operation.SCHEMA
        && previous.schemaAfter() == null
        && change.schemaBefore() == null
        && Names.compare(previous.table(), change.table()) > 0;
  }

  private static @Nullable String order(Change previous, Change change) {
    int byGroup = Integer.compare(group(previous.operation()), group(change.operation()));
    if (byGroup > 0) {
      return change.operation() + " after " + previous.operation();
    }
    int byTable = Names.compare(previous.table(), change.table());
    if (byGroup == 0 && byTable > 0) {
      return "table after " + previous.table();
    }
    return byGroup == 0 && byTable == 0 && change.operation() == Operation.SCHEMA
        ? "table has two SCHEMA changes in one transaction"
        : null;
  }

  private static int group(Operation operation) {
    return switch (operation) {
      case SCHEMA -> 0;
      case DELETE -> 1;
      case UPDATE -> 2;
      case INSERT -> 3;
      case BOOTSTRAP -> 4;
    };
  }

  /** A bootstrap emits table by table: SCHEMA, BOOTSTRAP, INSERTs. */
  private static @Nullable String bootstrapOrder(Change previous, Change change) {
    int byTable = Names.compare(previous.table(), change.table());
    if (change.operation() == Operation.DELETE || change.operation() == Operation.UPDATE) {
      return change.operation() + " in a bootstrap";
    }
    if (byTable > 0) {
      return "table after " + previous.table();
    }
    boolean starts = change.operation() != Operation.INSERT;
    if (byTable < 0) {
      return starts ? null : "INSERT into a table without BOOTSTRAP";
    }
    boolean follows =
        change.operation() == Operation.BOOTSTRAP
            ? previous.operation() == Operation.SCHEMA
            : change.operation() == Operation.INSERT && previous.operation() != Operation.SCHEMA;
    return follows ? null : change.operation() + " after " + previous.operation();
  }
}
