/** Who follows the central workload and judges what was told of it. */
@NullMarked
package dev.waltap.testdata.central;

import org.jspecify.annotations.NullMarked;
