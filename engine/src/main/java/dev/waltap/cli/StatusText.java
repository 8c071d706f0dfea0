// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.Position;
import dev.waltap.attach.CommitsAtRisk;
import dev.waltap.host.Processes;
import dev.waltap.inspect.CaptureStatus;
import dev.waltap.inspect.LogLag;
import dev.waltap.inspect.LogReaders;
import dev.waltap.state.StateLock;
import dev.waltap.state.StateStatus;
import dev.waltap.text.Plural;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A status as lines for people. Stateless. */
final class StatusText {
  private StatusText() {}

  /** All lines, each with its LF. */
  static String of(CaptureStatus status, Instant now) {
    StateStatus state = status.state();
    LogLag lag = status.lag();
    StringBuilder text = new StringBuilder();
    line(text, "state", state.directory().toString());
    line(text, "database", state.database().path().toString());
    line(text, "stream", state.stream());
    line(text, "set up", state.created().toString());
    line(text, "saved position", position(state));
    line(text, "last saved", time(Duration.between(state.savedAt(), now)) + " ago");
    line(text, "behind", behind(status, now));
    line(text, "WAL", size(lag.walBytes()));
    if (!status.readers().isEmpty()) {
      line(text, "WAL kept by", readers(status.readers(), state.holder()));
    }
    if (lag.atRisk() > 0) {
      line(text, "at risk", Plural.of(lag.atRisk(), "commit") + ": " + CommitsAtRisk.WHAT);
      line(text, "", CommitsAtRisk.ADVICE);
    }
    line(
        text,
        "page set",
        Plural.of(state.pages(), "page")
            + " of "
            + state.pageSize()
            + " bytes ("
            + size(state.pages() * state.pageSize())
            + "), as of "
            + end(state.base().position()));
    line(
        text,
        "journal",
        Plural.of(state.journalEntries(), "transaction")
            + " ("
            + size(state.journalBytes())
            + "), up to "
            + end(state.end().position()));
    line(text, "on disk", size(state.fileBytes()));
    StateLock.Holder holder = state.holder();
    line(text, "held by", holder == null ? heldBelow(state.fleet()) : holder.toString());
    return text.toString();
  }

  /** Who captures a database whose state nobody holds. */
  private static String heldBelow(StateLock.@Nullable Holder fleet) {
    return fleet == null ? "nobody: no capture runs" : "parked, " + fleet;
  }

  /** How far behind, in one clause. */
  static String behind(CaptureStatus status, Instant now) {
    LogLag lag = status.lag();
    long journalled = status.state().undelivered().transactions();
    String first =
        journalled == 0 ? "" : Plural.of(journalled, "transaction") + " in the journal; ";
    String wal =
        switch (lag.kind()) {
          case CONTINUES ->
              lag.frames() == 0
                  ? "nothing new in the WAL"
                  : Plural.of(lag.transactions(), "transaction")
                      + " in the WAL ("
                      + Plural.of(lag.frames(), "frame")
                      + ", "
                      + size(lag.bytes())
                      + "), to be emitted one by one";
          case REUSED -> "the WAL was reused since: net changes will be emitted";
          case NO_WAL ->
              status.mayHaveChanged()
                  ? "not known: there is no WAL, and the database was written to since; what"
                      + " changed, if anything, will be emitted as net changes"
                  : "there is no WAL, and nothing was written since";
          case NO_DATABASE -> "the database is not there";
        };
    Duration age = status.age(now);
    return first + wal + (age.isZero() ? "" : "; undelivered for " + time(age));
  }

  private static String readers(
      List<LogReaders.Reader> readers, StateLock.@Nullable Holder holder) {
    return readers.stream()
        .map(
            reader ->
                (holder != null && holder.pid() == reader.process()
                        ? "this capture, process " + reader.process()
                        : Processes.describe(reader.process()))
                    + ", which reads up to frame "
                    + reader.frame())
        .collect(Collectors.joining("; "));
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(
        String.format(Locale.ROOT, "%-15s %s%n", name.isEmpty() ? "" : name + ":", value)
            .replace("\r\n", "\n"));
  }

  private static String position(StateStatus state) {
    Position acknowledged = state.acknowledged();
    return acknowledged == null ? "none: nothing was delivered yet" : acknowledged.toString();
  }

  private static String end(Position position) {
    return position.epoch() + ":" + position.frame();
  }

  static String time(Duration time) {
    long seconds = Math.max(0, time.toSeconds());
    if (seconds < 120) {
      return Plural.of(seconds, "second");
    }
    long minutes = seconds / 60;
    if (minutes < 120) {
      return Plural.of(minutes, "minute");
    }
    long hours = minutes / 60;
    return hours < 48 ? Plural.of(hours, "hour") : Plural.of(hours / 24, "day");
  }

  private static String size(long bytes) {
    String[] units = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0 ? bytes + " bytes" : String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
  }
}
