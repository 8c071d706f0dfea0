// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import dev.waltap.api.CaptureOptions;
import dev.waltap.message.TopicNames;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.CaseInsensitiveValidString;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.jspecify.annotations.Nullable;

/** The options of a connector. Those that Debezium's connectors have are called as there. */
final class Options {
  static final String DATABASES = "databases";
  static final String DIRECTORY = "directory";
  static final String MATCH = "match";
  static final String DIRECTORY_POLL = "directory.poll.ms";
  static final String SOURCE_NAME = "source.name";
  static final String STATE_ROOT = "state.dir";
  static final String STATE_WAIT = "state.wait.ms";
  static final String TABLES = "tables";
  static final String EXCLUDE_TABLES = "exclude.tables";
  static final String EXCLUDE_COLUMNS = "exclude.columns";
  static final String SNAPSHOT_MODE = "snapshot.mode";
  static final String ON_GAP = "on.gap";
  static final String GUARD = "guard";
  static final String WAL_LIMIT = "wal.limit.bytes";
  static final String TOPIC = "topic";
  static final String BLOBS = "blobs";
  static final String TYPE_MISMATCH = "type.mismatch";
  static final String SCHEMA_CHANGES = "include.schema.changes";
  static final String TRANSACTION_METADATA = "provide.transaction.metadata";
  static final String TOMBSTONES = "tombstones.on.delete";
  static final String SCHEMA_NAMES = "schema.name.adjustment.mode";
  static final String FIELD_NAMES = "field.name.adjustment.mode";
  static final String MAX_BATCH = "max.batch.size";
  static final String MAX_TRANSACTION_BYTES = "transaction.max.bytes";
  static final String MAX_TRANSACTION_TIME = "transaction.max.ms";
  static final String HEARTBEAT = "heartbeat.interval.ms";
  static final String HEARTBEAT_PREFIX = "topic.heartbeat.prefix";

  private final ConfigDef definition = new ConfigDef();
  private String group = "";
  private int order;

  private Options() {}

  /**
   * All of them.
   *
   * @param looking whether the databases are looked at, as for a person who sets up a connector
   */
  static ConfigDef definition(boolean looking) {
    Options options = new Options();
    options.databases(looking ? new DatabaseValidator() : null);
    options.capture();
    options.messages();
    options.delivery();
    return options.definition;
  }

  private void databases(ConfigDef.@Nullable Validator databases) {
    begin("Databases");
    add(
        DATABASES,
        ConfigDef.Type.LIST,
        List.of(),
        databases,
        Importance.HIGH,
        "The database files, with commas between; of this host, in WAL mode. Each is captured by"
            + " one task.");
    add(
        DIRECTORY,
        ConfigDef.Type.STRING,
        "",
        null,
        Importance.HIGH,
        "Instead: a directory, all of whose databases are captured; those that come later, too.");
    add(
        MATCH,
        ConfigDef.Type.STRING,
        "*.db",
        new GlobValidator(),
        Importance.MEDIUM,
        "Which files of the directory, by a glob.");
    add(
        DIRECTORY_POLL,
        ConfigDef.Type.LONG,
        10_000L,
        Range.atLeast(100),
        Importance.LOW,
        "How often the directory is looked at for databases that came or went, in milliseconds.");
    add(
        SOURCE_NAME,
        ConfigDef.Type.STRING,
        "",
        null,
        Importance.MEDIUM,
        "What the one database is called in topics, messages and offsets (its file's name).");
    add(
        STATE_ROOT,
        ConfigDef.Type.STRING,
        "",
        null,
        Importance.MEDIUM,
        "Where the state of each database is kept, as NAME-waltap (beside the database). It is made"
            + " if it is not there; without it, history is lost at every restart.");
    add(
        STATE_WAIT,
        ConfigDef.Type.LONG,
        60_000L,
        Range.atLeast(0),
        Importance.LOW,
        "How long a task waits, in milliseconds, for the state that another one still holds, as"
            + " after a rebalance.");
  }

