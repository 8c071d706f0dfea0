// SPDX-License-Identifier: Apache-2.0
package dev.waltap.io;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Names of files as the bytes that they are. Java turns them into text by the locale, and back: in
 * the C locale, which containers and cron have, no name outside ASCII survives that, and nor does
 * one that is not UTF-8 where the locale is. A {@link Path} keeps the bytes, and so does its URI;
 * so whoever makes one name of another, or needs a name's text, does it here, and by the URI.
 */
public final class FileNames {

  private FileNames() {}

  /** The file of the same name with something behind it, as {@code -wal}. */
  public static Path beside(Path file, String suffix) {
    return isText(file)
        ? Path.of(file + suffix)
        : Path.of(URI.create(withoutSlash(file.toUri()) + suffix));
  }

  /** The name for people, decoded as UTF-8 whatever the locale. */
  public static String text(Path file) {
    return isText(file) ? file.toString() : withoutSlash(file.toUri()).getPath();
  }

  /** The last name of a path for people; of one that has none, as a root, the path. */
  public static String lastName(Path file) {
    Path last = file.getFileName();
    return text(last == null ? file : last);
  }

  /**
   * The path that a text names, encoded as UTF-8 where the locale can't encode it.
   *
   * @throws InvalidPathException if there is no such path
   */
  public static Path parse(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      if (text.indexOf('\0') >= 0) {
        throw e;
      }
      return Path.of(URI.create(text.startsWith("/") ? "file://" + escape(text) : inHere(text, e)));
    }
  }

  /** Not Java's idea of the current directory, which has been through the locale, too. */
  private static String inHere(String text, InvalidPathException otherwise) {
    try {
      return withoutSlash(Path.of("/proc/self/cwd").toRealPath().toUri()) + "/" + escape(text);
    } catch (IOException e) {
      throw otherwise;
    }
  }

  /**
   * Opens a file to read it, not interruptibly. {@link RandomAccessFile} takes a name as text only:
   * where that is not the file's, it is opened by a symbolic link that lives just so long.
   */
  static RandomAccessFile open(Path file) throws IOException {
    return open(file, name -> new RandomAccessFile(name, "r"));
  }

  /** How a file is opened by a name that is text. */
  public interface Opening<T> {
    /** Opens the file; the name is only good for that. */
    T open(File name) throws IOException;
  }

  /** Opens a file by what takes text only, as {@link #open(Path)} does. */
  public static <T> T open(Path file, Opening<T> opening) throws IOException {
    if (isText(file)) {
      return opening.open(file.toFile());
    }
    Path directory = Files.createTempDirectory("waltap-open");
    Path link = directory.resolve("link");
    try {
      Files.createSymbolicLink(link, file.toAbsolutePath());
      return opening.open(link.toFile());
    } finally {
      Files.deleteIfExists(link);
      Files.delete(directory);
    }
  }

  /** Whether the file's name in this locale leads back to the file. */
  private static boolean isText(Path file) {
    String text = file.toString();
    if (isAscii(text)) {
      return true;
    }
    try {
      return Path.of(text).equals(file);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 128) {
        return false;
      }
    }
    return true;
  }

  /** A directory's URI ends with one. */
  private static URI withoutSlash(URI uri) {
    String text = uri.toString();
    return text.length() > 1 && text.endsWith("/")
        ? URI.create(text.substring(0, text.length() - 1))
        : uri;
  }

  private static String escape(String path) {
    StringBuilder escaped = new StringBuilder();
    for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
      boolean plain = b >= 0 && (Character.isLetterOrDigit(b) || b == '/' || b == '.');
      escaped.append(plain ? "" + (char) b : String.format(Locale.ROOT, "%%%02X", b));
    }
    return escaped.toString();
  }
}
