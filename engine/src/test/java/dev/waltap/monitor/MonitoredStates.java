// SPDX-License-Identifier: Apache-2.0
package dev.waltap.monitor;

import java.util.Map;
import java.util.TreeMap;

/** What a monitor shows of its databases, for tests of those who report to it. */
public final class MonitoredStates {
  private MonitoredStates() {}

  /** The state of each, and why, as {@code RETRYING: it is gone}. */
  public static Map<String, String> of(Monitor monitor) {
    Map<String, String> states = new TreeMap<>();
    for (MonitoredDatabase database : monitor.databases()) {
      MonitoredDatabase.Status status = database.status();
      String why = status.why();
      states.put(
          database.name(), status.state() + (why == null || why.isEmpty() ? "" : ": " + why));
    }
    return states;
  }
}
