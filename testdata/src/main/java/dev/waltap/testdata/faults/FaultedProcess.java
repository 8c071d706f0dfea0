// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A JVM that runs command lines while system calls or allocations fail. Needs Linux and {@code cc}.
 * For one thread, which closes it.
 */
public final class FaultedProcess implements AutoCloseable {
  private static final long LIMIT_SECONDS = 90;

  private final FaultControl control;
  private final Process process;
  private final Path errors;
  private final Writer requests;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private long read;

  /**
   * What a command came to.
   *
   * @param exit its exit code
   * @param errors what it said on standard error
   * @param open what of the directory is open afterwards: paths, mappings, locks, threads
   * @param calls the matching calls it made
   * @param met those of them that failed
   * @param last the kind of the last that failed
   */
  public record Outcome(int exit, String errors, List<String> open, int calls, int met, int last) {}

  /** Whether there is what is needed for it here. */
  public static boolean supported() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return false;
    }
    try {
      return new ProcessBuilder("cc", "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Starts one.
   *
   * @param work where the library and the files of the process go
   * @param directory in which commands are not to leave anything open
   */
  public FaultedProcess(Path work, Path directory) throws IOException, InterruptedException {
    Path library = compile(work);
    Path shared = work.resolve("control");
    control = new FaultControl(shared);
    errors = work.resolve("errors.txt");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-Xss512k",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-javaagent:" + AllocationAgent.writeArchive(work),
            "-cp",
            System.getProperty("java.class.path"),
            FaultedCommands.class.getName(),
            directory.toString());
    builder.environment().put("LD_PRELOAD", library.toString());
    builder.environment().put("WALTAP_FAULT_CONTROL", shared.toString());
    process = builder.redirectError(errors.toFile()).start();
    requests = process.outputWriter(StandardCharsets.UTF_8);
    Thread reader = new Thread(this::read, "faulted-process-reader");
    reader.setDaemon(true);
    reader.start();
  }

  private static Path compile(Path work) throws IOException, InterruptedException {
    Path source = work.resolve("faults.c");
    try (InputStream in = FaultedProcess.class.getResourceAsStream("faults.c")) {
      if (in == null) {
        throw new IOException("faults.c is not on the class path");
      }
      Files.copy(in, source);
    }
    Path library = work.resolve("faults.so");
    List<String> line =
        List.of(
            "cc", "-shared", "-fPIC", "-O1", "-o", library.toString(), source.toString(), "-ldl");
    Process compiler = new ProcessBuilder(line).redirectErrorStream(true).start();
    String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (compiler.waitFor() != 0) {
      throw new IOException("cc: " + said);
    }
    return library;
  }

  private void read() {
    try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        answers.add(line);
      }
    } catch (IOException e) {
      answers.add("end of the process: " + e);
    }
    answers.add("end of the process");
  }

  /** Runs a command while nothing fails. */
  public Outcome run(List<String> arguments) throws IOException, InterruptedException {
    return outcome(ask(String.join("\t", arguments)));
  }

  /**
   * Runs a command of which a call is to fail.
   *
   * @param at the number of the call, from 1; 0 only counts
   * @param path part of the path of the files meant
   */
  public Outcome run(Fault fault, int at, String path, List<String> arguments)
      throws IOException, InterruptedException {
    control.arm(fault, at, path);
    try {
      return run(arguments);
    } finally {
      control.disarm();
    }
  }

  private Outcome outcome(String answer) throws IOException {
    int tab = answer.indexOf('\t');
    if (tab < 0) {
      throw new AssertionError(answer + ": " + newErrors());
    }
    return new Outcome(
        Integer.parseInt(answer.substring(0, tab)),
        newErrors(),
        List.of(answer.substring(tab + 1).split("\t")),
        control.calls(),
        control.met(),
        control.last());
  }

  /** Where the last allocation failed; empty if none did. */
  public String trace() throws IOException {
    return control.trace();
  }

  /** All that the process has open: its descriptors and threads. */
  public String totals() throws IOException, InterruptedException {
    return ask("?");
  }

  private String ask(String request) throws IOException, InterruptedException {
    requests.write(request + "\n");
    requests.flush();
    String answer = answers.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (answer == null) {
      throw new AssertionError("no end after " + LIMIT_SECONDS + " s\n" + stacks());
    }
    return answer;
  }

  /** Where a command hangs. */
  private String stacks() throws IOException, InterruptedException {
    control.disarm();
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process dump =
        new ProcessBuilder(jcmd, "" + process.pid(), "Thread.print")
            .redirectErrorStream(true)
            .start();
    String text = new String(dump.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    dump.waitFor();
    return text;
  }

  private String newErrors() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(errors.toFile(), "r")) {
      byte[] bytes = new byte[(int) (file.length() - read)];
      file.seek(read);
      file.readFully(bytes);
      read += bytes.length;
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
