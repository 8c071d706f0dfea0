// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.io.FileNames;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * An option that is a secret: typed, it names a file that holds it, since everybody on the machine
 * can read a command line; the environment and the file of options may hold the secret itself. No
 * message repeats it.
 *
 * @param name as it is typed
 * @param what it is, for messages
 */
record SecretOption(String name, String what) {

  /**
   * The secret.
   *
   * @param value {@code @FILE}, or the secret
   * @throws picocli.CommandLine.ParameterException for a secret on the command line
   * @throws IOException if the file can't be read
   */
  String read(String value, ShellCommand command) throws IOException {
    String secret;
    if (value.startsWith("@")) {
      secret = ofFile(OptionConverters.path(value.substring(1)));
    } else if (command.isTyped(name)) {
      throw command.usage(
          name
              + " takes @FILE, since everybody on this machine can read a command line: put the "
              + what
              + " into a file, or into "
              + Settings.variable(name));
    } else {
      secret = value;
    }
    if (secret.isEmpty()) {
      throw command.usage("the " + what + " of " + name + " is empty");
    }
    return secret;
  }

  /**
   * The secret that a file holds, without line feeds at its end.
   *
   * @throws IOException if it can't be read
   */
  String ofFile(Path file) throws IOException {
    try {
      return Files.readString(file).replaceFirst("[\\r\\n]+\\z", "");
    } catch (NoSuchFileException e) {
      throw new IOException(
          "there is no file " + FileNames.text(file) + " with the " + what + " of " + name, e);
    } catch (MalformedInputException e) {
      throw new IOException(
          "the " + what + " in " + FileNames.text(file) + " is not text in UTF-8", e);
    } catch (IOException e) {
      throw new IOException(
          "can't read the " + what + " in " + FileNames.text(file) + ": " + e.getMessage(), e);
    }
  }
}
