// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A line of standard error as an object, for what collects logs. Stateless. */
final class LogLine {

  /** How much it matters. */
  enum Level {
    DEBUG,
    INFO,
    WARN,
    ERROR
  }

  private LogLine() {}

  /**
   * The object, on one line, without its LF.
   *
   * @param database that it is about; null where it is about none, or all
   */
  static String json(Instant time, Level level, @Nullable String database, String message) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("time", time.truncatedTo(ChronoUnit.MILLIS).toString());
      json.writeStringField("level", level.name().toLowerCase(Locale.ROOT));
      if (database != null) {
        json.writeStringField("database", database);
      }
      json.writeStringField("message", message);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
