// SPDX-License-Identifier: Apache-2.0
/** Seeded writers, in this process and in another. */
@NullMarked
package dev.waltap.testdata.workload;

import org.jspecify.annotations.NullMarked;
