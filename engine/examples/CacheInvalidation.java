// SPDX-License-Identifier: Apache-2.0
import dev.waltap.Waltap;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.Operation;
import dev.waltap.api.Row;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Cache invalidation: whoever writes to the database, by whatever program, the cache of its users
 * forgets just those rows that changed.
 *
 * <pre>
 *   java -cp engine/target/waltap.jar engine/examples/CacheInvalidation.java app.db
 * </pre>
 *
 * No state is kept: a cache begins empty, so that changes from now on are all that it needs.
 */
public final class CacheInvalidation {

  private static final Map<Long, Row> USERS = new ConcurrentHashMap<>();

  public static void main(String[] arguments) {
    try (ChangeDataCapture capture =
        Waltap.open(Path.of(arguments[0]))
            .tables("users")
            .handler(changes -> changes.forEach(CacheInvalidation::forget))
            .build()) {
      capture.cdc(); // blocks; an application has start() for this
    }
  }

  private static void forget(Change change) {
    if (change.operation() == Operation.SCHEMA) {
      USERS.clear(); // the rows of a dropped table are not listed
      System.out.println("all users are forgotten");
    } else {
      long id = Objects.requireNonNull(change.key()).getLong("id");
      USERS.remove(id);
      System.out.println("user " + id + " is forgotten");
    }
  }
}
