// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.waltap.api.CaptureException;
import dev.waltap.fleet.FoundDatabase;
import dev.waltap.host.Reasons;
import dev.waltap.inspect.CaptureStatus;
import dev.waltap.io.FileNames;
import dev.waltap.state.StateDirectory;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the capture of one of several databases stands.
 *
 * @param state where its state is, or would be; null if it would have none
 * @param exists whether there is a state
 * @param status null if it is not known
 * @param problem why it is not known, and what to do; empty if it is
 */
record MemberStatus(
    FoundDatabase found,
    @Nullable Path state,
    boolean exists,
    @Nullable CaptureStatus status,
    String problem) {

  /** Looks at a database and its state. */
  static MemberStatus of(FoundDatabase found, @Nullable Path state) {
    if (state == null || !StateDirectory.at(state).exists()) {
      return new MemberStatus(
          found,
          state,
          false,
          null,
          "there is no state"
              + (state == null ? "" : " in " + FileNames.text(state))
              + ": run a capture with --state, or 'waltap setup', or check --state");
    }
    try {
      return new MemberStatus(
          found, state, true, CaptureStatus.of(found.file(), StateDirectory.at(state)), "");
    } catch (CaptureException e) {
      return new MemberStatus(found, state, true, null, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return new MemberStatus(
          found,
          state,
          true,
          null,
          "its WAL can't be read: " + Reasons.of(e) + ": check who may read it");
    }
  }

  /** The same as it is now. */
  MemberStatus again() {
    return of(found, state);
  }

  /** As people know it: its path below the directory, or as it was named. */
  String name() {
    Path below = found.below();
    return FileNames.text(below == null ? found.file() : below);
  }

  /** A line of JSON for each. */
  static String json(List<MemberStatus> all, Instant now) {
    StringBuilder lines = new StringBuilder();
    for (MemberStatus each : all) {
      CaptureStatus known = each.status;
      lines.append(known == null ? each.unknown() : StatusJson.of(known, now));
    }
    return lines.toString();
  }

  private String unknown() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("database", FileNames.text(found.real()));
      json.writeStringField("state", state == null ? null : FileNames.text(state));
      json.writeStringField("problem", problem);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.append('\n').toString();
  }
}
