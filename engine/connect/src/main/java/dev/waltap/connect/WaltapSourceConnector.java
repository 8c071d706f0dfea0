// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.ConnectorTransactionBoundaries;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Captures SQLite databases of the worker's host, in Debezium's messages. */
public final class WaltapSourceConnector extends SourceConnector {
  private static final Logger LOG = LoggerFactory.getLogger("dev.waltap");

  /** Files of the directory that were refused, so that each is said once. */
  private final Set<String> said = new HashSet<>();

  private Map<String, String> properties = Map.of();
  private @Nullable ConnectSettings settings;
  private @Nullable DirectoryWatch watch;

  /** For {@link java.util.ServiceLoader}. */
  public WaltapSourceConnector() {}

  @Override
  public String version() {
    return Version.number();
  }

  @Override
  public ConfigDef config() {
    return Options.definition(true);
  }

  @Override
  public Config validate(Map<String, String> connectorConfigs) {
    Config config = super.validate(connectorConfigs);
    boolean fit = config.configValues().stream().allMatch(each -> each.errorMessages().isEmpty());
    if (fit) {
      ConnectSettings given = new ConnectSettings(connectorConfigs);
      String complaint = Databases.complaint(given, given.databases());
      if (complaint != null) {
        value(config, Options.DATABASES).addErrorMessage(complaint);
      }
    }
    return config;
  }

  private static ConfigValue value(Config config, String name) {
    return config.configValues().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void start(Map<String, String> props) {
    properties = new HashMap<>(props);
    ConnectSettings given = new ConnectSettings(props);
    String complaint = Databases.complaint(given, given.databases());
    if (complaint != null) {
      throw new ConfigException(complaint);
    }
    settings = given;
    if (!given.directory().isEmpty()) {
      watch =
          new DirectoryWatch(
              () -> Databases.list(given, this::refuse),
              given.directoryPollMillis(),
              () -> context.requestTaskReconfiguration());
    }
  }

  private synchronized void refuse(String file, String why) {
    if (said.add(file + why)) {
      LOG.warn("left out: {}", why);
    }
  }

  @Override
  public Class<? extends Task> taskClass() {
    return WaltapSourceTask.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    ConnectSettings given = settings;
    if (given == null) {
      throw new ConnectException("the connector has not been started");
    }
    List<Map<String, String>> configs = new ArrayList<>();
    for (List<String> each : Databases.deal(Databases.list(given, this::refuse), maxTasks)) {
      Map<String, String> config = new HashMap<>(properties);
      config.put(WaltapSourceTask.DATABASES, String.join("\n", each));
      configs.add(config);
    }
    return configs;
  }

  @Override
  public void stop() {
    if (watch != null) {
      watch.close();
    }
  }

  /**
   * Only with transactions by the connector: others would be committed in the middle of those of
   * the database, or not at all where a transform drops all their records.
   */
  @Override
  public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> connectorConfig) {
    return "connector".equalsIgnoreCase(connectorConfig.get("transaction.boundary"))
        ? ExactlyOnceSupport.SUPPORTED
        : ExactlyOnceSupport.UNSUPPORTED;
  }

  @Override
  public ConnectorTransactionBoundaries canDefineTransactionBoundaries(
      Map<String, String> connectorConfig) {
    return ConnectorTransactionBoundaries.SUPPORTED;
  }

  @Override
  public boolean alterOffsets(
      Map<String, String> connectorConfig, Map<Map<String, ?>, Map<String, ?>> offsets) {
    offsets.forEach(StreamOffset::check);
    return true;
  }
}
