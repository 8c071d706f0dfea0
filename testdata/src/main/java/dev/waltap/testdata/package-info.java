// SPDX-License-Identifier: Apache-2.0
/** Test databases on disk, and the programs that write to and fuzz them from the command line. */
@NullMarked
package dev.waltap.testdata;

import org.jspecify.annotations.NullMarked;
