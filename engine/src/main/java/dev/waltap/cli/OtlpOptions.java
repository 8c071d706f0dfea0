// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * How metrics are sent to OpenTelemetry. What does it is in a jar of its own; no method here names
 * it, or the parser of the command line would load it to look at that method.
 */
final class OtlpOptions {
  private static final String ADDRESS = "--otlp";
  private static final String INTERVAL = "--otlp-interval";
  private static final String PATH = "/v1/metrics";

  @Option(
      names = ADDRESS,
      paramLabel = "URL",
      description =
          "Send the metrics to this receiver of OpenTelemetry, by OTLP over HTTP, as"
              + " http://localhost:4318; see 'waltap help monitoring'.")
  private @Nullable String address;

  @Option(names = INTERVAL, paramLabel = "TIME", description = "How often metrics are sent (60s).")
  private Duration interval = Duration.ofMinutes(1);

  /** Whether metrics are to be sent. */
  boolean isGiven() {
    return address != null;
  }

  /** Refuses what can't be right, before anything is opened. */
  void check(ShellCommand command) {
    if (address == null) {
      if (command.isTyped(INTERVAL)) {
        throw command.usage(INTERVAL + " is for --otlp: give the receiver's URL, too");
      }
      return;
    }
    if (interval.compareTo(Duration.ofSeconds(1)) < 0) {
      throw command.usage(INTERVAL + " must be 1s or more");
    }
    try {
      uri(address);
    } catch (URISyntaxException e) {
      throw command.usage(
          ADDRESS
              + " needs the URL of a receiver, http://HOST:PORT or https://HOST:PORT, without user"
              + " and password: what it asks for is sent as headers, which the environment variable"
              + " OTEL_EXPORTER_OTLP_HEADERS names");
    }
  }

  private static URI uri(String text) throws URISyntaxException {
    URI uri = new URI(text);
    String scheme = uri.getScheme();
    boolean http = "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
    if (!http || uri.getHost() == null || uri.getUserInfo() != null) {
      throw new URISyntaxException(text, "not the URL of a receiver");
    }
    String path = uri.getPath();
    return path == null || path.isEmpty() || path.equals("/") ? uri.resolve(PATH) : uri;
  }

  /** Where to; only if it is given. */
  URI receiver() {
    try {
      return uri(String.valueOf(address));
    } catch (URISyntaxException e) {
      throw new IllegalStateException("it was checked before", e);
    }
  }

  /** How often. */
  Duration interval() {
    return interval;
  }
}
