// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.broker;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Brokers for all tests of this JVM, which end with it: to start one takes seconds. */
public final class SharedBroker {
  private static @Nullable Broker first;
  private static @Nullable Broker second;

  private SharedBroker() {}

  /** The one that most tests use. Its topics are named after the database. */
  public static synchronized Broker get() throws Exception {
    Broker known = first;
    if (known == null) {
      known = started();
      first = known;
    }
    return known;
  }

  /** One that knows nothing of the first. */
  public static synchronized Broker other() throws Exception {
    Broker known = second;
    if (known == null) {
      known = started();
      second = known;
    }
    return known;
  }

  private static Broker started() throws Exception {
    Broker broker = Broker.started();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(broker), "stop-broker"));
    return broker;
  }

  private static void close(Broker broker) {
    try {
      broker.close();
    } catch (IOException | InterruptedException e) {
      System.err.println("the broker's files stay: " + e);
    }
  }
}
