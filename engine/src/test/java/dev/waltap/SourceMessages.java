// SPDX-License-Identifier: Apache-2.0
package dev.waltap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Collects the texts of source files that people may read: strings put together of literals, with
 * {@code {}} where something else stands. Reads Java as far as it takes to find them.
 */
final class SourceMessages {

  /** A text of so many words is a sentence, and no name or format. */
  private static final int MIN_WORDS = 4;

  /** Marks the call of a text that is a part of another. */
  static final String PART = "/part";

  private static final Set<String> SQL =
      Set.of(
          "SELECT", "INSERT", "CREATE", "DELETE", "UPDATE", "ALTER", "REPLACE", "PRAGMA", "WITH");

  private static final Set<String> KEYWORDS = Set.of("return", "throw", "new", "case", "yield");

  private static final Pattern CALL = Pattern.compile("(@?)([A-Za-z_.]+)\\s*$");

  /**
   * A text, where it stands.
   *
   * @param file the name of the source file
   * @param call the method or constructor that gets it, empty for none
   */
  record Message(String file, String call, String text) {}

  private final String file;
  private final String source;
  private final List<Message> found = new ArrayList<>();
  private int at;

  private SourceMessages(String file, String source) {
    this.file = file;
    this.source = source;
  }

  /** Those of all Java files below a directory but in the demo, in the order of their names. */
  static List<Message> below(Path directory) throws IOException {
    List<Message> all = new ArrayList<>();
    try (Stream<Path> paths = Files.walk(directory)) {
      List<Path> files =
          paths
              .filter(path -> path.toString().endsWith(".java"))
              .filter(path -> !path.toString().contains("/demo/"))
              .sorted()
              .toList();
      for (Path path : files) {
        all.addAll(of(path.getFileName().toString(), Files.readString(path)));
      }
    }
    return all;
  }

  /** Those of one source text. */
  static List<Message> of(String file, String source) {
    SourceMessages messages = new SourceMessages(file, source);
    while (messages.at < source.length()) {
      messages.group("", false);
    }
    return messages.found;
  }

  /** Reads on to the end of a group in brackets, or of the file. */
  private void group(String call, boolean annotation) {
    StringBuilder text = new StringBuilder();
    boolean literal = false;
    while (at < source.length()) {
      if (skipComment()) {
        continue;
      }
      char c = source.charAt(at);
      if (c == '"') {
        text.append(literal());
        literal = true;
      } else if (c == '\'') {
        skipCharacter();
        other(text);
      } else if (c == '(' || c == '{' || c == '[') {
        Matcher before = CALL.matcher(source.substring(Math.max(0, at - 80), at));
        boolean named = c == '(' && before.find();
        at++;
        // What stands in brackets of its own is a part of the text around it.
        String part = c == '(' && !call.isEmpty() ? call + PART : call;
        group(named ? before.group(2) : part, annotation || (named && before.group(1).equals("@")));
        other(text);
      } else {
        if (Character.isJavaIdentifierStart(c)) {
          word(text);
          continue;
        }
        at++;
        if (")}],;?:>=".indexOf(c) >= 0) {
          end(call, text, literal && !annotation);
          literal = false;
          if (")}]".indexOf(c) >= 0) {
            return;
          }
        } else if (!Character.isWhitespace(c) && c != '+') {
          other(text);
        }
      }
    }
    end(call, text, literal && !annotation);
  }

  private void word(StringBuilder text) {
    int start = at;
    while (at < source.length() && Character.isJavaIdentifierPart(source.charAt(at))) {
      at++;
    }
    if (!KEYWORDS.contains(source.substring(start, at))) {
      other(text);
    }
  }

  private static void other(StringBuilder text) {
    if (text.length() < 2 || !text.substring(text.length() - 2).equals("{}")) {
      text.append("{}");
    }
  }

  private void end(String call, StringBuilder text, boolean wanted) {
    String whole = text.toString();
    text.setLength(0);
    String[] words = whole.strip().split("\\s+", -1);
    boolean sql = SQL.contains(words[0]);
    if (wanted && !sql && words.length >= MIN_WORDS) {
      found.add(new Message(file, call, whole));
    }
  }

  private boolean skipComment() {
    if (source.startsWith("//", at)) {
      int end = source.indexOf('\n', at);
      at = end < 0 ? source.length() : end;
      return true;
    }
    if (source.startsWith("/*", at)) {
      at = source.indexOf("*/", at) + 2;
      return true;
    }
    return false;
  }

  private void skipCharacter() {
    at++;
    while (source.charAt(at) != '\'') {
      at += source.charAt(at) == '\\' ? 2 : 1;
    }
    at++;
  }

  /** The text of a literal, escapes as they are written. */
  private String literal() {
    String quote = source.startsWith("\"\"\"", at) ? "\"\"\"" : "\"";
    int start = at + quote.length();
    int end = start;
    while (!source.startsWith(quote, end)) {
      end += source.charAt(end) == '\\' ? 2 : 1;
    }
    at = end + quote.length();
    return source.substring(start, end).replaceAll("\\s*\\R\\s*", " ");
  }
}
