// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Why a file could not be worked with, in words: Java names the file, and the reason by a type. */
public final class Reasons {

  private Reasons() {}

  /** The reason without the file's name: {@code permission denied}. */
  public static String of(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof NoSuchFileException) {
      return "no such file or directory";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "it exists already";
    }
    if (e instanceof DirectoryNotEmptyException) {
      return "the directory is not empty";
    }
    if (e instanceof NotDirectoryException) {
      return "not a directory";
    }
    if (e instanceof FileSystemException system && system.getReason() != null) {
      return system.getReason();
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /** SQLite's own message; the driver repeats it in brackets. */
  public static String oneLine(Throwable e) {
    return String.valueOf(e.getMessage())
        .replaceAll("\\s*\\R\\s*", " ")
        .replaceFirst("(?i)(database disk image is malformed) \\(\\1\\)$", "$1");
  }
}
