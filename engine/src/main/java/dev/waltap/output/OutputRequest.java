// SPDX-License-Identifier: Apache-2.0
package dev.waltap.output;

import dev.waltap.handler.Secrets;
import dev.waltap.message.MessageFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for.
 *
 * @param address all of it, with the scheme
 * @param database what the changes' source is called
 * @param format what the messages are
 * @param schemaApart whether messages about schemas go to a topic of their own, rather than to that
 *     of their table
 * @param topic the pattern of topics' names; null for the usual one
 * @param tls whom to trust, and who we are, where the address asks for TLS and the client is not
 *     configured so otherwise; null for the Java installation's own
 * @param config a file of the client's own properties; null for none
 * @param timeout how long an attempt may take; null for the usual time
 * @param maxRetries how often what may pass is tried again in a row, {@link Integer#MAX_VALUE} for
 *     without end; null for the usual number
 * @param warnings gets a line when retries begin, now and then while they last, and when they are
 *     over; and whatever else is worth a line
 * @param hide gets what must not be shown
 */
public record OutputRequest(
    String address,
    String database,
    MessageFormat format,
    boolean schemaApart,
    @Nullable String topic,
    @Nullable SSLContext tls,
    @Nullable Path config,
    @Nullable Duration timeout,
    @Nullable Integer maxRetries,
    Consumer<String> warnings,
    Consumer<Secrets> hide) {

  /** One without TLS of its own. */
  public OutputRequest(
      String address,
      String database,
      MessageFormat format,
      boolean schemaApart,
      @Nullable String topic,
      @Nullable Path config,
      @Nullable Duration timeout,
      @Nullable Integer maxRetries,
      Consumer<String> warnings,
      Consumer<Secrets> hide) {
    this(
        address,
        database,
        format,
        schemaApart,
        topic,
        null,
        config,
        timeout,
        maxRetries,
        warnings,
        hide);
  }
}
