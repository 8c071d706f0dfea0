// SPDX-License-Identifier: Apache-2.0
package dev.waltap.file;

import dev.waltap.handler.ClosedPipeException;
import dev.waltap.handler.DeliveryStoppedException;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The standard output, buffered, with its errors reported: {@link System#out} swallows them, and a
 * capture would go on delivering to nobody. A reader that is gone is a {@link ClosedPipeException}.
 *
 * <p>For one thread, except {@link #stop}. Nobody closes it: it is the process's.
 */
public final class StandardOutput extends OutputStream {

  private static final int BUFFER_BYTES = 64 * 1024;
  private static final Path ITSELF = Path.of("/proc/self/fd/1");

  private final OutputStream out;
  private final boolean pipe;
  private final @Nullable StoppableOutput stoppable;

  /** Opens the standard output of this process. */
  public static StandardOutput open() {
    OutputStream out = new FileOutputStream(FileDescriptor.out);
    return new StandardOutput(StoppableOutput.of(out, ITSELF, "standard output"), isPipe());
  }

  StandardOutput(OutputStream out, boolean pipe) {
    this.out = new BufferedOutputStream(out, BUFFER_BYTES);
    this.pipe = pipe;
    this.stoppable = out instanceof StoppableOutput stuck ? stuck : null;
  }

  /** A write that lasts is given up soon, with a {@link DeliveryStoppedException}; any thread. */
  public void stop() {
    if (stoppable != null) {
      stoppable.stop();
    }
  }

  @Override
  public void write(int b) throws IOException {
    try {
      out.write(b);
    } catch (IOException e) {
      throw explained(e);
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      throw explained(e);
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      out.flush();
    } catch (IOException e) {
      throw explained(e);
    }
  }

  /** Writing to a pipe fails for one reason only; its message comes in the locale's language. */
  private IOException explained(IOException e) {
    if (e instanceof DeliveryStoppedException) {
      return e;
    }
    String message = e.getMessage();
    if (pipe || (message != null && message.contains("Broken pipe"))) {
      return new ClosedPipeException(e);
    }
    return new IOException("cannot write to standard output: " + message, e);
  }

  private static boolean isPipe() {
    try {
      String target = Files.readSymbolicLink(ITSELF).toString();
      return target.startsWith("pipe:") || target.startsWith("socket:");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
