// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.api.Row;
import dev.waltap.file.JsonLinesHandler;
import dev.waltap.json.BlobFormat;
import dev.waltap.message.CollectedMessages.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonMessagesTest {

  private static final Change INSERT =
      Change.builder("users", Operation.INSERT)
          .after(Row.of("id", 7, "name", "Ada", "photo", new byte[] {1}))
          .key(Row.of("id", 7))
          .build();

  @Test
  void valueIsTheChangesLineAndKeyTheRowsKey() throws IOException {
    List<Message> messages = CollectedMessages.of(new JsonMessages(BlobFormat.BASE64), INSERT);
    assertThat(messages)
        .containsExactly(new Message(MessageKind.ROW, "users", "{\"id\":7}", line(INSERT)));
  }

  @Test
  void schemaHasATopicOfItsOwnAndBootstrapHasNoKey() throws IOException {
    Change schema = Change.builder("users", Operation.SCHEMA).build();
    Change bootstrap = Change.builder("users", Operation.BOOTSTRAP).build();
    assertThat(CollectedMessages.of(new JsonMessages(BlobFormat.HEX), schema, bootstrap))
        .containsExactly(
            new Message(MessageKind.SCHEMA, "users", null, line(schema)),
            new Message(MessageKind.ROW, "users", null, line(bootstrap)));
  }

  @Test
  void aLargeRowIsWholeAndSoIsTheNextOne() throws IOException {
    Change large =
        Change.builder("users", Operation.INSERT)
            .after(Row.of("id", 1, "text", "x".repeat(3 << 20)))
            .key(Row.of("id", 1))
            .build();
    assertThat(CollectedMessages.of(new JsonMessages(BlobFormat.BASE64), large, INSERT))
        .extracting(Message::value)
        .containsExactly(line(large), line(INSERT));
  }

  private static String line(Change change) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new JsonLinesHandler(out, BlobFormat.BASE64).handleChanges(List.of(change));
    return out.toString(StandardCharsets.UTF_8).stripTrailing();
  }
}
