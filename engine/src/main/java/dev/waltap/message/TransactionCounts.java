// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts the row messages of one transaction, altogether and by table. For one thread. */
final class TransactionCounts {
  private String id = "";
  private long events;
  private final Map<String, Long> eventsOfTable = new LinkedHashMap<>();

  /** Returns whether this is another transaction than the last one. */
  boolean isNew(String transaction) {
    return !id.equals(transaction);
  }

  void begin(String transaction) {
    id = transaction;
    events = 0;
    eventsOfTable.clear();
  }

  boolean isEmpty() {
    return events == 0;
  }

  /** Counts one, and says which it is. */
  DataStruct next(String collection) {
    events++;
    long ofTable = eventsOfTable.merge(collection, 1L, Long::sum);
    return new DataStruct(DebeziumSchemas.TRANSACTION_BLOCK, id, events, ofTable);
  }

  DataStruct key() {
    return new DataStruct(DebeziumSchemas.TRANSACTION_KEY, id);
  }

  DataStruct beginning(long millis) {
    return new DataStruct(DebeziumSchemas.TRANSACTION_VALUE, "BEGIN", id, null, null, millis);
  }

  DataStruct end(long millis) {
    List<DataStruct> collections = new ArrayList<>();
    eventsOfTable.forEach(
        (table, count) ->
            collections.add(new DataStruct(DebeziumSchemas.TRANSACTION_COLLECTION, table, count)));
    return new DataStruct(
        DebeziumSchemas.TRANSACTION_VALUE, "END", id, events, collections, millis);
  }
}
