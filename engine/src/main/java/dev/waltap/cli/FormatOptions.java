// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.ChangesHandler;
import dev.waltap.file.JsonLinesHandler;
import dev.waltap.file.LineFormat;
import dev.waltap.file.TextHandler;
import dev.waltap.http.HttpBatch;
import dev.waltap.json.BlobFormat;
import dev.waltap.message.DebeziumMapping;
import dev.waltap.message.DebeziumMessages;
import dev.waltap.message.DebeziumOptions;
import dev.waltap.message.JsonMessages;
import dev.waltap.message.MessageBatches;
import dev.waltap.message.MessageFormat;
import dev.waltap.message.MessageLinesHandler;
import dev.waltap.message.MessageObjects;
import dev.waltap.message.SqlHandler;
import dev.waltap.message.TypeMismatch;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How events look. */
final class FormatOptions {

  @Option(
      names = "--format",
      paramLabel = "json|text|debezium|sql|changeset",
      description =
          "JSON lines, '<timestamp>: <table> <operation>', Debezium's messages, of which a line is"
              + " the value alone, statements that replay it, for standard output: | sqlite3"
              + " -bail -cmd '.dbconfig enable_trigger off' copy.db, or changesets of SQLite's"
              + " session extension, a file for each transaction, for --output DIR (json).")
  private EventFormat format = EventFormat.JSON;

  @Option(
      names = "--blobs",
      paramLabel = "hex|base64|omit",
      description =
          "How BLOB values appear (hex, upper case; for debezium base64); never omitted from keys.")
  private @Nullable BlobFormat blobs;

  @Option(
      names = "--with-schemas",
      description =
          "For debezium: {\"schema\":...,\"payload\":...}, as Kafka Connect's JSON converter has"
              + " it, typed by what columns are declared as.")
  private boolean withSchemas;

  @Option(
      names = "--with-keys",
      description =
          "For debezium, not for Kafka: {\"topic\":...,\"key\":...,\"value\":...} instead of the"
              + " value alone, and a tombstone (value null) after each deletion.")
  private boolean withKeys;

  @Option(
      names = "--with-transactions",
      description = "For debezium: messages of where transactions BEGIN and END, too.")
  private boolean withTransactions;

  @Option(
      names = "--type-mismatch",
      paramLabel = "string|fail|skip-field",
      description =
          "For debezium: what to do with a value that is not of its column's type. The field is a"
              + " string in that message, capture fails, or the field is left out (string).")
  private TypeMismatch typeMismatch = TypeMismatch.STRING;

  /**
   * Refuses options on the command line that would do nothing.
   *
   * @param toFile whether events go elsewhere than to standard output
   */
  void check(ShellCommand command, boolean toFile) {
    if (format == EventFormat.SQL && toFile) {
      throw command.usage("--format sql is for standard output: it can be redirected to a file");
    }
    boolean exact = format == EventFormat.SQL || format == EventFormat.CHANGESET;
    if (exact && command.isTyped("--blobs")) {
      throw command.usage(
          "--blobs is not for --format sql and changeset, where BLOBs are what they are");
    }
    if (format == EventFormat.DEBEZIUM) {
      return;
    }
    for (String name :
        List.of("--with-schemas", "--with-keys", "--with-transactions", "--type-mismatch")) {
      if (command.isTyped(name)) {
        throw command.usage(name + " is for Debezium's messages: give --format debezium");
      }
    }
  }

  /** Whether events are in JSON. */
  boolean isJson() {
    return format == EventFormat.JSON || format == EventFormat.DEBEZIUM;
  }

  /** Whether they are statements, which are of one database. */
  boolean isSql() {
    return format == EventFormat.SQL;
  }

  /** Whether messages are Debezium's, which are of several kinds. */
  boolean isDebezium() {
    return format == EventFormat.DEBEZIUM;
  }

  /** Whether each transaction is a file of its own. */
  boolean isChangeset() {
    return format == EventFormat.CHANGESET;
  }

  /** What is posted; for one handler. */
  HttpBatch.Format batches() {
    return format == EventFormat.DEBEZIUM
        ? new MessageBatches(messages(), withKeys)
        : HttpBatch.json(blobs());
  }

  /** What goes to a broker; for one output. */
  MessageFormat messages() {
    if (format != EventFormat.DEBEZIUM) {
      return new JsonMessages(blobs());
    }
    DebeziumOptions options =
        new DebeziumOptions(Version.number(), blobs(), typeMismatch, withTransactions);
    return new DebeziumMessages(new DebeziumMapping(options), withSchemas);
  }

  /** What is served; for one server. */
  MessageObjects objects() {
    return new MessageObjects(messages(), withKeys && isDebezium());
  }

  BlobFormat blobs() {
    BlobFormat usual = format == EventFormat.DEBEZIUM ? BlobFormat.BASE64 : BlobFormat.HEX;
    return blobs == null ? usual : blobs;
  }

  /** How lines begin. */
  LineFormat lineFormat() {
    return switch (format) {
      case JSON -> LineFormat.JSON;
      case TEXT, SQL, CHANGESET -> LineFormat.TEXT;
      case DEBEZIUM -> LineFormat.DEBEZIUM;
    };
  }

  /** A handler that writes lines. */
  ChangesHandler lines(OutputStream out) {
    return switch (format) {
      case JSON -> new JsonLinesHandler(out, blobs());
      case TEXT -> new TextHandler(out);
      case SQL -> new SqlHandler(out);
      case DEBEZIUM -> new MessageLinesHandler(out, messages(), withKeys);
      case CHANGESET -> throw new IllegalStateException("changesets are no lines");
    };
  }
}
