// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.faults;

import java.lang.StackWalker.StackFrame;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * Decides, inside the process that commands run in, which allocation finds no memory: the N-th, of
 * those places in the code that allocate, that is come to for the first time since {@link #begin}.
 * For any thread.
 */
public final class AllocationFaults {
  private static final int MAX_SITES = 1 << 16;

  private static volatile @Nullable FaultControl control;
  private static final AtomicIntegerArray MET = new AtomicIntegerArray(MAX_SITES);

  private AllocationFaults() {}

  /** Forgets which places were come to; failures are ordered by this control from now on. */
  static void begin(FaultControl shared) {
    for (int site = 0; site < MAX_SITES; site++) {
      MET.set(site, 0);
    }
    control = shared;
  }

  /**
   * Called before an allocation.
   *
   * @param site the number of the place in the code
   * @throws OutOfMemoryError if this one is to fail
   */
  public static void ask(int site) {
    FaultControl shared = control;
    if (shared != null
        && shared.allocationsArmed()
        && MET.compareAndSet(site, 0, 1)
        && !initializesClass()
        && shared.nextAllocationFails()) {
      OutOfMemoryError error = new OutOfMemoryError("Java heap space (injected)");
      shared.keepTrace(error);
      throw error;
    }
  }

  /** A class whose initializer fails is gone for good, which is no fault of the product. */
  private static boolean initializesClass() {
    return StackWalker.getInstance()
        .walk(frames -> frames.map(StackFrame::getMethodName).anyMatch("<clinit>"::equals));
  }
}
