// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.source.SourceRecord;

/** What was committed: records, and the offsets with them. */
final class FakeKafka {
  final List<SourceRecord> records = new ArrayList<>();
  final Map<Map<String, ?>, Map<String, ?>> offsets = new HashMap<>();

  void commit(List<SourceRecord> committed, boolean withOffsets) {
    records.addAll(committed);
    if (withOffsets) {
      committed.forEach(each -> offsets.put(Map.copyOf(each.sourcePartition()), copy(each)));
    }
  }

  private static Map<String, ?> copy(SourceRecord record) {
    return new HashMap<>(record.sourceOffset());
  }

  StreamOffset offset(String database) {
    StreamOffset offset = StreamOffset.of(offsets.get(StreamOffset.partition(database)));
    if (offset == null) {
      throw new AssertionError("no offset of " + database + " in " + offsets);
    }
    return offset;
  }
}
