// SPDX-License-Identifier: Apache-2.0
package dev.waltap.monitor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.waltap.api.CaptureMetrics;
import dev.waltap.api.Position;
import dev.waltap.text.Plural;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Whether the process can still do its work, and whether it is ready, as an orchestrator asks. A
 * database that fails among many is no reason to kill the process with all the others: it is
 * healthy until none of its captures works any more. For any thread.
 */
final class Health {

  /** How many databases an answer lists; those that are the reason for it come first. */
  private static final int MAX_LISTED = 1000;

  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;

  private final Monitor monitor;
  private final LagBound bound;

  /**
   * An answer.
   *
   * @param status of HTTP
   * @param body JSON
   */
  record Answer(int status, String body) {}

  Health(Monitor monitor, LagBound bound) {
    this.monitor = monitor;
    this.bound = bound;
  }

  /**
   * Whether the process can still do its work: restarting it is what helps if not.
   *
   * @param details whether whoever asks may know of the databases
   */
  Answer health(boolean details) {
    List<MonitoredDatabase> databases = monitor.databases();
    List<String> problems = new ArrayList<>();
    if (!databases.isEmpty()
        && databases.stream().noneMatch(each -> each.status().state().isWorking())) {
      problems.add("no capture works any more");
    }
    if (ManagementFactory.getThreadMXBean().findDeadlockedThreads() != null) {
      problems.add("threads wait for each other for ever");
    }
    return answer(
        problems, databases, each -> !each.status().state().isWorking(), "ok", "failed", details);
  }

  /**
   * Whether every capture is ready and within the bound.
   *
   * @param details whether whoever asks may know of the databases
   */
  Answer ready(boolean details) {
    List<MonitoredDatabase> databases = monitor.databases();
    List<String> problems = new ArrayList<>();
    if (monitor.looksForDatabases()) {
      problems.add("databases are still being looked for and opened");
    }
    int lost = monitor.lostDirectories();
    if (lost > 0) {
      problems.add(
          lost == 1
              ? "a directory of databases can't be searched any more"
              : lost + " directories of databases can't be searched any more");
    }
    long waiting = databases.stream().filter(Health::isNotReady).count();
    if (waiting > 0) {
      problems.add(
          waiting + " of " + databases.size() + " captures " + Plural.be(waiting) + " not ready");
    }
    long late = databases.stream().filter(this::isLate).count();
    if (late > 0) {
      problems.add(
          late + " of " + databases.size() + " captures " + Plural.be(late) + " too far behind");
    }
    return answer(
        problems, databases, each -> isNotReady(each) || isLate(each), "ready", "waiting", details);
  }

  private static boolean isNotReady(MonitoredDatabase database) {
    return !database.status().state().isReady();
  }

  private boolean isLate(MonitoredDatabase database) {
    return !bound.equals(LagBound.NONE) && bound.isExceededBy(database.metrics());
  }

  private static Answer answer(
      List<String> problems,
      List<MonitoredDatabase> databases,
      Predicate<MonitoredDatabase> blamed,
      String good,
      String bad,
      boolean details) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("status", problems.isEmpty() ? good : bad);
      json.writeArrayFieldStart("problems");
      for (String problem : problems) {
        json.writeString(problem);
      }
      json.writeEndArray();
      if (details) {
        list(json, databases, blamed);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Answer(problems.isEmpty() ? OK : UNAVAILABLE, text.append('\n').toString());
  }

  private static void list(
      JsonGenerator json, List<MonitoredDatabase> databases, Predicate<MonitoredDatabase> blamed)
      throws IOException {
    List<MonitoredDatabase> sorted = new ArrayList<>();
    databases.stream().filter(blamed).forEach(sorted::add);
    databases.stream().filter(blamed.negate()).forEach(sorted::add);
    int listed = Math.min(MAX_LISTED, sorted.size());
    json.writeObjectFieldStart("databases");
    for (MonitoredDatabase database : sorted.subList(0, listed)) {
      json.writeObjectFieldStart(database.name());
      write(json, database);
      json.writeEndObject();
    }
    json.writeEndObject();
    json.writeNumberField("databases_left_out", sorted.size() - listed);
  }

  private static void write(JsonGenerator json, MonitoredDatabase database) throws IOException {
    MonitoredDatabase.Status status = database.status();
    CaptureMetrics metrics = database.metrics();
    Position position = metrics.position();
    json.writeStringField("state", status.state().word());
    json.writeStringField("since", status.since().toString());
    json.writeStringField("why", status.why());
    json.writeStringField("position", position == null ? null : position.toString());
    json.writeNumberField("lag_seconds", metrics.lag().toNanos() / 1e9);
    json.writeNumberField("lag_transactions", metrics.lagTransactions());
    json.writeNumberField("wal_bytes", metrics.walBytes());
    json.writeNumberField("warnings", database.warnings());
    json.writeStringField("last_warning", database.lastWarning());
  }
}
