// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A text of {@code waltap help TOPIC}, and of the man page of the same name.
 *
 * @param name as it is asked for
 * @param summary what it is about, in one line
 * @param blocks its text
 */
public record Topic(String name, String summary, List<Block> blocks) {

  /** In the order in which they are listed. */
  private static final List<String> NAMES =
      List.of(
          "guarantees",
          "gaps",
          "guard",
          "formats",
          "outputs",
          "limits",
          "fleet",
          "monitoring",
          "settings");

  /** What a block of text is. */
  public enum Kind {
    /** The title of a section. */
    HEADING,
    /** A paragraph. */
    TEXT,
    /** An item of a list. */
    ITEM,
    /** Lines to be shown as they are. */
    CODE
  }

  /**
   * A part of the text.
   *
   * @param lines as they stand in the source, without what marks their kind
   */
  public record Block(Kind kind, List<String> lines) {

    /** The lines as one. */
    public String text() {
      return String.join(" ", lines);
    }
  }

  public Topic {
    blocks = List.copyOf(blocks);
  }

  /** The names of all topics. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * The topic of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Topic of(String name) {
    try (InputStream in = Topic.class.getResourceAsStream("topics/" + name + ".txt")) {
      if (in == null || !NAMES.contains(name)) {
        throw new IllegalArgumentException("no topic " + name);
      }
      return parse(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The first line is {@code # name: summary}; empty lines end blocks, {@code ##} heads them. */
  static Topic parse(String name, String text) {
    List<String> lines = text.lines().toList();
    String start = "# " + name + ": ";
    if (!lines.get(0).startsWith(start)) {
      throw new IllegalArgumentException(name + " does not begin with " + start);
    }
    List<Block> blocks = new ArrayList<>();
    List<String> block = new ArrayList<>();
    Kind kind = Kind.TEXT;
    for (String line : lines.subList(1, lines.size())) {
      Kind next = kind(line, block.isEmpty() ? Kind.TEXT : kind);
      boolean begins = line.isEmpty() || line.startsWith("## ") || line.startsWith("- ");
      if (begins || next != kind) {
        end(kind, block, blocks);
      }
      kind = next;
      if (!line.isEmpty()) {
        block.add(bare(line, kind));
      }
      if (kind == Kind.HEADING) {
        end(kind, block, blocks);
        kind = Kind.TEXT;
      }
    }
    end(kind, block, blocks);
    return new Topic(name, lines.get(0).substring(start.length()), blocks);
  }

  private static Kind kind(String line, Kind before) {
    if (line.startsWith("## ")) {
      return Kind.HEADING;
    }
    if (line.startsWith("    ")) {
      return Kind.CODE;
    }
    if (line.startsWith("- ")) {
      return Kind.ITEM;
    }
    return before == Kind.ITEM && line.startsWith("  ") ? Kind.ITEM : Kind.TEXT;
  }

  private static String bare(String line, Kind kind) {
    return switch (kind) {
      case HEADING -> line.substring(3);
      case CODE -> line.substring(4);
      case ITEM -> line.substring(2);
      case TEXT -> line;
    };
  }

  private static void end(Kind kind, List<String> block, List<Block> blocks) {
    if (!block.isEmpty()) {
      blocks.add(new Block(kind, List.copyOf(block)));
      block.clear();
    }
  }

  /** The text for a terminal, 80 columns wide. */
  String print() {
    StringBuilder text = new StringBuilder();
    text.append("waltap ").append(name).append(": ").append(summary).append('\n');
    Kind before = Kind.TEXT;
    for (Block block : blocks) {
      boolean items = block.kind() == Kind.ITEM && before == Kind.ITEM;
      if (!items && before != Kind.HEADING) {
        text.append('\n');
      }
      append(text, block);
      before = block.kind();
    }
    return text.toString();
  }

  private static void append(StringBuilder text, Block block) {
    for (int i = 0; i < block.lines().size(); i++) {
      String line = block.lines().get(i);
      text.append(
              switch (block.kind()) {
                case HEADING -> line;
                case TEXT -> "  " + line;
                case ITEM -> (i == 0 ? "  - " : "    ") + line;
                case CODE -> "      " + line;
              })
          .append('\n');
    }
  }
}
