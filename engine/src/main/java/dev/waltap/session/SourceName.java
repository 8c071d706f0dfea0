// SPDX-License-Identifier: Apache-2.0
package dev.waltap.session;

import dev.waltap.api.CaptureOptions;
import dev.waltap.api.Source;
import dev.waltap.io.FileNames;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the changes of a session come from: the stream of its state, of which there is one before
 * anything is emitted, or one of this run without state. For the capture thread.
 */
final class SourceName implements Supplier<Source> {
  private final String database;
  private final Supplier<@Nullable DurableState> state;
  private @Nullable Source known;

  SourceName(CaptureOptions options, Supplier<@Nullable DurableState> state) {
    this.database = of(options);
    this.state = state;
  }

  /** What the database is called in changes. */
  static String of(CaptureOptions options) {
    String name = options.sourceName();
    return name != null ? name : FileNames.lastName(options.database());
  }

  @Override
  public Source get() {
    Source source = known;
    if (source == null) {
      DurableState durable = state.get();
      String stream =
          durable != null && durable.exists()
              ? durable.store().stream()
              : UUID.randomUUID().toString();
      source = new Source(database, stream);
      known = source;
    }
    return source;
  }
}
