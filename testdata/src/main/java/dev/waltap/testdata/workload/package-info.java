/** Seeded writers, in this process and in another. */
@NullMarked
package dev.waltap.testdata.workload;

import org.jspecify.annotations.NullMarked;
