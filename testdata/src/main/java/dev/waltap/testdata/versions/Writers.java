// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.versions;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Two processes of one build; one that was killed is replaced. Used from one thread. */
final class Writers implements AutoCloseable {
  static final Duration LIMIT = Duration.ofMinutes(2);

  private final SqliteBuild build;
  private final Path directory;
  private final List<Writer> writers = new ArrayList<>();
  private final Map<String, Integer> refused = new TreeMap<>();

  Writers(SqliteBuild build, Path directory) throws IOException, InterruptedException {
    this.build = build;
    this.directory = directory;
    try {
      writers.add(Writer.start(build, directory));
      writers.add(Writer.start(build, directory));
      for (Writer writer : writers) {
        writer.awaitVersion(LIMIT);
      }
    } catch (IOException | InterruptedException | AssertionError e) {
      close();
      throw e;
    }
  }

  int count() {
    return writers.size();
  }

  Writer get(int index) {
    return writers.get(index);
  }

  /** Kills all of them at once, then starts others. */
  void killAll() throws IOException, InterruptedException {
    for (int i = 0; i < writers.size(); i++) {
      writers.get(i).takeRefused().forEach(this::add);
      writers.get(i).kill();
    }
    for (int i = 0; i < writers.size(); i++) {
      writers.set(i, Writer.start(build, directory));
    }
    for (Writer writer : writers) {
      writer.awaitVersion(LIMIT);
    }
  }

  /** Kills one, and starts another in its place. */
  void kill(int index) throws IOException, InterruptedException {
    writers.get(index).takeRefused().forEach(this::add);
    writers.get(index).kill();
    writers.set(index, Writer.start(build, directory));
    writers.get(index).awaitVersion(LIMIT);
  }

  void sync() throws IOException, InterruptedException {
    for (Writer writer : writers) {
      writer.sync(LIMIT);
    }
  }

  /** What SQLite refused, and how often. */
  Map<String, Integer> refused() {
    for (Writer writer : writers) {
      writer.takeRefused().forEach(this::add);
    }
    return refused;
  }

  private void add(String message, int count) {
    refused.merge(message, count, Integer::sum);
  }

  @Override
  public void close() {
    writers.forEach(Writer::close);
  }
}
