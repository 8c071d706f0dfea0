// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import java.io.IOException;

/** An output whose address and options were found good, and that is not open yet. */
@FunctionalInterface
interface Destination {

  /** Opens it; the caller closes it after the capture. */
  Sink open(Shell shell, Console console) throws IOException;
}
