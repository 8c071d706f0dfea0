// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.faults;

import dev.waltap.cli.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Runs one command line after the other in one JVM, as the library is preloaded there: arguments
 * come in a line, separated by tabs, and each is answered by a line: the exit code, and whatever of
 * the directory (its first argument) the command left open.
 */
final class FaultedCommands {
  private static final long MOMENT_MILLIS = 1000;

  private static final Logger DRIVER = Logger.getLogger("org.sqlite");

  private FaultedCommands() {}

  /** Runs until standard input ends. */
  public static void main(String[] args) throws Exception {
    DRIVER.setLevel(Level.OFF);
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    Class<?> shell = Class.forName("dev.waltap.cli.Shell");
    Method run = Main.class.getDeclaredMethod("run", shell, String[].class);
    run.setAccessible(true);
    FaultControl control = new FaultControl(Path.of(System.getenv("WALTAP_FAULT_CONTROL")));
    Object surroundings = surroundings(shell);
    PrintStream answers = System.out;
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.equals("?")) {
        System.gc();
        answers.println(left("/proc/self/fd", "").size() + " " + Thread.activeCount());
        continue;
      }
      AllocationFaults.begin(control);
      Object code = run.invoke(null, surroundings, line.split("\t"));
      answers.println(code + "\t" + String.join("\t", open(args[0])));
    }
  }

  /** Those of the process, but for standard error, of which a thread of its own would be late. */
  private static Object surroundings(Class<?> shell) throws ReflectiveOperationException {
    Method ofProcess = shell.getDeclaredMethod("ofProcess");
    ofProcess.setAccessible(true);
    Object process = ofProcess.invoke(null);
    RecordComponent[] components = shell.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      Method accessor = components[i].getAccessor();
      accessor.setAccessible(true);
      types[i] = components[i].getType();
      values[i] = components[i].getName().equals("err") ? System.err : accessor.invoke(process);
    }
    Constructor<?> canonical = shell.getDeclaredConstructor(types);
    canonical.setAccessible(true);
    return canonical.newInstance(values);
  }

  private static List<String> open(String directory) throws IOException {
    List<String> open = left("/proc/self/fd", directory);
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      maps.filter(map -> map.contains(directory))
          .map(map -> "mapping of " + map.substring(map.indexOf(directory)))
          .forEach(open::add);
    }
    String self = " " + ProcessHandle.current().pid() + " ";
    try (Stream<String> locks = Files.lines(Path.of("/proc/locks"))) {
      // Without the number that the list begins with.
      locks
          .filter(lock -> lock.contains(self))
          .map(lock -> lock.replaceFirst(".*?: ", ""))
          // A line may come twice where another process took a lock meanwhile.
          .distinct()
          .forEach(open::add);
    }
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("waltap-") && !ends(thread)) {
        open.add(thread.getName());
      }
    }
    Collections.sort(open);
    return open;
  }

  /** Whether a thread is gone soon: whoever waits for what it does need not wait for its end. */
  private static boolean ends(Thread thread) throws IOException {
    try {
      thread.join(MOMENT_MILLIS);
      return !thread.isAlive();
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }

  private static List<String> left(String descriptors, String part) throws IOException {
    List<String> open = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of(descriptors))) {
      for (Path file : files.toList()) {
        try {
          String target = Files.readSymbolicLink(file).toString();
          if (target.contains(part)) {
            open.add(target);
          }
        } catch (IOException e) {
          // The listing's own, which is closed.
        }
      }
    }
    return open;
  }
}
