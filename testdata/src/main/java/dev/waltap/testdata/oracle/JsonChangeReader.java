// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.oracle;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.waltap.api.Change;
import dev.waltap.api.ColumnSchema;
import dev.waltap.api.Operation;
import dev.waltap.api.Position;
import dev.waltap.api.Row;
import dev.waltap.api.Source;
import dev.waltap.api.TableSchema;
import dev.waltap.api.Transaction;
import dev.waltap.testdata.model.Image;
import dev.waltap.testdata.model.ImageRow;
import dev.waltap.testdata.model.Value;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads one line of the command line's JSON as the change it stands for, and refuses what is not
 * exactly of the promised form: the keys, their order, the types of their values.
 */
public final class JsonChangeReader {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxDocumentLength(-1)
                  .maxNumberLength(10_000)
                  .build())
          .build();

  private final JsonParser parser;

  private JsonChangeReader(JsonParser parser) {
    this.parser = parser;
  }

  /**
   * Reads a line.
   *
   * @throws AssertionError if it is not a change
   */
  public static Change read(String line) {
    try (JsonParser parser = FACTORY.createParser(line)) {
      JsonChangeReader reader = new JsonChangeReader(parser);
      Change change = reader.change();
      if (parser.nextToken() != null) {
        throw new AssertionError("more than one value in the line " + line);
      }
      return change;
    } catch (IOException | IllegalArgumentException | java.time.DateTimeException e) {
      throw new AssertionError("not a change: " + line, e);
    }
  }

  private Change change() throws IOException {
    expect(JsonToken.START_OBJECT);
    String table = stringField("table");
    Instant timestamp = Instant.parse(stringField("timestamp"));
    Operation operation = Operation.valueOf(stringField("operation"));
    boolean schema = operation == Operation.SCHEMA;
    field("before");
    TableSchema schemaBefore = schema ? schema() : null;
    Row before = schema ? null : row();
    field("after");
    TableSchema schemaAfter = schema ? schema() : null;
    Row after = schema ? null : row();
    field("key");
    Row key = row();
    Position position = Position.parse(stringField("position"));
    field("transaction");
    expect(JsonToken.START_OBJECT);
    String id = stringField("id");
    field("index");
    expect(JsonToken.VALUE_NUMBER_INT);
    long index = parser.getLongValue();
    field("last");
    JsonToken last = parser.nextToken();
    if (last != JsonToken.VALUE_TRUE && last != JsonToken.VALUE_FALSE) {
      throw new IOException("last is " + last);
    }
    expect(JsonToken.END_OBJECT);
    Source source = source();
    return new Change(
        table,
        timestamp,
        operation,
        before,
        after,
        key,
        position,
        new Transaction(id, index, last == JsonToken.VALUE_TRUE),
        schemaBefore,
        schemaAfter,
        source);
  }

  /** Left out of a change that was made by hand. */
  private Source source() throws IOException {
    if (parser.nextToken() == JsonToken.END_OBJECT) {
      return Source.NONE;
    }
    if (!"source".equals(parser.currentName())) {
      throw new IOException("instead of source there is " + parser.currentName());
    }
    expect(JsonToken.START_OBJECT);
    Source source = new Source(stringField("database"), stringField("stream"));
    expect(JsonToken.END_OBJECT);
    expect(JsonToken.END_OBJECT);
    return source;
  }

  private @Nullable Row row() throws IOException {
    if (parser.nextToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw new IOException("a row is " + parser.currentToken());
    }
    List<String> names = new ArrayList<>();
    List<Value> values = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      if (!seen.add(parser.currentName())) {
        throw new IOException("column " + parser.currentName() + " is there twice");
      }
      names.add(parser.currentName());
      values.add(value());
    }
    return new ImageRow(new Image(names, values));
  }

  private Value value() throws IOException {
    JsonToken token = parser.nextToken();
    return switch (token) {
      case VALUE_NULL -> Value.NULL;
      case VALUE_NUMBER_INT -> Value.of(parser.getLongValue());
      case VALUE_NUMBER_FLOAT -> Value.of(Double.parseDouble(parser.getText()));
      case VALUE_STRING -> Value.text(parser.getText());
      default -> throw new IOException("a value is " + token);
    };
  }

  private @Nullable TableSchema schema() throws IOException {
    if (parser.nextToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    String name = stringField("name");
    String sql = stringField("sql");
    field("columns");
    expect(JsonToken.START_ARRAY);
    List<ColumnSchema> columns = new ArrayList<>();
    while (parser.nextToken() == JsonToken.START_OBJECT) {
      String column = stringField("name");
      String type = stringField("type");
      field("key");
      expect(JsonToken.VALUE_NUMBER_INT);
      columns.add(new ColumnSchema(column, type, parser.getIntValue()));
      expect(JsonToken.END_OBJECT);
    }
    expect(JsonToken.END_OBJECT);
    return new TableSchema(name, sql, columns);
  }

  private String stringField(String name) throws IOException {
    field(name);
    expect(JsonToken.VALUE_STRING);
    return Objects.requireNonNull(parser.getText());
  }

  private void field(String name) throws IOException {
    expect(JsonToken.FIELD_NAME);
    if (!name.equals(parser.currentName())) {
      throw new IOException("key " + parser.currentName() + " where " + name + " should be");
    }
  }

  private void expect(JsonToken wanted) throws IOException {
    JsonToken token = parser.nextToken();
    if (token != wanted) {
      throw new IOException(token + " where " + wanted + " should be");
    }
  }
}
