// SPDX-License-Identifier: Apache-2.0
/** Writes changes as lines to a file, a device, a pipe, or standard output. */
@NullMarked
package dev.waltap.file;

import org.jspecify.annotations.NullMarked;