  private void capture() {
    begin("Capture");
    add(
        TABLES,
        ConfigDef.Type.LIST,
        List.of(),
        null,
        Importance.MEDIUM,
        "The tables to capture, by globs (all ordinary tables).");
    add(
        EXCLUDE_TABLES,
        ConfigDef.Type.LIST,
        List.of(),
        null,
        Importance.MEDIUM,
        "The tables to leave out, by globs.");
    add(
        EXCLUDE_COLUMNS,
        ConfigDef.Type.LIST,
        List.of(),
        null,
        Importance.MEDIUM,
        "The columns to leave out, by globs TABLE.COLUMN; never key columns.");
    add(
        SNAPSHOT_MODE,
        ConfigDef.Type.STRING,
        "initial",
        CaseInsensitiveValidString.in("initial", "when_needed", "no_data"),
        Importance.HIGH,
        "Which rows are sent that are there already: all of them at first (initial), whenever"
            + " history was lost as well (when_needed), or none (no_data).");
    add(
        ON_GAP,
        ConfigDef.Type.STRING,
        "reconcile",
        CaseInsensitiveValidString.in("reconcile", "bootstrap", "fail"),
        Importance.MEDIUM,
        "When history was lost: send the net changes, start over, or fail.");
    add(
        GUARD,
        ConfigDef.Type.STRING,
        "adaptive",
        CaseInsensitiveValidString.in("adaptive", "always", "never"),
        Importance.LOW,
        "When to hold a read transaction so that no history can be lost: only where the application"
            + " does not notice, always at the writer's cost, or never.");
    add(
        WAL_LIMIT,
        ConfigDef.Type.LONG,
        CaptureOptions.DEFAULT_WAL_LIMIT,
        Range.atLeast(1),
        Importance.LOW,
        "The size of the WAL at which any read transaction is released.");
  }

  private void messages() {
    begin("Messages");
    add(
        TOPIC,
        ConfigDef.Type.STRING,
        TopicNames.USUAL,
        new TopicValidator(),
        Importance.HIGH,
        "The topic of a table's changes; {database} and {table} stand for their names.");
    add(
        BLOBS,
        ConfigDef.Type.STRING,
        "base64",
        CaseInsensitiveValidString.in("base64", "hex", "omit"),
        Importance.LOW,
        "How BLOBs appear: as bytes (which JSON shows in base64), as strings of hexadecimal digits,"
            + " or not at all.");
    add(
        TYPE_MISMATCH,
        ConfigDef.Type.STRING,
        "string",
        CaseInsensitiveValidString.in("string", "fail", "skip-field"),
        Importance.MEDIUM,
        "What becomes of a value that is not of its column's type: the field is a string in that"
            + " record, the task fails, or the field is left out.");
    add(
        SCHEMA_CHANGES,
        ConfigDef.Type.BOOLEAN,
        true,
        null,
        Importance.LOW,
        "Whether changes of schemas are sent, to the topic {database}.");
    add(
        TRANSACTION_METADATA,
        ConfigDef.Type.BOOLEAN,
        false,
        null,
        Importance.LOW,
        "Whether it is sent where transactions begin and end, to the topic {database}.transaction.");
    add(
        TOMBSTONES,
        ConfigDef.Type.BOOLEAN,
        true,
        null,
        Importance.LOW,
        "Whether a deletion is followed by a tombstone.");
    String names = "What becomes of names that Avro can't have: they stay, or have _ there.";
    ConfigDef.Validator modes = CaseInsensitiveValidString.in("none", "avro");
    add(SCHEMA_NAMES, ConfigDef.Type.STRING, "none", modes, Importance.LOW, "Of schemas. " + names);
    add(FIELD_NAMES, ConfigDef.Type.STRING, "none", modes, Importance.LOW, "Of fields. " + names);
  }

  private void delivery() {
    begin("Delivery");
    add(
        MAX_BATCH,
        ConfigDef.Type.INT,
        2048,
        Range.atLeast(1),
        Importance.LOW,
        "How many changes of a database may wait to be sent.");
    add(
        MAX_TRANSACTION_BYTES,
        ConfigDef.Type.LONG,
        32L << 20,
        Range.atLeast(1),
        Importance.LOW,
        "With exactly-once support: a transaction of the database with more bytes of records than"
            + " that, about, is split over several of Kafka's.");
    add(
        MAX_TRANSACTION_TIME,
        ConfigDef.Type.LONG,
        30_000L,
        Range.atLeast(1),
        Importance.LOW,
        "With exactly-once support: one that takes longer to send, in milliseconds, is split, too.");
    add(
        HEARTBEAT,
        ConfigDef.Type.LONG,
        0L,
        Range.atLeast(0),
        Importance.LOW,
        "After so many milliseconds without a record, a heartbeat is sent; 0 for never.");
    add(
        HEARTBEAT_PREFIX,
        ConfigDef.Type.STRING,
        "__waltap-heartbeat",
        null,
        Importance.LOW,
        "Heartbeats go to the topic PREFIX.{database}.");
  }

  private void begin(String name) {
    group = name;
    order = 0;
  }

  private void add(
      String name,
      ConfigDef.Type type,
      Object usual,
      ConfigDef.@Nullable Validator validator,
      Importance importance,
      String documentation) {
    definition.define(
        name,
        type,
        usual,
        validator,
        importance,
        documentation,
        group,
        ++order,
        type == ConfigDef.Type.LIST ? Width.LONG : Width.MEDIUM,
        name,
        Collections.emptyList());
  }
}
