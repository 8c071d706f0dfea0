// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import dev.waltap.CaptureBuilder;
import dev.waltap.Waltap;
import dev.waltap.api.GapPolicy;
import dev.waltap.api.GuardMode;
import dev.waltap.io.FileNames;
import dev.waltap.json.BlobFormat;
import dev.waltap.message.DebeziumOptions;
import dev.waltap.message.TopicNames;
import dev.waltap.message.TypeMismatch;
import dev.waltap.state.StateDirectory;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a connector, or a task of it, is configured with. Immutable. */
final class ConnectSettings {
  private static final Logger LOG = LoggerFactory.getLogger("dev.waltap");

  private final AbstractConfig config;

  /**
   * Reads options.
   *
   * @throws org.apache.kafka.common.config.ConfigException if one is not what it has to be
   */
  ConnectSettings(Map<String, String> properties) {
    this.config = new AbstractConfig(Options.definition(false), properties, false);
  }

  /** The databases that are named, as they are written. */
  List<String> databases() {
    return config.getList(Options.DATABASES);
  }

  /** The directory; empty for none. */
  String directory() {
    return config.getString(Options.DIRECTORY);
  }

  /** The glob of files in the directory. */
  String match() {
    return config.getString(Options.MATCH);
  }

  long directoryPollMillis() {
    return config.getLong(Options.DIRECTORY_POLL);
  }

  /** What a database is called in topics, messages and offsets. */
  String name(Path database) {
    String name = config.getString(Options.SOURCE_NAME);
    return name.isEmpty() ? FileNames.lastName(database) : name;
  }

  /** Whether the one database has a name of its own. */
  boolean isNamed() {
    return !config.getString(Options.SOURCE_NAME).isEmpty();
  }

  /** Where the state of a database is. */
  Path state(Path database) {
    String root = config.getString(Options.STATE_ROOT);
    if (root.isEmpty()) {
      return StateDirectory.pathFor(database);
    }
    String name = name(database).replace('/', '_');
    return FileNames.parse(root + "/" + name + "-waltap");
  }

  long stateWaitMillis() {
    return config.getLong(Options.STATE_WAIT);
  }

  SnapshotMode snapshotMode() {
    return SnapshotMode.of(config.getString(Options.SNAPSHOT_MODE));
  }

  /** What to do where history was lost. */
  GapPolicy onGap() {
    return snapshotMode() == SnapshotMode.WHEN_NEEDED
        ? GapPolicy.BOOTSTRAP
        : GapPolicy.valueOf(word(Options.ON_GAP));
  }

  /** How the changes of a database are captured, but for what takes them. */
  CaptureBuilder capture(Path database) {
    return Waltap.open(database)
        .stateDirectory(state(database))
        .sourceName(name(database))
        .tables(strings(Options.TABLES))
        .excludeTables(strings(Options.EXCLUDE_TABLES))
        .excludeColumns(strings(Options.EXCLUDE_COLUMNS))
        .schemaEvents(config.getBoolean(Options.SCHEMA_CHANGES))
        .onGap(onGap())
        .guard(GuardMode.valueOf(word(Options.GUARD)))
        .walLimit(config.getLong(Options.WAL_LIMIT))
        .batchSize(Math.min(256, maxBatch()));
  }

  private String[] strings(String option) {
    return config.getList(option).toArray(String[]::new);
  }

  private String word(String option) {
    return config.getString(option).toUpperCase(Locale.ROOT).replace('-', '_');
  }

  /** How changes become messages. */
  DebeziumOptions messages() {
    return new DebeziumOptions(
        Version.number(),
        BlobFormat.valueOf(word(Options.BLOBS)),
        TypeMismatch.valueOf(word(Options.TYPE_MISMATCH)),
        config.getBoolean(Options.TRANSACTION_METADATA));
  }

  /** Which topic messages of this database go to. */
  TopicNames topics(String database) {
    return new TopicNames(
        Options.TOPIC, config.getString(Options.TOPIC), database, true, LOG::warn);
  }

  /** Connect's schemas; for one thread. */
  ConnectSchemas schemas() {
    return new ConnectSchemas(
        NameAdjustment.of(config.getString(Options.SCHEMA_NAMES)),
        NameAdjustment.of(config.getString(Options.FIELD_NAMES)));
  }

  boolean tombstones() {
    return config.getBoolean(Options.TOMBSTONES);
  }

  int maxBatch() {
    return config.getInt(Options.MAX_BATCH);
  }

  long maxTransactionBytes() {
    return config.getLong(Options.MAX_TRANSACTION_BYTES);
  }

  long maxTransactionMillis() {
    return config.getLong(Options.MAX_TRANSACTION_TIME);
  }

  /** 0 for no heartbeats. */
  long heartbeatMillis() {
    return config.getLong(Options.HEARTBEAT);
  }

  /** Where heartbeats of this database go. */
  String heartbeatTopic(String database) {
    return config.getString(Options.HEARTBEAT_PREFIX) + "." + TopicNames.legal(database);
  }
}
