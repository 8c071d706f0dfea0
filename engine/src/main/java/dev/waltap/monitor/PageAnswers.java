// SPDX-License-Identifier: Apache-2.0
package dev.waltap.monitor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.waltap.live.LiveChange;
import dev.waltap.live.LiveJson;
import dev.waltap.live.LiveStream;
import dev.waltap.live.TableCount;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.Semaphore;

/**
 * The live page, and what it asks for while somebody looks at it: one request after another, each
 * answered when something has passed, or after a second. So nothing is owed to a browser that does
 * not ask, and one that does not read holds a thread, not a capture. For any thread.
 */
final class PageAnswers {
  private static final long PATIENCE_MILLIS = 1000;

  /** Changes beyond this are left out of an answer; their numbers show that. */
  private static final int MAX_BYTES = 512 << 10;

  private final LiveStream stream;
  private final Page page;
  private final PageStatus status;
  private final Semaphore places;

  /**
   * Answers for the page.
   *
   * @param most how many may look on at once
   */
  PageAnswers(Monitor monitor, MonitorSettings settings, int most) {
    this.stream = monitor.stream();
    this.page = new Page();
    this.status = new PageStatus(monitor, settings.version());
    this.places = new Semaphore(most);
  }

  /** The page itself. */
  void page(Exchange exchange) throws IOException {
    exchange.set("Content-Security-Policy", page.policy());
    exchange.send(200, "text/html; charset=utf-8", page.bytes());
  }

  /** What has passed since the number {@code after} of the stream {@code id}. */
  void live(Exchange exchange) throws IOException {
    if (!places.tryAcquire()) {
      exchange.text(503, "too many look at this page at the moment: close one\n");
      return;
    }
    try {
      boolean known = stream.id().equals(exchange.parameter("id"));
      long after = known ? exchange.number("after", -1) : -1;
      LiveStream.View view = stream.since(after, PATIENCE_MILLIS);
      exchange.send(200, "application/json", json(view, "1".equals(exchange.parameter("status"))));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // The server is closed.
    } finally {
      places.release();
    }
  }

  private byte[] json(LiveStream.View view, boolean withStatus) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("id", stream.id());
      json.writeNumberField("number", view.number());
      json.writeBooleanField("rows", stream.hasRows());
      writeTables(view, json);
      writeChanges(view, json, bytes);
      if (withStatus) {
        json.writeFieldName("status");
        status.write(json);
      }
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static void writeTables(LiveStream.View view, JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("tables");
    for (TableCount.Counts table : view.tables()) {
      json.writeStartObject();
      json.writeStringField("db", table.database());
      json.writeStringField("table", table.table());
      json.writeArrayFieldStart("ops");
      for (long count : table.operations()) {
        json.writeNumber(count);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void writeChanges(
      LiveStream.View view, JsonGenerator json, ByteArrayOutputStream written) throws IOException {
    json.writeArrayFieldStart("changes");
    for (LiveChange change : view.changes()) {
      if (written.size() < MAX_BYTES) {
        LiveJson.write(change, json);
        json.flush();
      }
    }
    json.writeEndArray();
  }
}
