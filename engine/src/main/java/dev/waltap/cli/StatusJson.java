// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.waltap.api.Position;
import dev.waltap.inspect.CaptureStatus;
import dev.waltap.inspect.LogLag;
import dev.waltap.inspect.LogReaders;
import dev.waltap.io.FileNames;
import dev.waltap.state.LogPosition;
import dev.waltap.state.StateLock;
import dev.waltap.state.StateStatus;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A status as one line of JSON, for tools. Numbers are bytes, seconds or counts. Stateless. */
final class StatusJson {
  private StatusJson() {}

  /** The line, with its LF. */
  static String of(CaptureStatus status, Instant now) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      StateStatus state = status.state();
      json.writeStringField("database", FileNames.text(state.database().path()));
      json.writeStringField("state", FileNames.text(state.directory()));
      json.writeStringField("stream", state.stream());
      json.writeStringField("created", state.created().toString());
      json.writeStringField("saved", state.savedAt().toString());
      json.writeStringField("position", text(state.acknowledged()));
      behind(json, status, now);
      wal(json, status);
      pages(json, state);
      json.writeNumberField("disk_bytes", state.fileBytes());
      holder(json, "holder", state.holder());
      holder(json, "fleet", state.fleet());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.append('\n').toString();
  }

  private static void behind(JsonGenerator json, CaptureStatus status, Instant now)
      throws IOException {
    LogLag lag = status.lag();
    boolean known = lag.kind() == LogLag.Kind.CONTINUES;
    json.writeObjectFieldStart("behind");
    json.writeStringField("log", lag.kind().name().toLowerCase(Locale.ROOT));
    number(json, "transactions", status.transactions() >= 0, status.transactions());
    json.writeNumberField("seconds", status.age(now).toMillis() / 1e3);
    number(json, "wal_transactions", known, lag.transactions());
    number(json, "wal_frames", known, lag.frames());
    number(json, "wal_bytes", known, lag.bytes());
    json.writeNumberField("journal_transactions", status.state().undelivered().transactions());
    json.writeEndObject();
  }

  private static void number(JsonGenerator json, String name, boolean known, long value)
      throws IOException {
    json.writeFieldName(name);
    if (known) {
      json.writeNumber(value);
    } else {
      json.writeNull();
    }
  }

  private static void wal(JsonGenerator json, CaptureStatus status) throws IOException {
    json.writeObjectFieldStart("wal");
    json.writeNumberField("bytes", status.lag().walBytes());
    json.writeNumberField("commits_at_risk", status.lag().atRisk());
    json.writeArrayFieldStart("readers");
    for (LogReaders.Reader reader : status.readers()) {
      json.writeStartObject();
      json.writeNumberField("process", reader.process());
      json.writeNumberField("frame", reader.frame());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void pages(JsonGenerator json, StateStatus state) throws IOException {
    json.writeObjectFieldStart("page_set");
    json.writeNumberField("pages", state.pages());
    json.writeNumberField("page_size", state.pageSize());
    json.writeStringField("end", end(state.base()));
    json.writeEndObject();
    json.writeObjectFieldStart("journal");
    json.writeNumberField("transactions", state.journalEntries());
    json.writeNumberField("bytes", state.journalBytes());
    json.writeStringField("end", end(state.end()));
    json.writeEndObject();
  }

  private static void holder(JsonGenerator json, String field, StateLock.@Nullable Holder holder)
      throws IOException {
    json.writeFieldName(field);
    if (holder == null) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    json.writeNumberField("process", holder.pid());
    json.writeStringField("host", holder.host());
    json.writeStringField("since", holder.since().toString());
    json.writeStringField("command", holder.command());
    json.writeEndObject();
  }

  private static @Nullable String text(@Nullable Position position) {
    return position == null ? null : position.toString();
  }

  private static String end(LogPosition position) {
    return position.position().epoch() + ":" + position.position().frame();
  }
}
