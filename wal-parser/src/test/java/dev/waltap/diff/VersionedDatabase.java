// SPDX-License-Identifier: Apache-2.0
package dev.waltap.diff;

import dev.waltap.format.PageFormat;
import dev.waltap.page.PageSource;
import dev.waltap.page.UnknownPageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A real SQLite database in WAL mode that never checkpoints, and each committed version of it: the
 * database file, then the transactions of its log one by one.
 */
final class VersionedDatabase implements AutoCloseable {
  private static final int LOG_HEADER = 32;
  private static final int FRAME_HEADER = 24;

  /** One version, page by page. */
  static final class Version implements PageSource {
    private final Map<Integer, byte[]> pages;
    private final int size;

    Version(Map<Integer, byte[]> pages, int size) {
      this.pages = pages;
      this.size = size;
    }

    int size() {
      return size;
    }

    @Override
    public byte[] page(int pageNumber) {
      byte[] page = pageNumber > size ? null : pages.get(pageNumber);
      if (page == null) {
        throw new UnknownPageException(pageNumber);
      }
      return page;
    }
  }

  /** The pages of one committed transaction, in the order of their last frames. */
  record Commit(Map<Integer, byte[]> pages, int databaseSize) {}

  private final Path file;
  private final Connection connection;
  private final PageFormat format;
  private Version version;
  private int logOffset = LOG_HEADER;

  /**
   * Creates the database.
   *
   * @param reserved bytes reserved at the end of each page
   * @param pragmas run before the first table
   */
  VersionedDatabase(Path file, int pageSize, int reserved, String... pragmas) throws SQLException {
    this.file = file;
    this.format = new PageFormat(pageSize, pageSize - reserved);
    try (Connection first = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = first.createStatement()) {
      statement.execute("PRAGMA page_size=" + pageSize);
      for (String pragma : pragmas) {
        statement.execute(pragma);
      }
      statement.execute("CREATE TABLE seed(a)");
      statement.execute("DROP TABLE seed");
    }
    reserve(reserved);
    this.connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    execute("PRAGMA journal_mode=WAL");
    execute("PRAGMA wal_autocheckpoint=0");
    execute("PRAGMA synchronous=OFF");
    for (String pragma : pragmas) {
      execute(pragma);
    }
    this.version = readFile();
  }

  /** SQLite offers no SQL for reserved bytes: write them into the header, then let it rebuild. */
  private void reserve(int bytes) throws SQLException {
    if (bytes == 0) {
      return;
    }
    try {
      ByteBuffer database = ByteBuffer.wrap(Files.readAllBytes(file));
      database.put(20, (byte) bytes);
      database.putInt(28, 1).putInt(32, 0).putInt(36, 0);
      database.putShort(101, (short) 0).putShort(105, (short) format.usableSize());
      database.put(107, (byte) 0);
      Files.write(file, Arrays.copyOf(database.array(), format.pageSize()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Version readFile() {
    try {
      byte[] bytes = Files.readAllBytes(file);
      Map<Integer, byte[]> pages = new HashMap<>();
      int size = bytes.length / format.pageSize();
      for (int i = 0; i < size; i++) {
        int at = i * format.pageSize();
        pages.put(i + 1, Arrays.copyOfRange(bytes, at, at + format.pageSize()));
      }
      return new Version(pages, size);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  PageFormat format() {
    return format;
  }

  Connection connection() {
    return connection;
  }

  Version version() {
    return version;
  }

  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Name and root of each b-tree as of the last commit. */
  Map<String, Integer> roots() throws SQLException {
    Map<String, Integer> roots = new TreeMap<>();
    roots.put("sqlite_schema", 1);
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0")) {
      while (rows.next()) {
        roots.put(rows.getString(1), rows.getInt(2));
      }
    }
    return roots;
  }

  /** Reads the next transaction of the log and moves the version on; null if there is none. */
  @Nullable Commit next() {
    Map<Integer, byte[]> pages = new HashMap<>();
    try (var channel = Files.newByteChannel(Path.of(file + "-wal"))) {
      ByteBuffer frame = ByteBuffer.allocate(FRAME_HEADER + format.pageSize());
      channel.position(logOffset);
      while (true) {
        frame.clear();
        while (frame.hasRemaining()) {
          if (channel.read(frame) < 0) {
            return null;
          }
        }
        int pageNumber = frame.getInt(0);
        int databaseSize = frame.getInt(4);
        pages.put(pageNumber, Arrays.copyOfRange(frame.array(), FRAME_HEADER, frame.capacity()));
        if (databaseSize != 0) {
          logOffset = (int) channel.position();
          Map<Integer, byte[]> all = new HashMap<>(version.pages);
          all.putAll(pages);
          all.keySet().removeIf(number -> number > databaseSize);
          version = new Version(all, databaseSize);
          return new Commit(pages, databaseSize);
        }
      }
    } catch (java.nio.file.NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
