// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import dev.waltap.handler.Secrets;
import dev.waltap.io.FileNames;
import dev.waltap.output.OutputRequest;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Addresses, bounds and what the client gets. Immutable.
 *
 * @param servers HOST:PORT, several with commas between
 * @param client properties of producer, consumer and admin client alike
 * @param own properties of this output, {@code waltap.…}
 * @param timeout how long an attempt may take
 * @param maxRetries in a row; {@link Integer#MAX_VALUE} for without end
 * @param secrets what no message may show
 */
record KafkaSettings(
    String servers,
    Map<String, Object> client,
    Map<String, String> own,
    Duration timeout,
    int maxRetries,
    Secrets secrets) {

  /** What this output sets by itself: exactly once depends on it. */
  private static final Set<String> RESERVED =
      Set.of(
          "bootstrap.servers",
          "transactional.id",
          "enable.idempotence",
          "acks",
          "key.serializer",
          "value.serializer",
          "key.deserializer",
          "value.deserializer",
          "isolation.level",
          "group.id");

  private static final String OWN = "waltap.";
  private static final String POSITIONS = "waltap.positions.topic";
  private static final String MAX_BYTES = "waltap.transaction.max.bytes";
  private static final String PARTITIONS = "waltap.topic.partitions";
  private static final String REPLICATION = "waltap.topic.replication.factor";
  private static final Set<String> ALL_OWN = Set.of(POSITIONS, MAX_BYTES, PARTITIONS, REPLICATION);

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Pattern SERVER =
      Pattern.compile("(\\[[0-9A-Fa-f:.%]+]|[^:/\\[\\]@\\s]+)(:\\d{1,5})?");
  private static final Pattern SECRET =
      Pattern.compile(".*(password|secret|jaas|token|credential|\\.key$|keystore\\.key).*");

  /** An option of a login module. */
  private static final Pattern QUOTED = Pattern.compile("(?:(\\w+)\\s*=\\s*)?[\"']([^\"']+)[\"']");

  /**
   * Reads address and file.
   *
   * @throws IllegalArgumentException for what can't be right
   * @throws IOException if the file can't be read
   */
  static KafkaSettings of(OutputRequest request) throws IOException {
    Map<String, Object> client = new HashMap<>();
    Map<String, String> own = new HashMap<>();
    List<String> secrets = new ArrayList<>();
    Path file = request.config();
    if (file != null) {
      Properties properties = load(file);
      for (String name : properties.stringPropertyNames()) {
        String value = properties.getProperty(name);
        check(name, file);
        if (name.startsWith(OWN)) {
          own.put(name, value);
        } else {
          client.put(name, value);
        }
        hide(name, value, secrets);
      }
    }
    Duration timeout = request.timeout();
    Integer retries = request.maxRetries();
    KafkaSettings settings =
        new KafkaSettings(
            servers(request.address()),
            Map.copyOf(client),
            Map.copyOf(own),
            timeout == null ? TIMEOUT : timeout,
            retries == null ? Integer.MAX_VALUE : retries,
            Secrets.of(secrets));
    settings.requireNumbers();
    return settings;
  }

  private void requireNumbers() {
    Short replication = replication();
    boolean noReplica = replication != null && replication < 1;
    if (maxTransactionBytes() < 1 || partitions() < 1 || noReplica) {
      throw new IllegalArgumentException(
          String.join(", ", MAX_BYTES, PARTITIONS, REPLICATION) + " must be more than zero");
    }
  }

  private static void check(String name, Path file) {
    String in = "in " + FileNames.text(file) + ", " + name;
    if (RESERVED.contains(name)) {
      throw new IllegalArgumentException(in + " is set by Waltap itself: remove it");
    }
    if (name.startsWith(OWN) && !ALL_OWN.contains(name)) {
      throw new IllegalArgumentException(
          in + " is not known; there are " + String.join(", ", ALL_OWN.stream().sorted().toList()));
    }
  }

  private static void hide(String name, String value, List<String> secrets) {
    if (SECRET.matcher(name.toLowerCase(Locale.ROOT)).matches()) {
      secrets.add(value);
      Matcher quoted = QUOTED.matcher(value);
      while (quoted.find()) {
        if (!"username".equals(quoted.group(1))) {
          secrets.add(quoted.group(2));
        }
      }
    }
  }

  private static Properties load(Path file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no file of Kafka properties " + FileNames.text(file), e);
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(
          "can't read the Kafka properties in " + FileNames.text(file) + ": " + e.getMessage(), e);
    }
    return properties;
  }

  /** HOST:PORT of each; the usual port where none is given. */
  static String servers(String address) {
    String list = address.replaceFirst("^[^:]*:(//)?", "").replaceFirst("/$", "");
    List<String> servers = new ArrayList<>();
    for (String server : list.split(",", -1)) {
      Matcher parts = SERVER.matcher(server);
      if (!parts.matches()) {
        throw new IllegalArgumentException(
            "--output kafka:// takes HOST:PORT, several with commas between; user and password go"
                + " into a file, --kafka-config");
      }
      servers.add(parts.group(2) == null ? server + ":9092" : server);
    }
    return String.join(",", servers);
  }

  /** Where positions are. */
  String positionsTopic() {
    return own.getOrDefault(POSITIONS, "waltap-positions");
  }

  /** Bytes of keys and values past which a Kafka transaction ends within a transaction. */
  long maxTransactionBytes() {
    return number(MAX_BYTES, 32L << 20);
  }

  /** Partitions of a topic that is made. */
  int partitions() {
    return (int) number(PARTITIONS, 1);
  }

  /** Replicas of a topic that is made; null for the brokers' own default. */
  @Nullable Short replication() {
    long number = number(REPLICATION, -1);
    return number < 0 ? null : (short) number;
  }

  private long number(String name, long usual) {
    String text = own.get(name);
    try {
      return text == null ? usual : Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " must be a number", e);
    }
  }

  /** Of producer, consumer and admin client, on top of these. */
  Map<String, Object> with(Map<String, Object> more) {
    Map<String, Object> all = new HashMap<>();
    all.put("client.id", "waltap");
    all.put("request.timeout.ms", (int) Math.max(1_000, timeout.toMillis() / 2));
    all.put("reconnect.backoff.max.ms", 1_000L);
    all.put("socket.connection.setup.timeout.ms", Math.max(1_000, timeout.toMillis() / 2));
    all.putAll(more);
    all.putAll(client);
    all.put("bootstrap.servers", servers);
    return all;
  }
}
