// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.waltap.testdata.TestDatabase;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rows of which the heap of the capturing process holds no more than the two images of one. */
@Tag("slow")
class HugeRowTest {
  private static final int SIZE = 100_000_000;
  private static final long SEED = 11;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxDocumentLength(-1).build())
          .build();

  @Test
  void emitsRowsOfManyMegabytesInASmallHeap() throws Exception {
    byte[] value = new byte[SIZE];
    new Random(SEED).nextBytes(value);
    String first = describe(value);
    try (TestDatabase database = TestDatabase.create();
        Connection writer = database.open()) {
      TestDatabase.execute(writer, "CREATE TABLE t(id INTEGER PRIMARY KEY, n, v BLOB)");
      Path errors = database.directory().resolve("errors");
      Process process = start(database.path(), errors);
      // Ends a read that would wait for ever.
      CompletableFuture.delayedExecutor(3, TimeUnit.MINUTES).execute(process::destroyForcibly);
      // By a reader: a parser of a stream looks at its first bytes when it is made.
      try (JsonParser emitted =
          JSON.createParser(new InputStreamReader(process.getInputStream(), UTF_8))) {
        awaitReady(process, errors);
        execute(writer, "INSERT INTO t VALUES(1, 0, ?)", value);
        assertThat(next(emitted)).isEqualTo("INSERT - 0," + first);

        value[SIZE / 2] ^= 1;
        String second = describe(value);
        execute(writer, "UPDATE t SET v = ?", value);
        assertThat(next(emitted)).isEqualTo("UPDATE 0," + first + " 0," + second);

        // Beside it on its leaf, and a transaction with three such images.
        TestDatabase.execute(writer, "INSERT INTO t VALUES(2, 0, x'00')");
        assertThat(next(emitted)).startsWith("INSERT - 0,1:");
        TestDatabase.execute(
            writer,
            "BEGIN",
            "UPDATE t SET n = 1 WHERE id = 1",
            "INSERT INTO t SELECT 3, n, v FROM t WHERE id = 1",
            "COMMIT");
        assertThat(next(emitted)).isEqualTo("UPDATE 0," + second + " 1," + second);
        assertThat(next(emitted)).isEqualTo("INSERT - 1," + second);

        TestDatabase.execute(writer, "DELETE FROM t WHERE id = 1");
        assertThat(next(emitted)).isEqualTo("DELETE 1," + second + " -");
      } catch (IOException e) {
        throw new AssertionError("the capture said: " + Files.readString(errors), e);
      } finally {
        process.destroy();
        process.waitFor();
      }
    }
  }

  private static void execute(Connection writer, String sql, byte[] value) throws SQLException {
    try (PreparedStatement statement = writer.prepareStatement(sql)) {
      statement.setBytes(1, value);
      statement.executeUpdate();
    }
  }

  private static Process start(Path database, Path errors) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    // G1 whatever the machine: the others split a small heap in parts, which rows must fit into.
    command.addAll(List.of("-Xmx400m", "-XX:+UseG1GC"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("dev.waltap.cli.Main", "cdc", database.toString()));
    command.addAll(List.of("--blobs", "base64"));
    return new ProcessBuilder(command).redirectError(errors.toFile()).start();
  }

  private static void awaitReady(Process process, Path errors) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (!Files.readString(errors).contains("waltap: ready")) {
      assertThat(process.isAlive()).as(Files.readString(errors)).isTrue();
      assertThat(System.nanoTime()).as("ready in time").isLessThan(deadline);
      Thread.sleep(20);
    }
  }

  /** The next change: operation, before, after. */
  private static String next(JsonParser emitted) throws IOException {
    assertThat(emitted.nextToken()).isEqualTo(JsonToken.START_OBJECT);
    String change = "";
    while (emitted.nextToken() == JsonToken.FIELD_NAME) {
      String name = emitted.currentName();
      emitted.nextToken();
      switch (name) {
        case "operation" -> change = emitted.getText();
        case "before", "after" -> change += " " + image(emitted);
        default -> emitted.skipChildren();
      }
    }
    return change;
  }

  /** {@code n} and what {@link #describe} says of {@code v}, read without holding it. */
  private static String image(JsonParser emitted) throws IOException {
    if (emitted.currentToken() == JsonToken.VALUE_NULL) {
      return "-";
    }
    String image = "";
    while (emitted.nextToken() == JsonToken.FIELD_NAME) {
      String name = emitted.currentName();
      emitted.nextToken();
      if (name.equals("n")) {
        image = emitted.getLongValue() + ",";
      } else if (name.equals("v")) {
        CheckedOutputStream sum = sum();
        int size = emitted.readBinaryValue(Base64Variants.MIME_NO_LINEFEEDS, sum);
        image += size + ":" + sum.getChecksum().getValue();
      }
    }
    return image;
  }

  private static CheckedOutputStream sum() {
    return new CheckedOutputStream(OutputStream.nullOutputStream(), new CRC32());
  }

  private static String describe(byte[] value) throws IOException {
    CheckedOutputStream sum = sum();
    sum.write(value);
    return value.length + ":" + sum.getChecksum().getValue();
  }
}
