// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.api.Row;
import dev.waltap.http.HttpBatch;
import dev.waltap.json.BlobFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageBatchTest {

  @Test
  void isTheSameEachTimeItIsWrittenAndGoesInParts() throws IOException {
    DebeziumMapping mapping =
        new DebeziumMapping(new DebeziumOptions("0", BlobFormat.BASE64, TypeMismatch.STRING, true));
    HttpBatch batch =
        new MessageBatches(new DebeziumMessages(mapping, false), true)
            .batch(List.of(change(false), change(true)));
    String whole = text(batch);
    assertThat(text(batch)).isEqualTo(whole);
    String first = text(batch.part(0, 1));
    String second = text(batch.part(1, 2));
    assertThat(first).startsWith("{\"changes\":[{\"topic\":\"waltap.transaction\",\"key\":");
    assertThat(second)
        .endsWith(
            "{\"topic\":\"waltap.users\",\"key\":{\"id\":1},\"value\":null},"
                + "{\"topic\":\"waltap.transaction\",\"key\":{\"id\":\"1:1\"},\"value\":{\"status\":\"END\","
                + "\"id\":\"1:1\",\"event_count\":2,\"data_collections\":"
                + "[{\"data_collection\":\"waltap.users\",\"event_count\":2}],\"ts_ms\":0}}]}");
    String joined =
        first.substring(0, first.length() - "]}".length())
            + ","
            + second.substring("{\"changes\":[".length());
    assertThat(joined).isEqualTo(whole);
  }

  private static Change change(boolean last) {
    return Change.builder("users", Operation.DELETE)
        .before(Row.of("id", 1))
        .key(Row.of("id", 1))
        .last(last)
        .build();
  }

  private static String text(HttpBatch batch) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    batch.write(out);
    return out.toString(StandardCharsets.UTF_8);
  }
}
