// SPDX-License-Identifier: Apache-2.0
/** The command line: commands, progress, signals, exit codes. */
@NullMarked
package dev.waltap.cli;

import org.jspecify.annotations.NullMarked;
