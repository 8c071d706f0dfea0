// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.waltap.api.Change;
import dev.waltap.inspect.NoLog;
import dev.waltap.inspect.PageImage;
import dev.waltap.inspect.Recovery;
import dev.waltap.inspect.WalInspection;
import dev.waltap.inspect.WalTotals;
import dev.waltap.io.FileNames;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What an inspection finds, as JSON objects, one a line, for tools. For one thread. */
final class InspectJson implements InspectOutput {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private final JsonFactory factory = new JsonFactory();
  private final OutputLines out;
  private final InspectRange range;
  private final InspectedChangeJson changeJson = new InspectedChangeJson();
  private final List<String> shownChanges = new ArrayList<>();
  private long changes;
  private long transactions;

  InspectJson(OutputStream out, InspectRange range) {
    this.out = new OutputLines(out);
    this.range = range;
  }

  /** Writes the fields of an object. */
  private interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  private void object(String kind, Fields fields) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = factory.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("kind", kind);
      fields.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.line(text.toString());
  }

  @Override
  public void totals(WalTotals totals, @Nullable NoLog none) {
    object(
        "summary",
        json -> {
          WalInspection.Summary log = totals.summary();
          json.writeStringField("wal", log == null ? word(none) : "present");
          if (log != null) {
            log(json, log);
            contents(json, totals);
          }
        });
  }

  private static String word(@Nullable Enum<?> constant) {
    return constant == null ? "" : constant.name().toLowerCase(Locale.ROOT);
  }

  private static void log(JsonGenerator json, WalInspection.Summary log) throws IOException {
    json.writeStringField("file", FileNames.text(log.wal()));
    json.writeStringField("generation", log.salts());
    json.writeNumberField("checkpoint_sequence", Integer.toUnsignedLong(log.checkpointSequence()));
    json.writeNumberField("page_size", log.pageSize());
    json.writeNumberField("frames", log.frames());
    json.writeNumberField("committed_frames", log.committed());
    json.writeStringField("committed_by", log.fromIndex() ? "wal-index" : "checksums");
    json.writeNumberField("checkpointed_frames", log.backfilled());
    json.writeNumberField("decoded_after_frame", log.decodedFrom());
    json.writeNumberField("uncommitted_frames", log.leftover());
    json.writeNumberField("first_frame_at_risk", log.firstBare());
    Recovery recovery = log.recovery();
    json.writeObjectFieldStart("recovery");
    json.writeNumberField("last_commit_frame", recovery.lastCommit());
    json.writeNumberField("last_whole_frame", recovery.lastChained());
    json.writeStringField("ends_at", word(recovery.end()));
    json.writeNumberField("damaged_frame", recovery.damagedFrame());
    json.writeNumberField("commits_lost_to_damage", recovery.lostCommits());
    json.writeEndObject();
  }

  private static void contents(JsonGenerator json, WalTotals totals) throws IOException {
    json.writeNumberField("transactions", totals.transactions());
    json.writeNumberField("transactions_not_decoded", totals.undecoded());
    json.writeNumberField("transactions_at_risk", totals.atRisk());
    json.writeNumberField("transactions_kept_in_a_crash", totals.kept());
    json.writeArrayFieldStart("tables");
    for (WalTotals.Table table : totals.tables()) {
      json.writeStartObject();
      json.writeStringField("name", InspectedChangeJson.text(table.name()));
      json.writeNumberField("frames", table.frames());
      json.writeNumberField("index_frames", table.indexFrames());
      json.writeNumberField("inserted", table.inserted());
      json.writeNumberField("updated", table.updated());
      json.writeNumberField("deleted", table.deleted());
      json.writeNumberField("schema_changes", table.schemaChanges());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  @Override
  public void change(Change change) {
    changes++;
    if (range.shows(transactions + 1) && shownChanges.size() < range.rows()) {
      shownChanges.add(changeJson.of(change));
    }
  }

  @Override
  public void transaction(WalInspection.Transaction transaction) {
    transactions++;
    if (range.shows(transactions)) {
      object("transaction", json -> write(json, transaction));
    }
    shownChanges.clear();
    changes = 0;
  }

  private void write(JsonGenerator json, WalInspection.Transaction transaction) throws IOException {
    List<WalInspection.Frame> frames = transaction.frames();
    json.writeNumberField("transaction", transactions);
    json.writeNumberField("first_frame", frames.get(0).number());
    json.writeNumberField("last_frame", frames.get(frames.size() - 1).number());
    json.writeNumberField("database_pages", Integer.toUnsignedLong(transaction.databaseSize()));
    json.writeBooleanField("at_risk", frames.stream().anyMatch(WalInspection.Frame::bare));
    json.writeBooleanField("decoded", transaction.decoded());
    json.writeNumberField("changes_left_out", changes - shownChanges.size());
    json.writeArrayFieldStart("changes");
    for (String change : shownChanges) {
      json.writeRawValue(change);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("pages");
    pages(json, frames);
    json.writeEndArray();
    if (range.frames()) {
      json.writeArrayFieldStart("frames");
      for (WalInspection.Frame frame : frames) {
        frame(json, frame);
      }
      json.writeEndArray();
    }
  }

  /** How many frames there are of each b-tree and kind of page. */
  private static void pages(JsonGenerator json, List<WalInspection.Frame> frames)
      throws IOException {
    Map<String, List<WalInspection.Frame>> kinds = new TreeMap<>();
    for (WalInspection.Frame frame : frames) {
      kinds
          .computeIfAbsent(frame.owner() + "\0" + frame.kind(), key -> new ArrayList<>())
          .add(frame);
    }
    for (List<WalInspection.Frame> alike : kinds.values()) {
      json.writeStartObject();
      owner(json, alike.get(0));
      json.writeNumberField("frames", alike.size());
      json.writeEndObject();
    }
  }

  private static void frame(JsonGenerator json, WalInspection.Frame frame) throws IOException {
    json.writeStartObject();
    json.writeNumberField("frame", frame.number());
    json.writeNumberField("page", Integer.toUnsignedLong(frame.page()));
    owner(json, frame);
    json.writeBooleanField("commit", frame.commit());
    json.writeBooleanField("at_risk", frame.bare());
    json.writeEndObject();
  }

  private static void owner(JsonGenerator json, WalInspection.Frame frame) throws IOException {
    json.writeStringField("owner", InspectedChangeJson.text(frame.owner()));
    json.writeStringField("table", InspectedChangeJson.text(frame.table()));
    json.writeStringField("type", frame.kind());
  }

  @Override
  public void undecodable(String why) {
    object("undecodable", json -> json.writeStringField("why", Console.oneLine(why)));
  }

  @Override
  public void image(PageImage image) {
    object(
        "image",
        json -> {
          json.writeStringField("file", image.source());
          json.writeNumberField("offset", image.offset());
          json.writeNumberField("frame", image.frame());
          json.writeBooleanField("committed", image.committed());
          json.writeNumberField("page", Integer.toUnsignedLong(image.pageNumber()));
          json.writeStringField("owner", InspectedChangeJson.text(image.owner()));
          json.writeStringField("type", image.kind());
          json.writeArrayFieldStart("fields");
          for (PageImage.Field field : image.fields()) {
            json.writeStartObject();
            json.writeStringField("part", field.part());
            json.writeNumberField("offset", field.offset());
            json.writeStringField("bytes", HEX.formatHex(PageImageText.bytes(image, field)));
            json.writeStringField("field", field.name());
            json.writeStringField("value", InspectedChangeJson.text(field.value()));
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  @Override
  public void end() {
    object(
        "end", json -> json.writeNumberField("transactions_left_out", range.behind(transactions)));
  }
}
