// SPDX-License-Identifier: Apache-2.0
/** Captures of the acceptance workload, and what judges the changes that they emit. */
@NullMarked
package dev.waltap.testdata.acceptance;

import org.jspecify.annotations.NullMarked;
