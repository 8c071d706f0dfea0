// SPDX-License-Identifier: Apache-2.0
package dev.waltap.json;

import static dev.waltap.json.Changes.change;
import static dev.waltap.json.Changes.insert;
import static dev.waltap.json.Changes.row;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.waltap.api.Change;
import dev.waltap.api.ColumnSchema;
import dev.waltap.api.Operation;
import dev.waltap.api.Position;
import dev.waltap.api.TableSchema;
import dev.waltap.api.Transaction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChangeJsonTest {

  @Test
  void writesTheObjectOfTheContract() throws IOException {
    Change update =
        change(
            Operation.UPDATE,
            row("id", 1L, "name", "Ada", "score", 0.5),
            row("id", 1L, "name", "Ada", "score", 1.0),
            row("id", 1L));
    assertThat(json(update))
        .isEqualTo(
            "{\"table\":\"users\",\"timestamp\":\"2026-11-22T10:00:00.123456Z\","
                + "\"operation\":\"UPDATE\",\"before\":{\"id\":1,\"name\":\"Ada\",\"score\":0.5},"
                + "\"after\":{\"id\":1,\"name\":\"Ada\",\"score\":1.0},\"key\":{\"id\":1},"
                + "\"position\":\"1:204:0\","
                + "\"transaction\":{\"id\":\"1:204\",\"index\":0,\"last\":true}}");
  }

  @Test
  void writesSchemasAsImages() throws IOException {
    TableSchema table =
        new TableSchema(
            "users",
            "CREATE TABLE users(id INTEGER PRIMARY KEY, \"na\"\"me\")",
            List.of(new ColumnSchema("id", "INTEGER", 1), new ColumnSchema("na\"me", "", 0)));
    assertThat(json(Changes.schema(null, table)))
        .contains(
            "\"operation\":\"SCHEMA\",\"before\":null,\"after\":{\"name\":\"users\",\"sql\":"
                + "\"CREATE TABLE users(id INTEGER PRIMARY KEY, \\\"na\\\"\\\"me\\\")\",\"columns\":["
                + "{\"name\":\"id\",\"type\":\"INTEGER\",\"key\":1},"
                + "{\"name\":\"na\\\"me\",\"type\":\"\",\"key\":0}]},\"key\":null,");
    assertThat(json(Changes.schema(table, null))).contains("\"after\":null,\"key\":null,");
  }

  @Test
  void writesABootstrapWithoutImages() throws IOException {
    assertThat(json(change(Operation.BOOTSTRAP, null, null, null)))
        .contains("\"operation\":\"BOOTSTRAP\",\"before\":null,\"after\":null,\"key\":null,");
  }

  @ParameterizedTest
  @CsvSource({
    "0.0,0.0",
    "-0.0,-0.0",
    "1.0,1.0",
    "1e10,1.0E10",
    "1e300,1.0E300",
    "0.1,0.1",
    "-2.5,-2.5",
    "5e-324,4.9E-324",
    "1.7976931348623157E308,1.7976931348623157E308",
    "2e-3,0.002",
    "9007199254740993,9.007199254740992E15",
    "Infinity,9e999",
    "-Infinity,-9e999",
    "NaN,null"
  })
  void distinguishesAnyRealFromAnInteger(double value, String expected) throws IOException {
    assertThat(value(value)).isEqualTo(expected);
  }

  @Test
  void writesIntegersOfFullLength() throws IOException {
    assertThat(value(Long.MIN_VALUE)).isEqualTo("-9223372036854775808");
    assertThat(value(Long.MAX_VALUE)).isEqualTo("9223372036854775807");
    assertThat(value(null)).isEqualTo("null");
  }

  @Test
  void escapesTextAndNeverBreaksUtf8() throws IOException {
    assertThat(value("a\"b\\c\n\u0000\u001f/")).isEqualTo("\"a\\\"b\\\\c\\n\\u0000\\u001F/\"");
    assertThat(value("é€😀\uFFFD")).isEqualTo("\"é€😀\uFFFD\"");
    assertThat(value("x\uD800y")).isEqualTo("\"x\uFFFDy\"");
    assertThat(value("\uDC00\uD83D\uDE00\uD83D")).isEqualTo("\"\uFFFD😀\uFFFD\"");
  }

  @Test
  void readsLongTextBackAsItWas() throws IOException {
    // Each start puts other characters, and halves of them, at the ends of the writer's buffers.
    for (int start = 0; start < 5; start++) {
      String text = "x".repeat(start) + "😀é\n\"".repeat(20_000);
      String json = json(insert(row("v", text)));
      assertThat(json).contains("😀é").doesNotContain("\\u");
      assertThat(parse(json, "v")).isEqualTo(text);
    }
  }

  @Test
  void writesBlobsAsAsked() throws IOException {
    byte[] blob = {0, 10, -1, 'a'};
    assertThat(image(BlobFormat.HEX, "b", blob)).contains("\"after\":{\"b\":\"000AFF61\"}");
    assertThat(image(BlobFormat.BASE64, "b", blob)).contains("\"after\":{\"b\":\"AAr/YQ==\"}");
    assertThat(image(BlobFormat.OMIT, "b", blob, "c", null)).contains("\"after\":{\"c\":null}");
    assertThat(image(BlobFormat.HEX, "b", new byte[0])).contains("\"after\":{\"b\":\"\"}");
  }

  @Test
  void neverOmitsKeys() throws IOException {
    byte[] key = {1, 2};
    Change change = change(Operation.DELETE, row("k", key, "b", new byte[1]), null, row("k", key));
    assertThat(json(BlobFormat.OMIT, change))
        .contains("\"before\":{\"k\":\"0102\"}")
        .contains("\"key\":{\"k\":\"0102\"}");
  }

  @Test
  void writesALargeBlobInPieces() throws IOException {
    byte[] blob = new byte[1_000_001];
    for (int i = 0; i < blob.length; i++) {
      blob[i] = (byte) (i * 31);
    }
    String hex = java.util.HexFormat.of().withUpperCase().formatHex(blob);
    assertThat(image(BlobFormat.HEX, "b", blob)).contains("{\"b\":\"" + hex + "\"}");
    String base64 = java.util.Base64.getEncoder().encodeToString(blob);
    assertThat(image(BlobFormat.BASE64, "b", blob)).contains("{\"b\":\"" + base64 + "\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-22T10:00:00Z,2026-11-22T10:00:00.000000Z",
    "2026-11-22T10:00:00.1Z,2026-11-22T10:00:00.100000Z",
    "2026-11-22T10:00:00.123456789Z,2026-11-22T10:00:00.123456Z"
  })
  void writesSixFractionDigits(Instant time, String expected) throws IOException {
    Change change =
        new Change(
            "t",
            time,
            Operation.BOOTSTRAP,
            null,
            null,
            null,
            new Position(3, 0, 7),
            new Transaction("3:0", 7, false),
            null,
            null);
    assertThat(json(change)).contains("\"timestamp\":\"" + expected + "\"").contains("\"3:0:7\"");
  }

  private static String value(@org.jspecify.annotations.Nullable Object value) throws IOException {
    String json = json(insert(row("v", value)));
    String start = "\"after\":{\"v\":";
    int from = json.indexOf(start) + start.length();
    return json.substring(from, json.indexOf("},\"key\"", from));
  }

  private static String image(
      BlobFormat blobs, @org.jspecify.annotations.Nullable Object... namesAndValues)
      throws IOException {
    return json(blobs, insert(row(namesAndValues)));
  }

  private static String json(Change change) throws IOException {
    return json(BlobFormat.HEX, change);
  }

  private static String json(BlobFormat blobs, Change change) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ChangeJson json = new ChangeJson(blobs, out);
    json.write(change);
    json.flush();
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String parse(String json, String field) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      for (JsonToken t = parser.nextToken(); t != null; t = parser.nextToken()) {
        if (t == JsonToken.VALUE_STRING && field.equals(parser.currentName())) {
          return parser.getText();
        }
      }
    }
    throw new AssertionError("no " + field + " in " + json);
  }
}
