// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.output.ClientOutput;
import dev.waltap.output.OutputProvider;
import dev.waltap.output.OutputRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How changes go to brokers; what does it is in jars of their own. */
final class ClientOptions {

  private static final String KAFKA = "kafka";

  /** The jars, by what addresses begin with. */
  private static final Map<String, String> JARS =
      Map.of(
          KAFKA,
          "waltap-kafka.jar",
          "nats",
          "waltap-sinks.jar",
          "nats+tls",
          "waltap-sinks.jar",
          "redis",
          "waltap-sinks.jar",
          "rediss",
          "waltap-sinks.jar");

  @Option(
      names = "--topic",
      paramLabel = "PATTERN",
      description =
          "For Kafka, NATS and Redis: the topic, subject or stream of a table's changes; {database}"
              + " and {table} stand for their names ({database}.{table}).")
  private @Nullable String topic;

  @Option(
      names = "--kafka-config",
      paramLabel = "FILE",
      description =
          "For Kafka: properties of the client, as for TLS and SASL; what they hold is never"
              + " shown.")
  private @Nullable Path config;

  static boolean isAddress(String output) {
    return JARS.containsKey(scheme(output));
  }

  static boolean isKafka(String output) {
    return scheme(output).equals(KAFKA);
  }

  private static String scheme(String output) {
    int colon = output.indexOf(':');
    return colon < 0 ? "" : output.substring(0, colon).toLowerCase(Locale.ROOT);
  }

  /**
   * Refuses options on the command line that would do nothing.
   *
   * @param clients whether there is any such output
   * @param kafka whether Kafka is one of them
   */
  void refuseFor(ShellCommand command, boolean clients, boolean kafka) {
    if (!clients && command.isTyped("--topic")) {
      throw command.usage(
          "--topic is for Kafka, NATS and Redis: give --output kafka://HOST:PORT and the like");
    }
    if (!kafka && command.isTyped("--kafka-config")) {
      throw command.usage("--kafka-config is for Kafka: give --output kafka://HOST:PORT");
    }
  }

  /**
   * An output for this address, which connects to nothing yet.
   *
   * @param database what the changes' source is called
   * @param attempts says how long they may take, how many, and whom to trust
   * @throws IllegalArgumentException for an address or option that can't be right
   * @throws IOException if there is no such output, or a file that is named can't be used
   */
  ClientOutput prepare(
      String address, String database, FormatOptions format, HttpOptions attempts, Console console)
      throws IOException {
    return provider(scheme(address))
        .prepare(
            new OutputRequest(
                address,
                database,
                format.messages(),
                format.isDebezium(),
                topic,
                attempts.tls(),
                config,
                attempts.timeout(),
                attempts.maxRetries(),
                console::outputWarning,
                console::hide));
  }

  private static OutputProvider provider(String scheme) throws IOException {
    for (OutputProvider provider :
        ServiceLoader.load(OutputProvider.class, OutputProvider.class.getClassLoader())) {
      if (provider.schemes().contains(scheme)) {
        return provider;
      }
    }
    throw new IOException(
        "--output "
            + scheme
            + ":// needs "
            + JARS.get(scheme)
            + ", which is not there: put it into the same directory as waltap.jar");
  }
}
