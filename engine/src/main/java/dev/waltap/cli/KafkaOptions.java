// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.message.MessageFormat;
import dev.waltap.output.OutputProvider;
import dev.waltap.output.OutputRequest;
import dev.waltap.output.StreamOutput;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How changes go to Kafka; what does it is in a jar of its own. */
final class KafkaOptions {

  private static final String SCHEME = "kafka";
  private static final String JAR = "waltap-kafka.jar";

  @Option(
      names = "--topic",
      paramLabel = "PATTERN",
      description =
          "For Kafka: the topic of a table's changes; {database} and {table} stand for their names"
              + " ({database}.{table}).")
  private @Nullable String topic;

  @Option(
      names = "--kafka-config",
      paramLabel = "FILE",
      description =
          "For Kafka: properties of the client, as for TLS and SASL; what they hold is never"
              + " shown.")
  private @Nullable Path config;

  static boolean isAddress(String output) {
    return output.toLowerCase(Locale.ROOT).startsWith(SCHEME + ":");
  }

  /** Refuses options on the command line that would do nothing. */
  void refuseFor(ShellCommand command) {
    for (String name : List.of("--topic", "--kafka-config")) {
      if (command.isTyped(name)) {
        throw command.usage(name + " is for Kafka: give --output kafka://HOST:PORT");
      }
    }
  }

  /**
   * An output for this address, which connects to nothing yet.
   *
   * @param database what the changes' source is called
   * @param schemaApart whether messages about schemas have a topic of their own
   * @throws IllegalArgumentException for an address or option that can't be right
   * @throws IOException if there is no such output, or a file that is named can't be used
   */
  StreamOutput prepare(
      String address,
      String database,
      MessageFormat format,
      boolean schemaApart,
      @Nullable Duration timeout,
      @Nullable Integer maxRetries,
      Console console)
      throws IOException {
    return provider()
        .prepare(
            new OutputRequest(
                address,
                database,
                format,
                schemaApart,
                topic,
                config,
                timeout,
                maxRetries,
                console::warning,
                console::hide));
  }

  private static OutputProvider provider() throws IOException {
    for (OutputProvider provider :
        ServiceLoader.load(OutputProvider.class, OutputProvider.class.getClassLoader())) {
      if (provider.scheme().equals(SCHEME)) {
        return provider;
      }
    }
    throw new IOException(
        "--output kafka:// needs "
            + JAR
            + ", which is not there: put it into the same directory as waltap.jar");
  }
}
