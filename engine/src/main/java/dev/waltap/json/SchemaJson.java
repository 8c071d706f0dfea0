// SPDX-License-Identifier: Apache-2.0
package dev.waltap.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.waltap.api.ColumnSchema;
import dev.waltap.api.TableSchema;
import java.io.IOException;
import java.io.OutputStream;

/** A table's schema as a JSON object, in UTF-8. */
final class SchemaJson {

  /** Closing must not close or flush the target, nor complete an object that broke off. */
  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
          .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
          .build();

  private SchemaJson() {}

  static void write(TableSchema table, OutputStream out) throws IOException {
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("name", JsonText.wellFormed(table.name()));
      json.writeStringField("sql", JsonText.wellFormed(table.sql()));
      json.writeArrayFieldStart("columns");
      for (ColumnSchema column : table.columns()) {
        json.writeStartObject();
        json.writeStringField("name", JsonText.wellFormed(column.name()));
        json.writeStringField("type", JsonText.wellFormed(column.type()));
        json.writeNumberField("key", column.key());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
  }
}
