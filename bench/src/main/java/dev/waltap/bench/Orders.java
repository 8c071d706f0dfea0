// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench;

import dev.waltap.testdata.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * What the measured application does, one row at a time: orders come and change their state,
 * customers are updated, sessions come and go. Every call changes exactly one row. For one thread;
 * the connection stays its owner's.
 */
final class Orders implements AutoCloseable {
  private static final String[] STATES = {"new", "paid", "packed", "sent", "returned"};
  private static final int RECENT = 5_000;

  private final Random random;
  private final PreparedStatement insertOrder;
  private final PreparedStatement updateOrder;
  private final PreparedStatement updateCustomer;
  private final PreparedStatement insertSession;
  private final PreparedStatement deleteSession;
  private long nextOrder;
  private long nextSession;
  private long oldestSession;

  Orders(Connection connection, Random random) throws SQLException {
    this.random = random;
    insertOrder =
        connection.prepareStatement("INSERT INTO orders VALUES(?, ?, ?, ?, ?, 'new', ?, ?)");
    updateOrder =
        connection.prepareStatement(
            "UPDATE orders SET state = ?, quantity = quantity + 1 WHERE id = ?");
    updateCustomer =
        connection.prepareStatement("UPDATE customers SET score = score + 0.5 WHERE id = ?");
    insertSession = connection.prepareStatement("INSERT INTO sessions VALUES(?, ?, ?, ?)");
    deleteSession = connection.prepareStatement("DELETE FROM sessions WHERE id = ?");
    nextOrder = TestDatabase.number(connection, "SELECT coalesce(max(id), 0) + 1 FROM orders");
    nextSession = TestDatabase.number(connection, "SELECT coalesce(max(id), 0) + 1 FROM sessions");
    oldestSession = TestDatabase.number(connection, "SELECT coalesce(min(id), 1) FROM sessions");
  }

  /** One transaction of one row. */
  void next() throws SQLException {
    int dice = random.nextInt(100);
    if (dice < 40) {
      insertOrder();
    } else if (dice < 70) {
      updateOrder.setString(1, STATES[random.nextInt(STATES.length)]);
      updateOrder.setLong(2, nextOrder - 1 - random.nextInt(RECENT));
      updateOrder.executeUpdate();
    } else if (dice < 85) {
      updateCustomer.setLong(1, 1 + random.nextInt(Shop.CUSTOMERS));
      updateCustomer.executeUpdate();
    } else if (dice < 93) {
      insertSession();
    } else {
      deleteSession.setLong(1, oldestSession++);
      deleteSession.executeUpdate();
    }
  }

  void insertOrder() throws SQLException {
    insertOrder.setLong(1, nextOrder++);
    insertOrder.setLong(2, 1 + random.nextInt(Shop.CUSTOMERS));
    insertOrder.setString(3, "product " + random.nextInt(5000));
    insertOrder.setInt(4, 1 + random.nextInt(5));
    insertOrder.setDouble(5, random.nextInt(100_000) / 100.0);
    insertOrder.setLong(6, micros());
    insertOrder.setString(7, "leave it with the neighbours " + random.nextInt());
    insertOrder.executeUpdate();
  }

  /** When the row is written, in microseconds since 1970: how long a capture took shows by it. */
  private static long micros() {
    Instant now = Instant.now();
    return TimeUnit.SECONDS.toMicros(now.getEpochSecond()) + now.getNano() / 1000;
  }

  void insertSession() throws SQLException {
    insertSession.setLong(1, nextSession++);
    insertSession.setLong(2, 1 + random.nextInt(Shop.CUSTOMERS));
    insertSession.setString(3, Long.toHexString(random.nextLong()));
    insertSession.setLong(4, micros());
    insertSession.executeUpdate();
  }

  @Override
  public void close() throws SQLException {
    insertOrder.close();
    updateOrder.close();
    updateCustomer.close();
    insertSession.close();
    deleteSession.close();
  }
}
